"""Stalwart's three security releases with their real dates: the advisory came days after the release, and once it comes first."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Mention, Message, Tone, plain
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.core.queries.commands import CommandRequest
from chatbot.demo.github.data import Advisory, Release, Repository, Vulnerability
from tests.demo import stalwart
from tests.runtime.harness import MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import ManualClock

pytestmark = pytest.mark.skipif(not stalwart.HERE, reason=stalwart.WHY_NOT)

MAIL = Project(id=ProjectId("mail"), name="Mail", repository="stalwartlabs/stalwart")
CALLED = Mention("role", "7")
ROOMS = [
    room("console:general", WatchFilter(mention=CALLED), [ProjectId("mail")]),
    room("console:admins", WatchFilter(mention=Mention("room")), [ProjectId("mail")]),
    room("console:readers", WatchFilter(), [ProjectId("mail")]),
    room("console:alarms", WatchFilter(events=frozenset({"security"}), mention=CALLED), [ProjectId("mail")]),
]
ALL_NEWS = ("console:general", "console:admins", "console:readers")
CALLED_ROOMS = ["console:admins", "console:alarms", "console:general"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A release, and how many days later the advisory that it fixes was published."""

    version: str
    released_on: str
    days: int
    ghsa: str
    cve: str
    severity: str = "high"
    affected: str = ""

    @property
    def release(self) -> stalwart.Tagged:
        return next(each for each in stalwart.releases() if each.version == self.version)

    @property
    def notes_then(self) -> str:
        """The notes as they were before the id was added to them."""
        return self.release.notes.replace(self.cve, "").replace(self.ghsa, "")

    def advisory(self, at: datetime, severity: str = "") -> Advisory:
        return Advisory(
            ghsa=self.ghsa,
            cve=self.cve,
            summary=f"A flaw before {self.version}",
            severity=severity or self.severity,
            created_at=at,
            published_at=at,
            vulnerabilities=(Vulnerability(package="stalwart", range=self.affected, patched=self.version),),
        )


CASES = [
    Case(
        version="0.13.3",
        released_on="2025-09-09",
        days=4,
        ghsa="GHSA-xv4r-q6gr-6pfg",
        cve="CVE-2025-59045",
        affected="< 0.13.3",  # as published: further back than its own text, which begins at 0.12.0
    ),
    Case(version="0.13.4", released_on="2025-09-30", days=21, ghsa="GHSA-8jqj-qj5p-v5rr", cve="CVE-2025-61600"),
    Case(version="0.15.5", released_on="2026-02-14", days=3, ghsa="GHSA-jm95-876q-c9gw", cve="CVE-2026-26312"),
]
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.version)


def _before(case: Case, clock: ManualClock) -> Repository:
    """The repository a minute before the release; no advisory of the time before is in it."""
    repository = stalwart.repository()
    clock.now = case.release.published_at - MINUTE
    stalwart.reveal(repository, clock.now)
    repository.advisories.clear()
    return repository


def _publish(harness: Harness, case: Case, at: datetime) -> Release:
    release = Release(tag=case.release.tag, name=case.release.tag, body=case.notes_then, created_at=at, published_at=at)
    harness.world.repositories[0].releases.append(release)
    return release


def _words(message: Message, label: str) -> str:
    return " ".join(plain(fact.spans) for fact in message.fields if fact.label == label)


def _called(chat: FaultyChat) -> list[str]:
    return sorted(at for at, _ in chat.pings)


@EACH
async def test_the_advisory_comes_days_after_the_release(case: Case, clock: ManualClock, tmp_path: Path) -> None:
    repository = _before(case, clock)
    async with open_harness(repository, clock, tmp_path / "bot.db", ROOMS, project=MAIL) as harness:
        await harness.run_for()
        clock.now = max(clock.now, case.release.published_at)
        assert clock.now.date().isoformat() == case.released_on
        release = _publish(harness, case, clock.now)
        await harness.run_for()
        await harness.run_for()
        for at in ALL_NEWS:
            assert harness.chat.titles(at) == [f"Mail {case.version}"]
            assert harness.chat.labels(at) == ["Patch release"]
            assert harness.chat.rooms[at][0].message.tone is Tone.ROUTINE
        assert harness.chat.titles("console:alarms") == []
        assert harness.chat.pings == []

        clock.now += timedelta(days=case.days)
        repository.advisories.append(case.advisory(clock.now))
        await harness.run_for()
        await harness.run_for()
        for at in ALL_NEWS:
            first, news = harness.chat.rooms[at]
            assert (first.message.title, first.message.label) == (f"Mail {case.version}", "Security release · High")
            assert first.edits == 1
            assert _words(first.message, "Fixes") == f"A flaw before {case.version} (high)"
            assert news.message.title == f"Mail – A flaw before {case.version}"
            assert case.version in _words(news.message, "Upgrade")
            assert release.tag in [link.url.rpartition("/")[2] for link in news.message.links]
        assert _called(harness.chat) == CALLED_ROOMS
        assert harness.chat.titles("console:alarms") == [f"Mail – A flaw before {case.version}"]  # it links the release

        clock.now += timedelta(days=1)
        release.body, release.updated_at = case.release.notes, clock.now  # the notes name the advisory from now on
        await harness.run_for()
        await harness.run_for()
        assert [len(harness.chat.rooms[each.address]) for each in ROOMS] == [2, 2, 2, 1]
        assert _called(harness.chat) == CALLED_ROOMS


