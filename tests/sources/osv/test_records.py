"""OSV records: events become spans, words become one severity, and what is no record is said so."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.model.facts import Credit, Span
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.severity import Severity
from chatbot.sources.advisories.fields import UnreadableAdvisory
from chatbot.sources.osv.range_events import read_events, spans_of
from chatbot.sources.osv.records import is_osv, read_osv

V3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N"
V2 = "AV:N/AC:L/Au:N/C:P/I:P/A:P"


def record(**more: Any) -> dict[str, Any]:
    return {
        "id": "RUSTSEC-2030-0001",
        "modified": "2030-01-02T00:00:00Z",
        "published": "2030-01-01T00:00:00Z",
        "affected": [],
    } | more


def block(*ranges: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"package": {"ecosystem": "crates.io", "name": "mail"}, "ranges": list(ranges)} | more


def events(*pairs: tuple[str, str], kind: str = "SEMVER") -> dict[str, Any]:
    return {"type": kind, "events": [{what: when} for what, when in pairs]}


@pytest.mark.parametrize(
    ("pairs", "spans"),
    [
        ([("introduced", "0"), ("fixed", "2")], [Span(fixed="2")]),
        ([("introduced", "1"), ("last_affected", "2")], [Span(introduced="1", last_affected="2")]),
        ([("introduced", "1")], [Span(introduced="1")]),
        ([("fixed", "4"), ("introduced", "3"), ("fixed", "2"), ("introduced", "0")], [Span(fixed="2"), Span(introduced="3", fixed="4")]),
        ([("fixed", "2"), ("introduced", "3"), ("introduced", "4"), ("fixed", "5")], [Span(introduced="3", fixed="5")]),
        ([("introduced", "1.9"), ("introduced", "1.10"), ("fixed", "1.11"), ("fixed", "1.12")], [Span(introduced="1.9", fixed="1.11")]),
        ([("introduced", "1"), ("last_affected", "2"), ("fixed", "3")], [Span(introduced="1", last_affected="2", fixed="3")]),
        ([("introduced", "1"), ("last_affected", "2"), ("last_affected", "3")], [Span(introduced="1", last_affected="2")]),
        ([("introduced", "1"), ("last_affected", "2"), ("introduced", "3")], [Span(introduced="1", last_affected="2"), Span(introduced="3")]),
        ([("introduced", "10"), ("limit", "13")], [Span(introduced="10", fixed="13")]),
        ([("introduced", "10"), ("fixed", "11"), ("limit", "13")], [Span(introduced="10", fixed="11")]),
        ([("introduced", "10"), ("fixed", "14"), ("limit", "12"), ("limit", "13")], [Span(introduced="10", fixed="13")]),
        ([("introduced", "10"), ("limit", "*"), ("limit", "13")], [Span(introduced="10")]),
        ([("introduced", "what"), ("fixed", "1")], [Span(introduced="what", fixed="1")]),
        ([("fixed", "1")], []),
        ([], []),
    ],
)  # fmt: skip
def test_events_become_spans(pairs: list[tuple[str, str]], spans: list[Span]) -> None:
    assert spans_of(pairs, "semver") == tuple(spans)


def test_what_is_no_event_is_left_out() -> None:
    values = [{"introduced": "0"}, 7, None, {"fixed": 8}, {"other": "1"}, {"fixed": ""}, {"fixed": " 9 "}]
    assert read_events(values) == [("introduced", "0"), ("fixed", "9")]


versions = st.sampled_from(["0", "1", "2", "3", "4", "5"])
# A range never mixes `fixed` and `last_affected` (https://ossf.github.io/osv-schema/#affectedrangesevents-fields).
pairs = st.sampled_from(["fixed", "last_affected"]).flatmap(
    lambda end: st.lists(st.tuples(st.sampled_from(["introduced", end]), versions), max_size=7)
)


@given(pairs, st.sampled_from(["0.5", "1", "1.5", "2", "3", "3.5", "4", "5", "6"]))
def test_spans_hold_what_the_algorithm_of_osv_calls_vulnerable(given_: list[tuple[str, str]], version: str) -> None:
    """https://ossf.github.io/osv-schema/#evaluation, with numbers for versions."""
    at, vulnerable = float(version), False
    ordered = sorted(given_, key=lambda event: float(event[1]))
    for what, when in ordered:
        if what == "introduced" and at >= float(when):
            vulnerable = True
        elif (what == "fixed" and at >= float(when)) or (what == "last_affected" and at > float(when)):
            vulnerable = False
    within = any(
        (float(span.introduced) <= at)
        and (not span.fixed or at < float(span.fixed))
        and (not span.last_affected or at <= float(span.last_affected))
        for span in spans_of(given_, "semver")
    )
    assert within == vulnerable


