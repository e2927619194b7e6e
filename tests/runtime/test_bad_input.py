"""Bad input down the whole pipeline: a clear reason or a safe message; nothing is lost, nothing calls, and the next look goes on."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Mention, Message, Tone
from chatbot.core.model.watches import WatchFilter
from chatbot.demo.github.data import Repository, Vulnerability
from chatbot.store import knowledge
from tests.demo.make import advisory, release
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.runtime.payloads import faults_in
from tests.standins.clock import START, ManualClock
from tests.standins.github import faults
from tests.standins.github.faults import Fault

CONSOLE = room("console", WatchFilter())
POLICY = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.1.x | yes |\n| < 1.1 | no |\n"
NEW_POLICY = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.2.x | yes |\n| < 1.2 | no |\n"

XML_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b']><feed xmlns="http://www.w3.org/2005/Atom"><title>&j;</title></feed>'
)
FILE_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<feed xmlns="http://www.w3.org/2005/Atom"><title>&x;</title></feed>'
)
BAD: dict[str, Fault] = {
    "truncated": faults.truncated,
    "cut short": faults.cut_short,
    "dropped": faults.dropped,
    "huge": faults.huge(),
    "gzip bomb": faults.gzip_bomb(50),
    "not UTF-8": faults.not_utf8,
    "XML bomb": faults.body(XML_BOMB, "application/atom+xml"),
    "entity of a file": faults.body(FILE_BOMB, "application/atom+xml"),
    "HTML instead": faults.html_instead,
    "empty": faults.empty,
    "other JSON": faults.body(b'{"message": "what?"}', "application/json"),
    "a list of nonsense": faults.body(b'[null, 7, "v1", [], {"tag_name": 5}]', "application/json"),
    "deep JSON": faults.body(b"[" * 100_000, "application/json"),
    "NaN and huge numbers": faults.body(b"[NaN, 1e999, " + b"9" * 5000 + b"]", "application/json"),
    "server error": faults.status(502),
}
PATHS = {
    "github-releases": "/repos/*/releases",
    "github-advisories": "/repos/*/security-advisories",
    "policy": "/repos/*/contents/*",
    "github-atom": "/*/releases.atom",
}


@pytest.fixture
def ferry() -> Repository:
    of = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    of.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    of.commit("SECURITY.md", POLICY, START)
    return of


async def _troubles(harness: Harness) -> dict[str, str]:
    async with harness.services.store.reading() as tx:
        facts = await knowledge.load(tx, ProjectId("ferry"))
    return {name: source.trouble for name, source in facts.sources.items() if source.trouble}


def _news(harness: Harness) -> None:
    """A release, an advisory and a change of the policy, all at once."""
    at, ferry = harness.clock.now, harness.world.repositories[0]
    ferry.releases.append(release("v1.1.1", 0, created_at=at, published_at=at))
    ferry.advisories.append(advisory("GHSA-2222-2222-2222", 0, created_at=at, published_at=at))
    ferry.commit("SECURITY.md", NEW_POLICY, at)


ANNOUNCED = ["Ferry 1.1.1", "Ferry – A mailbox name is not escaped", "Ferry – security policy changed"]


@pytest.mark.parametrize("bad", BAD)
async def test_a_source_that_answers_badly_delays_its_news_and_loses_none(
    bad: str, ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    """Every source at once; then they heal, and everything is said once, in spite of what was read in between."""
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        for path in PATHS.values():
            harness.world.faults.lay(path, BAD[bad])
        _news(harness)
        await harness.run_for()
        assert harness.chat.rooms == {}
        for name, why in (await _troubles(harness)).items():
            assert "\n" not in why, name
            assert 10 < len(why) < 400, (name, why)
        harness.world.faults.clear()
        clock.advance(timedelta(hours=1))
        await harness.run_for()
        await harness.run_for()
        assert await _troubles(harness) == {}
        assert sorted(harness.chat.titles("console")) == ANNOUNCED
        assert not any(post.message.struck or post.edits for post in harness.chat.rooms["console"])


@pytest.mark.parametrize("kind", PATHS)
async def test_one_bad_source_does_not_hold_up_the_others(
    kind: str, ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        harness.world.faults.lay(PATHS[kind], faults.truncated)
        _news(harness)
        await harness.run_for()
        await harness.run_for()
        missing = {"github-releases": 0, "github-advisories": 1, "policy": 2}.get(kind)
        assert sorted(harness.chat.titles("console")) == [each for n, each in enumerate(ANNOUNCED) if n != missing]
        assert all("ferry" in why for why in (await _troubles(harness)).values())
        assert len(await _troubles(harness)) == 1


DATABASES = ("/advisories", "/osv/*", "/kev.json")


@pytest.mark.parametrize("bad", BAD)
async def test_databases_that_answer_badly_hold_up_nothing(
    bad: str, ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    """OSV, the global database and the catalogue of exploited ones fail; the repository's own news go out meanwhile."""
    project = replace(FERRY, packages=("npm/tide",))
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE], project=project, catalogue=True) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        for path in DATABASES:
            harness.world.faults.lay(path, BAD[bad])
        _news(harness)
        tide = Vulnerability(package="tide", ecosystem="npm", range="< 2", patched="2.0.0")
        flaw = advisory("GHSA-7777-7777-7777", 0, created_at=clock.now, published_at=clock.now, cve="CVE-2031-7777")
        flaw.summary, flaw.vulnerabilities = "Tide leaks", (tide,)
        harness.world.advisories.append(flaw)
        harness.world.kev = ["CVE-2031-7777"]
        await harness.run_for()
        await harness.run_for()
        assert sorted(harness.chat.titles("console")) == ANNOUNCED
        assert all(10 < len(why) < 400 and "\n" not in why for why in (await _troubles(harness)).values())
        harness.world.faults.clear()
        clock.advance(timedelta(hours=1))
        await harness.run_for()
        await harness.run_for()
        assert await _troubles(harness) == {}
        (tidings,) = [post for post in harness.chat.rooms["console"] if post.message.title == "Ferry – Tide leaks"]
        assert "Known exploited" in tidings.message.label


