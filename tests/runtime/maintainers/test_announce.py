"""Maintainers approve, hold, correct and take back announcements from their room."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.images import ImageTemplate
from chatbot.core.model.message import BulletList, Message, plain
from chatbot.core.model.watches import AnnounceMode, WatchFilter
from chatbot.core.queries.commands import CommandRequest
from chatbot.demo.github.data import Repository
from chatbot.ports import ChatRefused, ChatUnavailable
from tests.demo.make import advisory, release
from tests.runtime.harness import EVERYTHING, FERRY, MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import START, ManualClock

OPS, HALL, QUAY = RoomAddress("console:ops"), RoomAddress("console:hall"), RoomAddress("console:quay")
MIRA = RoomAddress("console:user:mira")
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Stage:
    """A repository, a clock and a chat that outlive the bot."""

    folder: Path
    announce: AnnounceMode = "approve"
    images: tuple[ImageTemplate, ...] = ()
    watch_filter: WatchFilter = EVERYTHING
    ferry: Repository = field(default_factory=lambda: Repository(owner="harbour", name="ferry"))
    clock: ManualClock = field(default_factory=ManualClock)
    chat: FaultyChat = field(default_factory=FaultyChat)

    def open(self) -> AbstractAsyncContextManager[Harness]:
        if not self.ferry.releases:
            self.ferry.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
            self.ferry.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", START)
        project = replace(FERRY, maintainers=(MIRA,), maintainers_room=OPS, announce=self.announce, images=self.images)
        return open_harness(
            self.ferry,
            self.clock,
            self.folder / "bot.db",
            [room(HALL, self.watch_filter), room(QUAY)],
            chat=self.chat,
            project=project,
        )

    def publish(self, tag: str) -> None:
        self.ferry.releases.append(release(tag, 0, created_at=self.clock.now, published_at=self.clock.now))

    def warn(self, ghsa: str, severity: str = "high") -> None:
        at = self.clock.now
        self.ferry.advisories.append(advisory(ghsa, 0, severity=severity, scores=(), created_at=at, published_at=at))

    def shows(self, at: str = HALL) -> list[tuple[str, bool]]:
        """What a room shows, each with whether it is crossed out."""
        return [(post.message.title, post.message.struck) for post in self.chat.rooms.get(at, [])]

    def cards(self) -> list[str]:
        return [title for title in self.chat.titles(OPS) if "how I read" not in title and " to fix in " not in title]


async def say(harness: Harness, command: str, at: str = OPS, asker: str = MIRA, **arguments: str) -> Message:
    request = CommandRequest(
        command=command, arguments=arguments, asker=RoomAddress(asker), room=RoomAddress(at), asked_at=harness.clock.now
    )
    return await harness.services.answers.answer(request)


def words(message: Message) -> str:
    return " ".join([message.title, *(plain(block.spans) for block in message.body if hasattr(block, "spans"))])


def entries(log: Message) -> list[str]:
    return [plain(item.spans) for block in log.body if isinstance(block, BulletList) for item in block.items]


async def test_routine_news_waits_for_its_card_and_goes_out_when_approved(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        stage.publish("v1.2.0")
        await harness.run_for()
        assert stage.cards() == ["Announce Ferry 1.2.0?"]
        card = stage.chat.rooms[OPS][-1]
        assert card.message.example is not None
        assert card.message.example.title == "Ferry 1.2.0"
        assert [action.name for action in card.message.actions] == ["approve", "add-note", "skip"]
        assert stage.shows() == []
        answer = await say(harness, "approve", id="v1.2.0")
        assert words(answer) == "Ferry 1.2.0 goes out now It goes to 2 rooms."
        await harness.deliver()
        assert stage.shows() == stage.shows(QUAY) == [("Ferry 1.2.0", False)]
        assert stage.cards() == ["Ferry 1.2.0 is announced"]
        assert card.message.actions == ()


async def test_a_preview_of_one_chat_shows_that_alone(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        preview = await say(harness, "announce preview", id="v1.1.0", on="console")
        assert preview.example is not None
        assert preview.example.title == "Ferry 1.1.0"
        refused = await say(harness, "announce preview", id="v1.1.0", on="pigeon")
        assert words(refused) == "I don't know this chat It is one of: console."


async def test_a_card_that_nobody_answers_is_asked_about_once_and_stays(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        stage.publish("v1.2.0")
        await harness.run_for()
        for _ in range(4):
            await harness.run_for(timedelta(hours=12))
        assert stage.cards() == ["Announce Ferry 1.2.0?", "Ferry 1.2.0 still waits for your word"]
        assert stage.shows() == []


async def test_security_news_waits_an_hour_at_most_and_critical_news_not_at_all(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        stage.warn("GHSA-aaaa-bbbb-cccc")
        await harness.run_for()
        assert [title.split(" ")[0] for title in stage.cards()] == ["Announce"]
        assert stage.shows() == []
        await harness.run_for(HOUR)
        assert len(stage.shows()) == 1
        assert stage.cards()[0].endswith("went out without an answer")
        stage.warn("GHSA-dddd-eeee-ffff", "critical")
        await harness.run_for()
        assert len(stage.shows()) == 2


async def test_where_the_card_is_refused_everything_goes_out(stage: Stage) -> None:
    stage.chat.refusing[OPS] = ChatRefused("the channel is closed")
    async with stage.open() as harness:
        await harness.run_for()
        stage.publish("v1.2.0")
        await harness.run_for()
        await harness.run_for()
        assert stage.shows() == [("Ferry 1.2.0", False)]


async def test_what_is_held_before_it_was_sent_is_not_sent_until_now(stage: Stage) -> None:
    stage.announce = "auto"
    async with stage.open() as harness:
        await harness.run_for()
        stage.publish("v1.2.0")
        await harness.poll()
        harness.clock.advance(MINUTE)
        await harness.poll()  # decided, and not sent yet
        assert "on its way to 2 rooms" in words(await say(harness, "announce hold", id="1.2.0"))
        await harness.run_for()
        assert stage.shows() == []
    async with stage.open() as harness:
        await harness.run_for()
        assert stage.shows() == []
        await say(harness, "announce now", id="1.2.0")
        await harness.deliver()
        assert stage.shows() == stage.shows(QUAY) == [("Ferry 1.2.0", False)]


async def test_held_security_news_is_recalled_to_mind_every_hour(stage: Stage) -> None:
    stage.announce = "auto"
    async with stage.open() as harness:
        await harness.run_for()
        stage.warn("GHSA-aaaa-bbbb-cccc")
        await harness.poll()
        await say(harness, "announce hold", id="GHSA-aaaa-bbbb-cccc")
        for _ in range(3):
            await harness.run_for(HOUR / 2)
        reminders = [title for title in stage.cards() if title.endswith("is still held")]
        assert len(reminders) == 3
        assert stage.shows() == []


async def test_retracting_strikes_posts_through_and_keeps_it_from_being_announced_again(stage: Stage) -> None:
    stage.announce = "auto"
    async with stage.open() as harness:
        await harness.run_for()
        stage.publish("v1.2.0")
        stage.chat.refusing[QUAY] = ChatRefused("the channel is closed")
        await harness.run_for()
        assert stage.shows() == [("Ferry 1.2.0", False)]
        await say(harness, "announce retract", id="v1.2.0", reason="It was tagged by mistake")
        del stage.chat.refusing[QUAY]
        await harness.run_for(HOUR)
        assert stage.shows() == [("Ferry 1.2.0", True)]
        assert "It was tagged by mistake." in words(stage.chat.rooms[HALL][0].message)
        assert stage.shows(QUAY) in ([], [("Ferry 1.2.0", True)])
        assert "never announced again" in (await say(harness, "announce now", id="v1.2.0")).title
        answer = await say(harness, "latest", at=HALL)
        assert answer.title == "The newest Ferry is 1.2.0"  # announcements are taken back, what is published is not


async def test_retracting_what_is_being_sent_corrects_it_once_it_is_there(stage: Stage) -> None:
    stage.announce = "auto"
    async with stage.open() as harness:
        await harness.run_for()
        stage.publish("v1.2.0")
        stage.chat.late_failures = [ChatUnavailable("the answer was lost", doubtful=True)]
        await harness.poll()
        harness.clock.advance(MINUTE)
        await harness.poll()
        await harness.deliver()  # the answer to the first post was lost: it may be there
        await say(harness, "announce retract", id="v1.2.0", reason="It was tagged by mistake")
        await harness.run_for()
        await harness.run_for(HOUR)
        assert [struck for _, struck in [*stage.shows(), *stage.shows(QUAY)]].count(False) == 0


async def test_a_bad_release_is_said_to_all_who_were_told_and_recommended_by_nothing(stage: Stage) -> None:
    stage.announce = "auto"
    async with stage.open() as harness:
        await harness.run_for()
        stage.publish("v1.2.0")
        await harness.run_for()
        stage.publish("v1.2.1")
        await harness.run_for()
        answer = await say(harness, "announce bad", id="v1.2.1", reason="It loses mail", use="1.2.0")
        assert answer.title == "Everybody is told not to use Ferry 1.2.1"
        await harness.run_for()
        titles = [title for title, _ in stage.shows()]
        assert "Do not use Ferry 1.2.1: use 1.2.0 instead" in titles
        assert ("Ferry 1.2.1", True) in stage.shows()
        upgrade = await say(harness, "upgrade", at=HALL, version="1.1.0")
        assert "1.2.0" in upgrade.title
        assert "1.2.1" not in upgrade.title
        latest = await say(harness, "latest", at=HALL)
        assert "do not use it" in words(latest) or "do not use it" in latest.title


async def test_a_note_stands_on_top_as_the_maintainers_words(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        stage.publish("v1.2.0")
        await harness.run_for()
        await say(harness, "add-note", id="v1.2.0", text="Back your data up first. @everyone")
        await say(harness, "announce now", id="v1.2.0")
        await harness.deliver()
        assert "From the maintainers: Back your data up first." in words(stage.chat.rooms[HALL][0].message)


async def test_exploited_by_word_is_an_escalation_in_every_room(stage: Stage) -> None:
    stage.announce = "auto"
    async with stage.open() as harness:
        await harness.run_for()
        stage.warn("GHSA-aaaa-bbbb-cccc")
        await harness.run_for()
        assert len(stage.shows()) == 1
        await say(harness, "announce exploited", id="GHSA-aaaa-bbbb-cccc")
        await harness.run_for()
        assert any(title.startswith("Now known to be exploited") for title, _ in stage.shows())


async def test_a_statement_answers_a_cve_that_is_none_of_the_projects_own(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        stage.warn("GHSA-aaaa-bbbb-cccc")
        await harness.run_for()
        how = {"status": "not_affected", "justification": "vulnerable_code_not_present"}
        refusal = await say(harness, "announce statement", cve="CVE-2031-0001", **how)
        assert "has published an advisory that names CVE-2031-0001" in refusal.title
        await say(harness, "announce statement", cve="CVE-2030-4711", **how)
        answer = await say(harness, "advisory", at=HALL, asker="console:user:ola", id="cve-2030-4711")
        assert answer.title == "CVE-2030-4711 does not affect Ferry, its maintainers say"


async def test_everything_is_in_the_log_and_nobody_else_reaches_it(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        await say(harness, "announce hold", id="v1.1.0")
        log = await say(harness, "announce log")
        assert "held v1.1.0" in entries(log)[0]
        stranger = await say(harness, "announce log", asker="console:user:ola")
        assert stranger.title == "Only maintainers of the project can use this"
        assert (await say(harness, "announce log", at=HALL)).title.startswith("Use this in your maintainers' room")


async def test_what_a_maintainer_did_stays_and_is_named_to_them(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        await say(harness, "announce hold", id="v1.1.0")
        await say(harness, "announce now", id="v1.1.0")
        data = words(await say(harness, "my-data", at=""))
        assert "As a maintainer you have 2 entries in the log of your project" in data
        farewell = await say(harness, "forget-me", at="")
        assert "".join(plain(line) for line in farewell.small).endswith("They are its record, and stay.")
        log = await say(harness, "announce log")
        assert len(entries(log)) == 2


async def test_that_something_retracted_is_exploited_is_told_to_the_maintainers_alone(stage: Stage) -> None:
    stage.announce = "auto"
    async with stage.open() as harness:
        await harness.run_for()
        stage.warn("GHSA-aaaa-bbbb-cccc")
        await harness.run_for()
        await say(harness, "announce retract", id="GHSA-aaaa-bbbb-cccc", reason="It is about another project")
        await harness.run_for()
        before = stage.shows()
        await say(harness, "announce exploited", id="GHSA-aaaa-bbbb-cccc")
        for _ in range(2):
            await harness.run_for()
        assert stage.shows() == before
        assert [title for title in stage.cards() if title.endswith("is known to be exploited")] == [
            "A mailbox name is not escaped is known to be exploited"
        ]


@pytest.mark.parametrize("command", ["announce retract", "announce bad"])
async def test_nothing_is_taken_back_without_a_reason(stage: Stage, command: str) -> None:
    stage.announce = "auto"
    async with stage.open() as harness:
        await harness.run_for()
        stage.publish("v1.2.0")
        await harness.run_for()
        for reason in ("", " ", "\u200b"):
            assert (await say(harness, command, id="v1.2.0", reason=reason)).title.startswith("Please say why")
        await say(harness, command, id="v1.2.0", reason="-")  # a short one, and one all the same
        await harness.run_for()
        assert ("Ferry 1.2.0", True) in stage.shows()


async def test_a_release_that_is_bad_before_anybody_was_told_is_announced_to_nobody(stage: Stage) -> None:
    stage.announce = "auto"
    async with stage.open() as harness:
        await harness.run_for()
        stage.publish("v1.2.0")
        await harness.poll()
        harness.clock.advance(MINUTE)
        await harness.poll()  # decided, and not sent yet
        assert "on its way to 2 rooms" in words(await say(harness, "announce bad", id="v1.2.0", reason="It loses mail"))
        await harness.run_for()
        assert stage.shows() == []
        await say(harness, "announce good", id="v1.2.0")
        await harness.run_for()
        assert stage.shows() == stage.shows(QUAY) == [("Ferry 1.2.0", False)]


async def test_a_card_whose_release_became_bad_or_went_away_says_so(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()
        stage.publish("v1.2.0")
        stage.publish("v1.3.0")
        await harness.run_for()
        await say(harness, "announce bad", id="v1.2.0", reason="It loses mail")
        stage.ferry.releases.pop()
        for _ in range(3):
            await harness.run_for(timedelta(hours=2))
        assert sorted(stage.cards()) == ["Ferry 1.2.0 must not be used", "No room waits for Ferry 1.3.0 any more"]
        assert stage.shows() == []


async def test_maintainers_alone_are_offered_what_they_can_name(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()

        async def offered(asker: str) -> list[str]:
            ask = CommandRequest(
                command="announce hold", asker=RoomAddress(asker), room=OPS, asked_at=harness.clock.now
            )
            return [each.value for each in await harness.services.answers.suggest(ask, "id", "1.")]

        assert "v1.1.0" in await offered(MIRA)
        assert await offered("console:user:ola") == []


async def test_help_names_the_words_of_maintainers_to_them_where_nobody_else_reads_along(stage: Stage) -> None:
    async with stage.open() as harness:
        await harness.run_for()

        async def is_named(at: str, asker: str = MIRA) -> bool:
            return "announce" in words(await say(harness, "help", at=at, asker=asker))

        assert await is_named(OPS)
        assert await is_named("")
        assert not await is_named(HALL)
        assert not await is_named(OPS, "console:user:ola")