def test_a_record_becomes_an_advisory() -> None:
    advisory = read_osv(
        record(
            aliases=["CVE-2030-1", "GHSA-aaaa-bbbb-cccc", 5, "RUSTSEC-2030-0001", "../../etc"],
            summary=" A  crafted\nmessage ",
            details="**Details**",
            severity=[{"type": "CVSS_V3", "score": V3}, {"type": "CVSS_V4", "score": V4}, {"score": "nonsense"}, 7],
            affected=[block(events(("introduced", "0"), ("fixed", "1.2.3")), versions=["1.0.0", 7])],
            credits=[{"name": "Ann", "type": "FINDER"}, {"name": "Bob"}, {"name": ""}, 5],
            references=[{"type": "WEB", "url": "https://x.example/RUSTSEC-2030-0001"}, {"type": "ADVISORY", "url": "https://rustsec.example/RUSTSEC-2030-0001.html"}],
            database_specific={"cwe_ids": ["CWE-79", "CWE-x", 3]},
        ),
        project=ProjectId("p"),
    )  # fmt: skip
    assert (advisory.project, advisory.id) == ("p", "GHSA-aaaa-bbbb-cccc")
    assert advisory.aliases == frozenset({"CVE-2030-1", "RUSTSEC-2030-0001"})
    assert advisory.summary == "A crafted message"
    assert "Details" in repr(advisory.description)
    assert advisory.scores == ((V3, 9.8), (V4, 8.7))
    assert advisory.severity is Severity.CRITICAL
    assert advisory.cwes == ("CWE-79",)
    assert advisory.credits == (Credit(login="Ann", role="finder"), Credit(login="Bob"))
    assert advisory.url == "https://rustsec.example/RUSTSEC-2030-0001.html"
    (entry,) = advisory.affected
    assert (entry.package, entry.ecosystem, entry.scheme) == ("mail", "crates.io", "semver")
    assert (entry.spans, entry.versions) == ((Span(fixed="1.2.3"),), ("1.0.0",))
    assert advisory.withdrawn_at is None


@pytest.mark.parametrize(
    ("more", "severity"),
    [
        ({}, Severity.UNKNOWN),
        ({"database_specific": {"severity": "MODERATE"}, "severity": [{"score": V3}]}, Severity.MEDIUM),
        ({"severity": [{"type": "CVSS_V2", "score": V2}]}, Severity.HIGH),
        ({"severity": [{"type": "Ubuntu", "score": "medium"}]}, Severity.MEDIUM),
        ({"affected": [block(severity=[{"score": V4}])]}, Severity.HIGH),
        ({"affected": [block(database_specific={"cvss": V3})]}, Severity.CRITICAL),
        ({"affected": [block(database_specific={"severity": "low"})]}, Severity.LOW),
        ({"severity": [{"score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"}]}, Severity.UNKNOWN),
        ({"severity": "high", "affected": None, "database_specific": 7}, Severity.UNKNOWN),
    ],
)
def test_severity(more: dict[str, Any], severity: Severity) -> None:
    assert read_osv(record(**more), project=ProjectId("p")).severity is severity