async def test_a_first_poll_that_fails_makes_no_baseline(ferry: Repository, clock: ManualClock, tmp_path: Path) -> None:
    """What was there before the bot is never news, however late it is first read."""
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        harness.world.faults.lay("/repos/*", faults.html_instead)
        await harness.run_for()
        harness.world.faults.clear()
        await harness.run_for()
        await harness.run_for()
        assert harness.chat.rooms == {}
        clock.advance(MINUTE)
        _news(harness)
        await harness.run_for()
        await harness.run_for()
        assert sorted(harness.chat.titles("console")) == ANNOUNCED


NO_VERSIONS = [
    "nightly",
    "latest",
    "v",
    "🚀",
    "a" * 255,
    "@everyone",
    "<@&42>",
    "1" * 200 + ".0.0",
    "release",
    "%2e%2e",
]


async def test_tags_that_are_no_versions_are_known_and_not_announced(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        for tag in NO_VERSIONS:
            ferry.releases.append(release(tag, 0, created_at=clock.now, published_at=clock.now))
        ferry.releases.append(release("v1.1.1", 0, created_at=clock.now, published_at=clock.now))
        await harness.run_for()
        await harness.run_for()
        assert harness.chat.titles("console") == ["Ferry 1.1.1"]
        assert await _troubles(harness) == {}


HOSTILE = {
    "calls": "@everyone @here <@&7> <@1> <@!1> <#2> @room @ola:example.org </report:1> <t:0> <:x:1>\n",
    "calls in code": "```\n@everyone <@&7> @room\n```\n\n`@everyone` **@room** [@everyone](https://x.example/@room)\n",
    "calls in a title": "# @everyone\n\n## <@&7>\n\n> @room\n",
    "scripts": "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a>\n",
    "links": "[a](javascript:alert(1)) [b](data:text/html,x) [c](https://good.example) <vbscript:x> ![d](file:///etc)\n",
    "an open tag": "<div><table><tr><td><style>*{display:none}</style><mx-reply>x</mx-reply><font data-mx-color=x>",
    "mentions in HTML": '<a href="https://matrix.to/#/@ola:example.org">ola</a> <a href="https://matrix.to/#/!x:y">x</a>',
    "turned text": "\u202egnihtyreve\u202c \u2066x\u2069 \x00\x1b[31m \x07\n",
    "200 kB of words": "Fixes nothing. @everyone @room <@&7>\n\n" * 5_000,
    "200 kB of a line": "@everyone" * 22_000,
    "200 kB of list": "- [@room](https://good.example/)\n" * 6_000,
    "200 kB of nesting": "> " * 100_000 + "x",
    "200 kB of brackets": "[" * 100_000 + "](" * 50_000,
    "200 kB of stars": "*_" * 100_000,
    "200 kB of table": "|@everyone" * 200 + "|\n" + "|-" * 200 + "|\n" + ("|<@&7>" * 200 + "|\n") * 80,
    "200 kB of entities": "&amp;lt;" * 25_000,
    "200 kB of backticks": "`" * 200_000,
}


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_words_become_a_message_that_pings_nobody(
    hostile: str, ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    words = HOSTILE[hostile]
    line = words[:200]
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        at = clock.now
        ferry.releases.append(release("v1.1.1", 0, name=line, body=words, created_at=at, published_at=at))
        ferry.advisories.append(
            advisory("GHSA-2222-2222-2222", 0, created_at=at, published_at=at, summary=line, description=words)
        )
        ferry.commit("SECURITY.md", f"{NEW_POLICY}\n## Reporting\n\n{words}\n", at)
        await harness.run_for()
        await harness.run_for()
        posts = harness.chat.rooms["console"]
        assert len(posts) >= 2
        for post in posts:
            assert faults_in(post.message) == []
        assert harness.chat.pings == []
        assert await _troubles(harness) == {}


def test_a_payload_that_pings_or_acts_would_be_found() -> None:
    safe = Message(title="Ferry 1.1.1", tone=Tone.ROUTINE, url="https://ferry.example/")
    assert faults_in(safe) == []
    assert len(faults_in(replace(safe, mentions=(Mention("role", "7"), Mention("room"))))) == 2
    assert faults_in(replace(safe, url="javascript:alert(1)"))


async def test_ten_thousand_entries_of_nonsense_are_reported_in_few_words(
    ferry: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry, clock, tmp_path / "bot.db", [CONSOLE]) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        harness.world.faults.lay(PATHS["github-releases"], faults.body(b"[" + b"{}," * 10_000 + b"{}]"), times=2)
        await harness.run_for()
        _news(harness)
        await harness.run_for()
        await harness.run_for()
        assert sorted(harness.chat.titles("console")) == ANNOUNCED
