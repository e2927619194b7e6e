"""No parser raises anything but what it promises, or takes long, whatever it is given."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chatbot.chats.discord import commands as discord_commands
from chatbot.chats.discord.components import carried
from chatbot.chats.matrix.commands import INVOCATION, Listener
from chatbot.core.model.ids import ProjectId
from chatbot.core.queries.commands import COMMANDS, read_line
from chatbot.core.text import json_values, labels
from chatbot.core.text.links import safe_url
from chatbot.core.versions import ecosystems, version
from chatbot.core.versions.ranges import version_range
from chatbot.core.versions.tags import grammar
from chatbot.sources.advisories.fields import UnreadableAdvisory
from chatbot.sources.advisories.formats import read_advisory
from chatbot.sources.github.atom_feed import read_feed
from chatbot.sources.github.release_json import UnreadableRelease, read_release
from chatbot.sources.github.xml_gate import NotPlainXml
from chatbot.sources.http.json_body import NoJson, decode
from chatbot.sources.kev.catalogue import read_catalogue
from chatbot.sources.markdown import html_words
from chatbot.sources.markdown.document import read_markdown
from chatbot.sources.osv.records import read_osv
from chatbot.sources.support_policy import reader
from chatbot.sources.support_policy.text import UnreadablePage, read_text
from tests.examples import scaled
from tests.fuzz.hostile import LARGEST_ITEM, allowing, altered, bounded, effort, little_memory, texts
from tests.fuzz.hostile import json_values as any_json

__all__ = ["little_memory"]

_VERSIONS = [
    "v",
    "ver",
    "version",
    "rel",
    "release",
    "tag",
    "-",
    "_",
    ".",
    "/",
    "@",
    "+",
    "~",
    "^",
    ":",
    "rc",
    "beta",
    "alpha",
    "a",
    "b",
    "dev",
    "pre",
    "final",
    "ga",
    "lts",
    "jre8",
    "x",
    "X",
    "*",
    "2024",
    "2024-01-02",
    "00",
    "99999999999999999999",
    "1.2.3-rc.1",
    "foo",
    "Foo",
    "p",
    "r",
    "post",
    "nightly",
    "e",
    "epoch:",
    "1!",
    "SNAPSHOT",
    "RELEASE",
    "sp1",
    "build",
    "win32",
    "linux-amd64",
]
_RANGES = [
    *_VERSIONS, *["", "<", "<=", ">", ">=", "=", "==", "~>", "||", "|", "&&", "&", ",", ";", "..", "…", "–", "≤", "≥", "(", ")", "[", "]", "all", "any", "every", "and", "or", "to", "than", "before", "after", "below", "above"],
    " up to ", " prior to ", " or later", " and earlier versions", " inclusive", " between ", " less than or equal to ", "[1.0,2.0)",
]  # fmt: skip
_POLICY = [
    *_VERSIONS, "# Supported versions\n", "| Version | Supported |\n|---|---|\n", "| 1.x | ✅ |\n", "| --- ", "|", "- ", "1. ", "> ",
    "<!-- ", " -->", "<table><tr><td>", "</td>", "<!doctype html>", "only the latest ", " release is supported", " until ", "2030-01-01",
    "January 1, 2030", " security fixes", " are no longer maintained", "within 90 days", "we aim to ", "security@example.org", " [at] ",
    " dot ", "https://", "mailto:", "```\n", "    ", "\n\n", " supported", " not ", "older ", "e.g. ", "; ", "unless ", "end of life",
]  # fmt: skip
_MARKDOWN = [
    *["#", "##", ">", "-", "*", "+", "1.", "```", "`", "**", "__", "~~", "[", "](", ")", "![", "<", ">", "&", "&amp;", "&#0;", "&#x110000;", "|", "---", "\\", ":", "<br>", "<b>", "</b>", "<details>", "<!--", "-->", "<script>", "<td"],
    "\n\n", "    ", "\t", "[a]: /x\n", "[a]", "https://x.example/", "www.x.example", "@user", "#12", "]]]", "[[[", "](((", "<a href='x'>",
]  # fmt: skip
_XML = [
    "<feed xmlns='http://www.w3.org/2005/Atom'>", "</feed>", "<entry>", "</entry>", "<id>tag:github.com,2008:Repository/1/v1.0</id>",
    "<title>", "</title>", "<updated>2030-01-01T00:00:00Z</updated>", "<link href='x'/>", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "&a;", "<![CDATA[",
    "]]>", "<?xml version='1.0' encoding='utf-7'?>", "<content type='html'>", "</content>", "&#x0;",
]  # fmt: skip
_COMMANDS = [
    *(c.name for c in COMMANDS),
    *_VERSIONS,
    "!",
    "/",
    "'",
    '"',
    "\\",
    "version:",
    "project=",
    "GHSA-aaaa-bbbb-cccc",
    "@bot:hs",
    ": ",
]
_IDS = [
    "affected",
    "redirect",
    "why",
    "remove",
    "template",
    "choose",
    "|",
    "p",
    "discord:user:1",
    "&",
    "=",
    "%00",
    "author=",
]
_URLS = [
    "https://",
    "http://",
    "javascript:",
    "//",
    "@",
    "?",
    "#",
    "%2e",
    "..",
    "xn--",
    "[::1]",
    ":99999",
    "example.org",
    "/x" * 50,
]


def _every_scheme(text: str) -> None:
    for scheme in (
        "semver",
        "pypi",
        "maven",
        "rubygems",
        "packagist",
        "nuget",
        "debian",
        "rpm",
        "alpine",
        "git",
        "project",
    ):
        ecosystems.place(scheme, text)
        version_range.read_range(text, scheme)


def _html(text: str) -> None:
    list(html_words.html_parts(text))
    html_words.html_words(text)
    list(html_words.html_tables(text, 1))


def _custom_ids(text: str) -> None:
    carried.read_button(text)
    carried.read_form(text)
    carried.read_menu(text)


def _parse_line(text: str) -> None:
    listener = Listener(us="@bot:hs", name="Release Bot")
    for content in (
        {"msgtype": "m.text", "body": text},
        {
            "msgtype": "m.text",
            "body": f"> <@a:b> {text}\n\n{text}",
            "m.relates_to": {"m.in_reply_to": {"event_id": text}},
        },
        {"msgtype": "m.text", "body": text, "formatted_body": f'<a href="https://matrix.to/#/{text}">{text}</a>{text}'},
    ):
        for direct in (True, False):
            listener.hear({"type": "m.room.message", "sender": "@a:b", "content": content}, direct=direct)


def _slash(text: str) -> None:
    discord_commands.parse({"name": text, "options": [{"type": 3, "name": text, "value": text, "focused": True}]})


def _encoded(run: Callable[[bytes], object]) -> Callable[[str], object]:
    return lambda text: run(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    ("run", "atoms"),
    [
        pytest.param(grammar.split_tag, _VERSIONS, id="tags"),
        pytest.param(version.read_tag, _VERSIONS, id="versions of tags"),
        pytest.param(version.read_version, _VERSIONS, id="versions"),
        pytest.param(_every_scheme, _RANGES, id="ranges of every ecosystem"),
        pytest.param(_encoded(allowing(read_text, UnreadablePage)), _POLICY, id="pages of policies"),
        pytest.param(reader.read_policy, _POLICY, id="policies"),
        pytest.param(read_markdown, _MARKDOWN, id="notes"),
        pytest.param(_html, _MARKDOWN, id="HTML"),
        pytest.param(_encoded(allowing(read_feed, NotPlainXml)), _XML, id="feeds"),
        pytest.param(_encoded(allowing(decode, NoJson)), ['{"', '":', "[", "]", "{", "}", '"', "\\u0000", "\\ud800", "1e999", "NaN"], id="JSON"),
        pytest.param(_encoded(allowing(json_values.read_json, ValueError)), ["[", "]", '{"a":', "}", '"', "\\ud800", "9" * 500], id="decrypted JSON"),
        pytest.param(_encoded(allowing(read_catalogue, NoJson)), ['{"vulnerabilities": [', '{"cveID": "CVE-2030-12345"}', ",", "]}"], id="KEV"),
        pytest.param(read_line, _COMMANDS, id="command lines"),
        pytest.param(_parse_line, _COMMANDS, id="Matrix events"),
        pytest.param(_slash, _COMMANDS, id="slash commands"),
        pytest.param(_custom_ids, _IDS, id="custom ids"),
        pytest.param(safe_url, _URLS, id="addresses"),
        pytest.param(lambda text: labels.label(text, text), _URLS, id="labels"),
    ],
)  # fmt: skip
@effort
@given(data=st.data())
def test_whatever_is_read_costs_what_its_length_costs(
    run: Callable[[Any], object], atoms: Sequence[str], data: st.DataObject
) -> None:
    text = data.draw(texts(atoms))
    bounded(lambda: run(text), len(text))


_RELEASE = {
    "tag_name": "v1.2.3", "name": "1.2.3", "html_url": "https://github.com/o/n/releases/tag/v1.2.3", "body": "Fixes.\n\n- a", "draft": False,
    "prerelease": False, "published_at": "2030-01-01T00:00:00Z", "author": {"login": "octocat"}, "assets": [{"name": "a.zip"}],
}  # fmt: skip
_ADVISORY = {
    "ghsa_id": "GHSA-aaaa-bbbb-cccc", "cve_id": "CVE-2030-1234", "summary": "s", "description": "d", "severity": "high", "state": "published",
    "html_url": "https://github.com/advisories/x", "published_at": "2030-01-01T00:00:00Z", "updated_at": "2030-01-02T00:00:00Z",
    "withdrawn_at": None, "identifiers": [{"type": "GHSA", "value": "GHSA-aaaa-bbbb-cccc"}], "cwes": [{"cwe_id": "CWE-79"}],
    "vulnerabilities": [
        {"package": {"ecosystem": "pip", "name": "n"}, "vulnerable_version_range": ">= 1.0, < 1.2.3", "patched_versions": "1.2.3"}
    ],
    "cvss_severities": {"cvss_v3": {"vector_string": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "score": 9.8}},
    "credits_detailed": [{"user": {"login": "a", "html_url": "https://x.example"}, "type": "finder", "state": "accepted"}],
}  # fmt: skip
_OSV = {
    "id": "GHSA-aaaa-bbbb-cccc", "aliases": ["CVE-2030-1234"], "modified": "2030-01-01T00:00:00Z", "published": "2030-01-01T00:00:00Z",
    "summary": "s", "details": "d", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "n"}, "versions": ["1.0", "1.1"], "database_specific": {"severity": "HIGH"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2.3"}, {"last_affected": "1.1"}]}],
        }
    ],
    "references": [{"type": "ADVISORY", "url": "https://x.example"}], "credits": [{"name": "a", "contact": ["mailto:x"]}],
}  # fmt: skip
_LISTS = [[[[["a" * 30, "b"], 1], 2], 3], 4]


@settings(max_examples=scaled(300), derandomize=True, database=None, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_an_odd_item_stays_of_a_size_that_somebody_might_send(data: st.DataObject) -> None:
    """Without a limit one in a few hundred takes hundreds of megabytes when it is written."""
    odd = data.draw(altered(_LISTS, ["a"]))
    assert len(json.dumps(odd)) < 12 * LARGEST_ITEM  # a character may be written as `\ud83d\ude00`


_EVENT = {
    "type": "m.room.message", "sender": "@a:b", "event_id": "$1", "origin_server_ts": 1, "unsigned": {"m.relations": {"m.replace": {}}},
    "content": {
        "msgtype": "m.text", "body": "!supported 1.0", "formatted_body": "<b>x</b>", "m.mentions": {"user_ids": ["@bot:hs"]},
        "m.relates_to": {"rel_type": "m.thread", "event_id": "$2", "is_falling_back": True, "m.in_reply_to": {"event_id": "$3"}},
        INVOCATION: {"command": "supported", "arguments": {"version": "1.0"}},
    },
}  # fmt: skip


def _event(event: Any) -> object:
    if not isinstance(event, dict):
        return None  # a sync's events are objects before anybody listens
    listener = Listener(us="@bot:hs", name="Release Bot")
    return [listener.hear(json_values.clean(event), direct=direct) for direct in (True, False)]  # type: ignore[arg-type] # as for `event`


@pytest.mark.parametrize(
    ("run", "item", "atoms"),
    [
        pytest.param(allowing(lambda item: read_release(item, project=ProjectId("p")), UnreadableRelease), _RELEASE, _MARKDOWN, id="releases"),
        pytest.param(allowing(lambda item: read_advisory(item, project=ProjectId("p")), UnreadableAdvisory), _ADVISORY, _RANGES, id="advisories"),
        pytest.param(allowing(lambda item: read_osv(item, project=ProjectId("p")), UnreadableAdvisory), _OSV, _RANGES, id="OSV"),
        pytest.param(
            allowing(lambda item: read_catalogue(json.dumps(item).encode()), NoJson),
            {"vulnerabilities": [{"cveID": "CVE-2030-12345", "dateAdded": "2030-01-01"}]}, _VERSIONS, id="KEV",
        ),
        pytest.param(_event, _EVENT, _COMMANDS, id="Matrix events"),
    ],
)  # fmt: skip
@effort
@given(data=st.data())
def test_an_odd_item_is_read_or_refused(
    run: Callable[[Any], object], item: Any, atoms: Sequence[str], data: st.DataObject
) -> None:
    odd = data.draw(st.one_of(altered(item, atoms), any_json(atoms)))
    bounded(lambda: run(odd), len(repr(odd)))