def test_orders_are_kept_apart_and_commits_stand_only_alone() -> None:
    semver, commits = events(("introduced", "1.0.0")), events(("introduced", "8f3e"), kind="GIT")
    own = events(("introduced", "2"), kind="ECOSYSTEM")
    maven = {"ecosystem": "Maven", "name": "org.example:mail"}
    mixed = read_osv(
        record(affected=[block(own, semver, commits, package=maven, versions=["9"])]), project=ProjectId("p")
    )
    assert [(entry.scheme, entry.spans, entry.versions) for entry in mixed.affected] == [
        ("maven", (Span(introduced="2"),), ("9",)),
        ("semver", (Span(introduced="1.0.0"),), ()),
    ]
    alone = read_osv(record(affected=[block(commits, versions=["v9"])]), project=ProjectId("p"))
    assert [(entry.scheme, entry.versions) for entry in alone.affected] == [("git", ("v9",))]
    only_listed = read_osv(record(affected=[block(package=maven, versions=["9"])]), project=ProjectId("p"))
    assert [(entry.scheme, entry.spans) for entry in only_listed.affected] == [("maven", ())]
    assert read_osv(record(affected=[block(), 7]), project=ProjectId("p")).affected == ()


@pytest.mark.parametrize(
    ("name", "more", "url"),
    [
        ("GHSA-aaaa-bbbb-cccc", {}, "https://github.com/advisories/GHSA-aaaa-bbbb-cccc"),
        ("GO-2030-1", {}, "https://osv.dev/vulnerability/GO-2030-1"),
        (
            "GO-2030-1",
            {"references": [{"type": "ADVISORY", "url": "javascript:alert('GO-2030-1')"}]},
            "https://osv.dev/vulnerability/GO-2030-1",
        ),
        (
            "GO-2030-1",
            {"references": [{"type": "ADVISORY", "url": "https://x.example/other"}]},
            "https://osv.dev/vulnerability/GO-2030-1",
        ),
    ],
)
def test_the_address_is_of_this_very_id(name: str, more: dict[str, Any], url: str) -> None:
    assert read_osv(record(id=name, **more), project=ProjectId("p")).url == url


def test_times_and_words_are_found_where_they_are() -> None:
    bare = read_osv(
        {
            "id": "A-1",
            "modified": "2030-01-02T00:00:00.123456789Z",
            "details": "# Title\nmore",
            "withdrawn": "2030-02-01T00:00:00Z",
        },
        project=ProjectId("p"),
    )
    assert (bare.summary, bare.published_at.day, bare.withdrawn_at is not None) == ("Title", 2, True)
    old = read_osv({"id": "A-1", "published": "2030-01-02T00:00:00Z", "affected": []}, project=ProjectId("p"))
    assert old.updated_at == old.published_at


@pytest.mark.parametrize(
    "item",
    [
        None, 7, [], {}, {"id": 5}, {"id": "no"}, {"id": "A-1"}, {"id": "A-1", "modified": "yesterday"}, {"id": "A-1\n", "modified": "2030-01-01"},
    ],
)  # fmt: skip
def test_what_is_no_record_is_reported_so(item: object) -> None:
    with pytest.raises(UnreadableAdvisory, match=r"\w"):
        read_osv(item, project=ProjectId("p"))


@pytest.mark.parametrize(
    ("item", "yes"),
    [
        ({"id": "A-1", "modified": "2030"}, True),
        ({"id": "A-1", "affected": []}, True),
        ({"id": 5, "modified": ""}, False),
        ({"id": "A-1"}, False),
        (7, False),
    ],
)
def test_a_record_is_distinguished_from_other_json(item: object, *, yes: bool) -> None:
    assert is_osv(item) is yes


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(V3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["package", "ranges", "events", "introduced", "fixed", "limit", "versions", "type", "score", "name", "ecosystem", "database_specific", "url", "cvss"]
    ), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            [
                "aliases",
                "affected",
                "severity",
                "credits",
                "references",
                "details",
                "summary",
                "withdrawn",
                "database_specific",
            ],
            json,
        ),
    )
)
def test_any_json_is_read_or_refused(more: dict[str, Any]) -> None:
    assert read_osv(record(**more), project=ProjectId("p")).id == "RUSTSEC-2030-0001" or more["aliases"]
