"""Advisories as people ask for them, down the whole pipeline: what affects a version, what one says, whom to thank, and why."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Mention, Message, Tone, plain
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter
from chatbot.core.queries.commands import CommandRequest
from chatbot.demo.github.data import Advisory, Credit, Repository, Vulnerability
from tests.demo.make import advisory
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.runtime.payloads import faults_in
from tests.standins.clock import START, ManualClock

WATCHING, STRICT = "console:heard", "console:strict"
ROOMS = [
    room(WATCHING, WatchFilter()),
    room(STRICT, WatchFilter(min_severity=Severity.CRITICAL, mention=Mention("room"))),
]
GHSA = "GHSA-2222-2222-2222"
V3 = ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5)
V4 = ("CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N", 6.0)  # that of CVE-2025-59045


async def _ask(
    harness: Harness, command: str, who: str = "discord:user:1", at: str = WATCHING, **arguments: str
) -> Message:
    return await harness.services.answers.answer(
        CommandRequest(
            command=command,
            arguments=arguments,
            asker=RoomAddress(who),
            room=RoomAddress(at),
            asked_at=harness.clock.now,
        )
    )


async def _published(harness: Harness, *found: Advisory) -> None:
    """Let them be published now, and be said."""
    await harness.run_for()
    harness.clock.advance(MINUTE)
    for each in found:
        each.created_at = each.published_at = harness.clock.now
        harness.world.repositories[0].advisories.append(each)
    await harness.run_for()
    await harness.run_for()


def _facts(message: Message) -> Mapping[str, str]:
    return {fact.label: plain(fact.spans) for fact in message.fields}


def _announcement(harness: Harness, at: str = WATCHING) -> Message:
    (post,) = harness.chat.rooms[at]
    return post.message


NO_RANGES = [
    "all versions before the fix",
    "≤ 0.15.4 (perhaps)",
    "",
    "1.x and maybe 2.x",
    "< 1.2 < 1.1 < 1.0",
    "see below",
]


@pytest.mark.parametrize("words", NO_RANGES)
async def test_a_range_that_cannot_be_read_is_shown_as_such(
    words: str, ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        await _published(harness, advisory(GHSA, 0, vulnerabilities=(Vulnerability(package="ferry", range=words),)))
        affected = _facts(_announcement(harness))["Affected"]
        assert (f"“{words}” (please compare your version by hand)" if words else "not stated") in affected
        answer = await _ask(harness, "affected", version="1.1.0")
        assert answer.tone is Tone.UNSURE
        assert answer.title == "I can't tell whether Ferry 1.1.0 is affected"
        assert GHSA in repr(answer.body)
        assert repr(words)[1:-1] in repr(answer.body)


@pytest.mark.parametrize(
    ("words", "affected", "safe"),
    [
        ("≤ 1.1.0 (inclusive)", ["1.0.0", "1.1.0"], ["1.2.0"]),
        ("*", ["1.0.0", "1.1.0", "1.2.0"], []),
        (">= 1.1.0, < 1.2.0", ["1.1.0", "1.1.7"], ["1.0.0", "1.2.0"]),
        ("1.0.0 through 1.1.0", ["1.0.0", "1.1.0"], ["1.2.0"]),
    ],
)
async def test_a_range_that_can_be_read_is_answered(
    words: str, affected: list[str], safe: list[str], ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        flaw = Vulnerability(package="ferry", range=words, patched="1.2.0")
        await _published(harness, advisory(GHSA, 0, vulnerabilities=(flaw,)))
        for version in affected:
            answer = await _ask(harness, "affected", version=version)
            assert answer.title.startswith(f"Ferry {version} is affected by 1 advisory")
            assert answer.tone is Tone.WARNING
        for version in safe:
            answer = await _ask(harness, "affected", version=version)
            assert answer.title == f"No published advisory affects Ferry {version}"
            assert answer.tone is Tone.ANSWER  # the project has no policy: nobody knows whether it is still supported


@pytest.mark.parametrize(
    ("severity", "scores", "words"),
    [
        ("", (), "not stated"),
        ("", (V3,), "high (CVSS 7.5)"),
        ("medium", (V3, V4), "medium (CVSS 6.0 or 7.5)"),
        ("", (V3, V4), "high (CVSS 6.0 or 7.5)"),
        ("high", (), "high"),
    ],
)
async def test_a_severity_is_shown_as_published(
    severity: str,
    scores: tuple[tuple[str, float], ...],
    words: str,
    ferry_of_three: Repository,
    clock: ManualClock,
    tmp_path: Path,
) -> None:
    """One that is not stated passes every threshold, and calls nobody."""
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        await _published(harness, advisory(GHSA, 0, severity=severity, scores=scores))
        shown = _announcement(harness)
        severity, _, scores_shown = words.rstrip(")").partition(" (")
        assert f" · {'severity ' if severity == 'not stated' else ''}{severity}" in shown.label.casefold()
        assert shown.label.endswith(scores_shown)
        assert (STRICT in harness.chat.rooms) is (words == "not stated")
        assert harness.chat.pings == []


async def test_without_a_fix_nothing_is_promised(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        await _published(harness, advisory(GHSA, 0, vulnerabilities=(Vulnerability(package="ferry", range=">= 1.0"),)))
        message = _announcement(harness)
        assert _facts(message)["Fix"] == "No fixed release has been published yet."
        assert "no fix is named" in repr((await _ask(harness, "affected", version="1.2.0")).body).casefold()


async def test_two_hundred_packages_fit_every_chat(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    many = tuple(Vulnerability(package=f"ferry-part-{n}", range="< 1.2.0", patched="1.2.0") for n in range(200))
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        await _published(harness, advisory(GHSA, 0, vulnerabilities=many))
        assert _facts(_announcement(harness))["Affected"].endswith("and 194 more")
        assert faults_in(_announcement(harness)) == []
        assert faults_in(await _ask(harness, "affected", version="1.1.0")) == []


async def test_a_hundred_kilobytes_of_html_are_cut_safely(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    words = "<h1>Impact</h1><p onclick=x>One <b>mailbox</b> @everyone</p><script>alert(1)</script>\n\n" * 1_200
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        await _published(harness, advisory(GHSA, 0, description=words))
        for message in (_announcement(harness), await _ask(harness, "advisory", id=GHSA)):
            assert faults_in(message) == []
            assert "<script" not in repr(message.body)
            assert message.links[0].url.endswith(GHSA), "the whole of it is a click away"


async def test_an_advisory_is_found_by_each_of_its_ids(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        await _published(harness, advisory(GHSA, 0))
        message = _announcement(harness)
        for name in (GHSA, "CVE-2031-0001", "cve-2031-0001", f" {GHSA.lower()} "):
            assert (await _ask(harness, "advisory", id=name)).title == message.title
        unknown = await _ask(harness, "advisory", id="GHSA-0000-0000-0000")
        assert unknown.tone is Tone.UNSURE
        (small,) = message.small
        assert plain(small) == f"{GHSA} · CVE-2031-0001 · CWE-79 · reported by mira", "a declined credit is not shown"


async def test_the_list_of_advisories_by_severity_and_day(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    ferry_of_three.advisories = [
        advisory("GHSA-aaaa-2222-2222", 1, severity="low", cve="", scores=()),
        advisory("GHSA-bbbb-2222-2222", 50, severity="critical", cve="", scores=()),
        advisory("GHSA-cccc-2222-2222", 90, severity="", cve="", scores=()),
        advisory("GHSA-dddd-2222-2222", 95, severity="high", cve="", state="withdrawn", withdrawn_at=START),
        advisory("GHSA-eeee-2222-2222", 96, state="draft", published_at=None),
    ]
    since = (START - timedelta(days=60)).date().isoformat()
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        await harness.run_for()
        for arguments, expected in [
            ({}, "cba"),
            ({"severity": "high"}, "cb"),
            ({"severity": "LOW"}, "cba"),
            ({"since": since}, "cb"),
            ({"severity": "critical", "since": START.date().isoformat()}, ""),
        ]:
            words = repr(await _ask(harness, "advisories", **arguments))
            names = "".join(each for each in "edcba" if f"GHSA-{each * 4}-2222-2222" in words)
            assert names == expected, arguments
        for arguments in ({"severity": "dreadful"}, {"since": "yesterday"}):
            assert (await _ask(harness, "advisories", **arguments)).tone is Tone.UNSURE


async def test_credits_are_those_accepted_in_published_advisories(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    ferry_of_three.advisories = [
        advisory("GHSA-aaaa-2222-2222", 1, cve="", credits=(Credit(login="mira"), Credit(login="ola"))),
        advisory(
            "GHSA-bbbb-2222-2222", 2, cve="", credits=(Credit(login="mira"), Credit(login="nia", state="pending"))
        ),
        advisory("GHSA-cccc-2222-2222", 3, cve="", credits=(Credit(login="zoe"),), state="draft", published_at=None),
    ]
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS) as harness:
        await harness.run_for()
        answer = await _ask(harness, "credits")
        assert answer.title == "Ferry thanks 2 reporters"
        words = repr(answer.body)
        assert words.index("mira") < words.index("ola")
        assert "nia" not in words
        assert "zoe" not in words


async def test_why_answers_for_this_room_and_for_all_rooms_to_maintainers(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    project = replace(FERRY, maintainers=("discord:user:9",), maintainers_room=RoomAddress("console:bridge"))
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS, project=project) as harness:
        await _published(harness, advisory(GHSA, 0))
        here, strict = await _ask(harness, "why", id=GHSA), await _ask(harness, "why", at=STRICT, id="CVE-2031-0001")
        assert "a new advisory" in repr(here.body)
        assert "its severity (high) is below this channel's threshold (critical)" in strict.title
        assert STRICT not in repr(here)
        assert WATCHING not in repr(strict)
        for alone in ("", "console:bridge"):
            every = repr((await _ask(harness, "why", at=alone, who="discord:user:9", id=GHSA)).body)
            assert "the terminal " + WATCHING.partition(":")[2] in every
            assert "the terminal " + STRICT.partition(":")[2] in every
        in_public = repr(await _ask(harness, "why", who="discord:user:9", id=GHSA))
        assert "a new advisory" in in_public
        assert STRICT.partition(":")[2] not in in_public, "others read along"
        old = await _ask(harness, "why", id="v1.1.0")
        assert "it was published before this channel began to watch the project" in old.title
        elsewhere = await _ask(harness, "why", at="console:elsewhere", id=GHSA)
        assert "a new advisory" not in repr(elsewhere)
        assert "announcements go to channels that watch Ferry" in elsewhere.title
        direct = await _ask(harness, "why", at="", id=GHSA)
        assert "announcements go to " in direct.title


async def test_versions_of_another_package_are_never_compared(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    """The advisory of a package is announced, but 1.1.0 of the project is not 1.1.0 of the package."""
    project = replace(FERRY, packages=("npm/tide",))
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS, project=project) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        tide = Vulnerability(package="tide", ecosystem="npm", range="< 1.2.0", patched="1.2.0")
        other = advisory("GHSA-7777-7777-7777", 0, created_at=clock.now, published_at=clock.now, summary="Tide leaks")
        other.vulnerabilities = (tide,)
        harness.world.advisories.append(other)
        await harness.run_for()
        await harness.run_for()
        assert harness.chat.titles(WATCHING) == ["Ferry – Tide leaks"]
        assert "Release" not in " ".join(link.text for link in _announcement(harness).links)
        assert "upgrade to" not in repr(_announcement(harness).body)
        answer = await _ask(harness, "affected", version="1.1.0")
        assert answer.title == "No published advisory affects Ferry 1.1.0"
        assert "which I can't compare: GHSA-7777-7777-7777" in repr(answer.body)
        between = await _ask(harness, "upgrade", version="1.0.0")
        assert "GHSA-7777" not in repr(between.body)


async def test_a_package_of_the_project_is_compared(
    ferry_of_three: Repository, clock: ManualClock, tmp_path: Path
) -> None:
    project = replace(FERRY, packages=("npm/ferry",))
    async with open_harness(ferry_of_three, clock, tmp_path / "bot.db", ROOMS, project=project) as harness:
        await harness.run_for()
        clock.advance(MINUTE)
        own = Vulnerability(package="ferry", ecosystem="npm", range="< 1.2.0", patched="1.2.0")
        flaw = advisory("GHSA-7777-7777-7777", 0, created_at=clock.now, published_at=clock.now)
        harness.world.advisories.append(replace(flaw, vulnerabilities=(own,)))
        await harness.run_for()
        await harness.run_for()
        assert (await _ask(harness, "affected", version="1.1.0")).tone is Tone.WARNING
        assert any("1.2.0" in link.text for link in _announcement(harness).links)