@EACH
async def test_edited_notes_alone_bind_the_release(case: Case, clock: ManualClock, tmp_path: Path) -> None:
    """The advisory names no patched version; the notes name the advisory, days later."""
    repository = _before(case, clock)
    async with open_harness(repository, clock, tmp_path / "bot.db", ROOMS[:1], project=MAIL) as harness:
        await harness.run_for()
        clock.now = max(clock.now, case.release.published_at)
        release = _publish(harness, case, clock.now)
        await harness.run_for()
        clock.now += timedelta(days=case.days)
        unbound = replace(case.advisory(clock.now), vulnerabilities=(Vulnerability(package="stalwart"),))
        repository.advisories.append(unbound)
        await harness.run_for()
        assert harness.chat.labels("console:general")[0] == "Patch release"
        clock.now += timedelta(days=1)
        release.body, release.updated_at = case.release.notes, clock.now
        await harness.run_for()
        await harness.run_for()
        first, news = harness.chat.rooms["console:general"]
        assert first.message.label == "Security release · High"
        assert case.version in _words(news.message, "Upgrade")
        assert _called(harness.chat) == ["console:general"]


@EACH
@pytest.mark.parametrize(
    ("severity", "kind"),
    [("high", "Security release · High"), ("critical", "Urgent security release · Critical")],
)
async def test_the_advisory_comes_first(
    severity: str, kind: str, case: Case, clock: ManualClock, tmp_path: Path
) -> None:
    repository = _before(case, clock)
    async with open_harness(repository, clock, tmp_path / "bot.db", ROOMS, project=MAIL) as harness:
        await harness.run_for()
        clock.now = max(clock.now, case.release.published_at)
        repository.advisories.append(case.advisory(clock.now, severity))
        await harness.run_for()
        assert _called(harness.chat) == CALLED_ROOMS
        unfixed = harness.chat.rooms["console:general"][0].message
        assert _words(unfixed, "Fix") == f"{case.version}, not released yet"
        clock.now += timedelta(hours=5)
        _publish(harness, case, clock.now)
        await harness.run_for()
        await harness.run_for()
        for at in ALL_NEWS:
            news, release = harness.chat.rooms[at]
            assert (release.message.title, release.message.label) == (f"Mail {case.version}", kind)
            assert release.edits == 0
            assert case.version in _words(news.message, "Upgrade")
            assert any(link.url.endswith(case.release.tag) for link in news.message.links)
        news, fixed = harness.chat.rooms["console:alarms"]  # it named the release before: a reply says that it is out
        assert case.version in _words(news.message, "Upgrade")
        assert fixed.message.title == f"Fixed in {case.version}: A flaw before {case.version}"
        assert _called(harness.chat) == CALLED_ROOMS, "the advisory called already"


async def test_each_version_against_the_published_advisories(clock: ManualClock, tmp_path: Path) -> None:
    """The one recorded range is believed as published; the two that were never had are said to be unreadable."""
    repository = stalwart.repository()
    clock.now = max(each.published_at for each in stalwart.releases()) + timedelta(days=2)
    stalwart.reveal(repository, clock.now)
    first, *others = (case.ghsa for case in CASES)
    console: list[Room] = [room("console", WatchFilter(), [ProjectId("mail")])]
    async with open_harness(repository, clock, tmp_path / "bot.db", console, project=MAIL) as harness:
        await harness.run_for()
        for each in stalwart.releases():
            numbers = tuple(int(number) for number in each.version.partition("-")[0].split("."))
            request = CommandRequest(
                command="affected",
                arguments={"version": each.version},
                asker=RoomAddress("console:user"),
                asked_at=clock.now,
            )
            answer = await harness.services.answers.answer(request)
            affecting, _, unread = repr(answer.body).partition("Ranges that I can't read")
            assert (first in affecting) is (numbers < (0, 13, 3)), each.version
            assert all(other in unread and other not in affecting for other in others), each.version
            assert answer.tone is (Tone.WARNING if numbers < (0, 13, 3) else Tone.UNSURE)
        verdicts = {
            version: repr(
                await harness.services.answers.answer(
                    CommandRequest(
                        command="affected",
                        arguments={"version": version},
                        asker=RoomAddress("console:user"),
                        asked_at=clock.now,
                    )
                )
            )
            for version in ("0.11.8", "0.13.2")
        }
        newest = max(stalwart.releases(), key=lambda each: each.published_at).version  # their lines have ended
        assert all("Upgrade to" in words and f"'{newest}'" in words for words in verdicts.values())
