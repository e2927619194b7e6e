"""Fields that no honest server sends: each costs its own item at most, and never the page, the look or the event loop."""

import asyncio
import copy
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chatbot.core.model.ids import ProjectId
from chatbot.ports import SourceUnavailable
from chatbot.sources.github.release_json import read_time
from chatbot.sources.http.client import Conditions, Fetched, open_fetcher
from chatbot.sources.http.status import Throttled
from chatbot.sources.parsing.documents import Document, Page, Parsed
from chatbot.sources.parsing.parsers import PARSERS, attempt
from tests.cost import slowdown
from tests.sources.harness import never
from tests.standins.clock import ManualClock

ODD_TIMES = [
    "0001-01-01T00:00:00+00:01",
    "0001-01-01T00:00:00+23:59:59.999999",
    "9999-12-31T23:59:59-00:01",
    "0000-01-01T00:00:00Z",
    "99999-01-01T00:00:00Z",
    "2020-01-01T24:00:01Z",
    "2020-01-01T00:00:60Z",
    "2020-01-01T00:00:00+24:00",
    "2020-13-01T00:00:00Z",
]
ODD: list[Any] = [
    *ODD_TIMES,
    "\ud800",
    "\0",
    "\u202e",
    "x" * 9_000,
    -1,
    1e300,
    10**300,
    None,
    True,
    [],
    {},
    [[]],
    [None],
    {"a": None},
]
NOON = "2026-01-01T12:00:00Z"
CVSS = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
OSV = {
    "id": "OSV-1-1",
    "modified": NOON,
    "published": NOON,
    "withdrawn": NOON,
    "aliases": ["CVE-2026-1234"],
    "summary": "s",
    "details": "d",
    "severity": [{"type": "CVSS_V3", "score": CVSS}],
    "affected": [
        {
            "package": {"ecosystem": "npm", "name": "p"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.0"}]}],
            "versions": ["1.0"],
            "database_specific": {"severity": "HIGH", "cvss": CVSS},
        }
    ],
    "references": [{"type": "ADVISORY", "url": "https://osv.example/OSV-1-1"}],
    "credits": [{"name": "n", "type": "FINDER"}],
    "database_specific": {"cwe_ids": ["CWE-1"]},
}
RELEASE = {
    "tag_name": "v1.0.0",
    "name": "n",
    "draft": False,
    "prerelease": False,
    "published_at": NOON,
    "created_at": NOON,
    "html_url": "https://github.com/o/n/releases/tag/v1.0.0",
    "body": "b",
}
ADVISORY = {
    "ghsa_id": "GHSA-aaaa-bbbb-cccc",
    "cve_id": "CVE-2026-1234",
    "state": "published",
    "published_at": NOON,
    "updated_at": NOON,
    "withdrawn_at": NOON,
    "summary": "s",
    "description": "d",
    "severity": "high",
    "html_url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
    "identifiers": [{"type": "CVE", "value": "CVE-2026-1234"}],
    "vulnerabilities": [
        {"package": {"ecosystem": "npm", "name": "p"}, "vulnerable_version_range": "< 1", "patched_versions": "1"}
    ],
    "cvss": {"vector_string": CVSS, "score": 9.8},
    "cvss_severities": {"cvss_v4": {"vector_string": CVSS, "score": 9.8}},
    "cwes": [{"cwe_id": "CWE-1"}],
    "cwe_ids": ["CWE-1"],
    "credits": [{"user": {"login": "x"}, "type": "finder"}],
}
PAGES = [
    ("osv records", OSV, OSV | {"id": "OSV-2-2", "aliases": []}),
    ("releases", RELEASE, RELEASE | {"tag_name": "v2.0.0"}),
    ("advisories", ADVISORY, ADVISORY | {"ghsa_id": "GHSA-dddd-eeee-ffff"}),
    ("reviewed advisories", ADVISORY, ADVISORY | {"ghsa_id": "GHSA-dddd-eeee-ffff"}),
]


def places(value: object, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every field of a JSON value is, those within others too."""
    yield before
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*before, key))


def with_odd(item: dict[str, Any], place: tuple[Any, ...], odd: object) -> object:
    if not place:
        return odd
    changed = copy.deepcopy(item)
    holder: Any = changed
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = odd
    return changed


@pytest.mark.parametrize(("kind", "item", "neighbour"), PAGES, ids=lambda each: each if isinstance(each, str) else "")
def test_no_field_of_an_item_costs_its_neighbour(kind: str, item: dict[str, Any], neighbour: dict[str, Any]) -> None:
    missing, failures = [], []
    for place in places(item):
        for odd in ODD:
            items = [with_odd(item, place, odd), neighbour]
            body = json.dumps({"vulns": items} if kind == "osv records" else items).encode()
            outcome = attempt(Document(kind=kind, project=ProjectId("p"), name="page", content=body), PARSERS)
            if (
                not isinstance(outcome, Parsed)
                or not isinstance(outcome.value, Page)
                or not outcome.value.items[-1].document
            ):
                missing.append((place, str(odd)[:40], outcome))
                continue
            outcomes = [attempt(each.document, PARSERS) for each in outcome.value.items if each.document]
            failures += [
                (place, str(odd)[:40], each)
                for each in outcomes
                if "made its parser fail" in str(getattr(each, "reason", ""))
            ]
    assert not missing
    assert not failures


@pytest.mark.parametrize("depth", [120, 400, 900, 5_000, 50_000])
@pytest.mark.parametrize("more", ["", "\\u0000"])
def test_depth_that_nobody_reads_costs_nothing(depth: int, more: str) -> None:
    """A publisher may put what it likes into these fields of OSV."""
    deep = "[" * depth + f'"{more}"' + "]" * depth
    record = OSV | {"ecosystem_specific": "?", "database_specific": {"own": "?"}}
    body = json.dumps({"vulns": [record, PAGES[0][2]]}).replace('"?"', deep).encode()
    outcome = attempt(Document(kind="osv records", project=ProjectId("p"), name="page", content=body), PARSERS)
    assert isinstance(outcome, Parsed)
    assert isinstance(outcome.value, Page)
    documents = [item.document for item in outcome.value.items]
    assert all(document and isinstance(attempt(document, PARSERS), Parsed) for document in documents)


@pytest.mark.parametrize("text", ODD_TIMES)
def test_a_time_that_no_calendar_has_is_none(text: str) -> None:
    assert read_time(text) is None


@pytest.mark.parametrize("text", ODD_TIMES)
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("commits", [{"commit": {"committer": {"date": "?"}}}]),
        ("catalogue", {"vulnerabilities": [{"cveID": "CVE-2026-1234", "dateAdded": "?"}]}),
    ],
)
def test_odd_times_of_other_documents_are_none_too(kind: str, body: object, text: str) -> None:
    content = json.dumps(body).replace("?", text).encode()
    assert isinstance(attempt(Document(kind=kind, project=ProjectId("p"), name="x", content=content), PARSERS), Parsed)


async def fetched(status: int, headers: dict[str, str]) -> Fetched:
    """What the careful GET makes of an answer with these very headers."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status} X\r\n{head}Content-Length: 2\r\n\r\n[]".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, open_fetcher(clock=ManualClock(), chance=never, user_agent="t") as fetcher:
        return await fetcher.get(f"http://127.0.0.1:{port}/", Conditions())


@pytest.mark.parametrize(
    "date",
    [
        "Fri, 31 Dec 9999 23:59:59 -0100",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Fri, 01 Jan 0100 00:00:00 +2359",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Dec 2024 23:59:60 GMT",
        "Fri, 31 Dec 2024 23:59:59 +999999999999",
        "Fri, 31 Dec " + "9" * 5000 + " 23:59:59 GMT",
    ],
)
async def test_a_date_that_is_none_is_no_fault_and_no_time(date: str) -> None:
    assert (await fetched(200, {"Date": date})).read_at == ManualClock()()
    with pytest.raises((Throttled, SourceUnavailable)):
        await fetched(503, {"Retry-After": date})


async def test_a_media_type_of_a_thousand_parameters_costs_nothing() -> None:
    """The standard library's reader of such a header takes quadratic time."""
    header = "Text/Plain" + ";" * 7_000
    spent = []
    for _ in range(5):
        before = time.thread_time()
        answer = await fetched(200, {"Content-Type": header})
        spent.append(time.thread_time() - before)
    assert min(spent) < 0.2 * slowdown()  # 0.02 s expected; 0.4 s and more if the parameters were read
    assert answer.content_type == "text/plain"


def test_times_that_are_right_are_read() -> None:
    assert read_time("0001-01-01T00:00:00Z") == datetime(1, 1, 1, tzinfo=UTC)
    assert read_time("2026-01-01T01:00:00+01:00") == datetime(2026, 1, 1, tzinfo=UTC)
