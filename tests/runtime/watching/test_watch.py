"""A room that is watched by command: at once, silent about what was before, and through restarts, kills and reloads."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Mention, Message, Tone, plain
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.core.queries.commands import CommandRequest, Right
from chatbot.demo.github.data import Repository
from chatbot.store import room_watches
from chatbot.store.database.db import Store
from tests.demo.make import advisory, release
from tests.runtime.harness import MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import START, ManualClock
from tests.standins.failpoints import BY_COMMAND

NEW = "console:new"
ADMIN = frozenset({Right.EVERYONE, Right.ROOM_ADMIN})
HOUR = timedelta(hours=1)
TUG = Project(id=ProjectId("tug"), name="Tug", repository="harbour/tug")
SECRET = Project(id=ProjectId("lantern"), name="Lantern", repository="harbour/lantern", public=False)


def repository(name: str) -> Repository:
    project = Repository(owner="harbour", name=name)
    project.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    project.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.1.x | yes |\n", START)
    return project


@dataclass(slots=True)
class Story:
    """Repositories, a clock and a chat that outlive the bot."""

    folder: Path
    ferry: Repository = field(default_factory=lambda: repository("ferry"))
    tug: Repository = field(default_factory=lambda: repository("tug"))
    lantern: Repository = field(default_factory=lambda: repository("lantern"))
    clock: ManualClock = field(default_factory=ManualClock)
    chat: FaultyChat = field(default_factory=FaultyChat)

    def start(self, *rooms: Room) -> AbstractAsyncContextManager[Harness]:
        beside = [(TUG, self.tug), (SECRET, self.lantern)]
        rooms = rooms or (room("console"),)
        return open_harness(self.ferry, self.clock, self.folder / "bot.db", rooms, chat=self.chat, beside=beside)

    def publish(self, tag: str, of: Repository | None = None) -> None:
        now = self.clock.now
        (of or self.ferry).releases.append(release(tag, 0, created_at=now, published_at=now))

    def warn(self, ghsa: str) -> None:
        self.ferry.advisories.append(advisory(ghsa, 0, created_at=self.clock.now, published_at=self.clock.now))

    def titles(self, at: str = NEW) -> list[str]:
        return self.chat.titles(at)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


async def ask(
    harness: Harness, command: str, at: str = NEW, *, rights: frozenset[Right] = ADMIN, **arguments: str
) -> Message:
    may_ping = frozenset(arguments.pop("may_ping", "").split())
    request = CommandRequest(
        command=command,
        arguments=arguments,
        asker=RoomAddress("console:user"),
        room=RoomAddress(at),
        rights=rights,
        server="console",
        may_ping=may_ping,
        asked_at=harness.clock.now,
    )
    return await harness.services.answers.answer(request)


async def news(story: Story, harness: Harness, tag: str, of: Repository | None = None) -> None:
    story.clock.advance(MINUTE)
    story.publish(tag, of)
    await harness.run_for()
    await harness.run_for()


def text(message: Message) -> str:
    return repr(message)


# ---- the way of a room -------------------------------------------------------------------------------------------------------


async def test_a_room_that_watches_by_command_gets_what_comes_and_nothing_older(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        story.publish("v1.1.1")
        story.clock.advance(MINUTE)
        answer = await ask(harness, "watch", project="ferry")
        assert answer.title == "This terminal watches Ferry from now on"
        await harness.run_for()
        await harness.run_for()
        assert story.titles() == []
        await news(story, harness, "v1.1.2")
        assert story.titles() == ["Ferry 1.1.2"]
        await ask(harness, "unwatch", project="ferry")
        await news(story, harness, "v1.1.3")
    assert story.titles() == ["Ferry 1.1.2"]
    assert story.titles("console") == ["Ferry 1.1.1", "Ferry 1.1.2", "Ferry 1.1.3"]


async def test_it_survives_a_restart_and_a_reload(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        await ask(harness, "watch", project="ferry", events="releases")
    story.publish("v1.1.1")
    async with story.start() as harness:
        await harness.services.listen()
        await harness.run_for()
        await harness.run_for()
        assert story.titles() == ["Ferry 1.1.1"]
        harness.services.change(replace(harness.services.operator_config, rooms=(room("console:third"),)))
        await harness.services.listen()
        await news(story, harness, "v1.1.2")
    assert story.titles() == ["Ferry 1.1.1", "Ferry 1.1.2"]
    assert story.titles("console") == ["Ferry 1.1.1"], "the file no longer names it"


async def test_a_room_of_the_file_gets_another_project_by_command(story: Story) -> None:
    async with story.start(room("console"), room(NEW)) as harness:
        await harness.run_for()
        answer = await ask(harness, "watch", project="tug", notes="none")
        assert answer.tone is Tone.GOOD
        await news(story, harness, "v2.0.0", story.tug)
        await news(story, harness, "v1.2.0")
    assert story.titles() == ["Tug 2.0.0", "Ferry 1.2.0"]


async def test_watching_again_changes_the_filters_and_restarts_nothing(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        await ask(harness, "watch", project="ferry", events="security")
        story.clock.advance(MINUTE)
        story.publish("v1.1.1")
        again = await ask(harness, "watch", project="ferry")
        assert "with these filters" in again.title
        await harness.run_for()
        await harness.run_for()
    assert story.titles() == ["Ferry 1.1.1"], "it was published after the room began to watch"


async def test_what_waits_is_not_posted_after_unwatch(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        await ask(harness, "watch", project="ferry")
        story.clock.advance(MINUTE)
        story.publish("v1.1.1")
        await harness.poll()
        story.clock.advance(MINUTE)
        await harness.poll()  # it is in the outbox
        await ask(harness, "unwatch", project="ferry")
        await harness.run_for()
    assert story.titles() == []
    assert story.titles("console") == ["Ferry 1.1.1"]


async def test_a_room_that_ended_its_watch_begins_silent_again(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        await ask(harness, "watch", project="ferry")
        await ask(harness, "unwatch", project="ferry")
        story.clock.advance(HOUR)
        story.publish("v1.1.1")
        story.clock.advance(HOUR)
        await ask(harness, "watch", project="ferry")
        await harness.run_for()
        await harness.run_for()
        await news(story, harness, "v1.1.2")
    assert story.titles() == ["Ferry 1.1.2"]


# ---- kills -------------------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("point", BY_COMMAND)
async def test_a_kill_at_the_write_leaves_all_of_it_or_nothing(story: Story, point: str) -> None:
    """Before the commit nothing is there, and whoever asked got no answer; after it the room gets what comes, also what was
    planned in the moment in which nobody knew of the room."""

    def die(name: str) -> None:
        if name == point:
            raise Killed

    is_stored = point == "watch committed"
    async with story.start() as harness:
        await harness.run_for()
        assert harness.services.answers.watching is not None
        harness.services.answers.watching.failpoint = die
        with pytest.raises(Killed):
            await ask(harness, "watch", project="ferry")
        await news(story, harness, "v1.1.1")  # planned by a process that does not know of the room
    async with story.start() as harness:
        await harness.services.listen()
        await harness.run_for()
        await news(story, harness, "v1.1.2")
        assert len(await _stored(harness.services.store)) == is_stored
    assert story.titles() == (["Ferry 1.1.1", "Ferry 1.1.2"] if is_stored else [])


async def _stored(store: Store) -> list[object]:
    async with store.reading() as tx:
        return list(await room_watches.every(tx))


async def test_a_room_that_comes_while_a_poll_is_written_down_is_planned_for_apart(story: Story) -> None:
    """What a reload or a command changes in the middle of a transaction fails no poll."""
    async with story.start() as harness:
        await harness.run_for()
        newcomers = harness.services.ingestor.planner.newcomers
        rooms = (room("console"), room(NEW))

        def change_it() -> object:
            newcomers.clock = story.clock
            harness.services.change(replace(harness.services.operator_config, rooms=rooms))
            return story.clock.now

        story.clock.advance(MINUTE)
        story.publish("v1.1.1")
        newcomers.clock = change_it  # type: ignore[assignment]  # the time, and what happens meanwhile
        await harness.services.pollers[0].look()
        assert not harness.services.pollers[0].failures
        await harness.services.listen()
        await news(story, harness, "v1.1.2")
    assert story.titles("console") == ["Ferry 1.1.1", "Ferry 1.1.2"]
    assert "Ferry 1.1.2" in story.titles()


# ---- what is refused ---------------------------------------------------------------------------------------------------------


async def test_what_the_file_sets_is_changed_only_there(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        for command in ("watch", "unwatch"):
            answer = await ask(harness, command, "console", project="ferry")
            assert answer.title == "The bot's operator set that this terminal watches Ferry"
            assert answer.tone is Tone.UNSURE
        assert await _stored(harness.services.store) == []


@pytest.mark.parametrize("name", ["lantern", "Lantern", "harbour/lantern", "nowhere", "harbour/nowhere"])
async def test_a_private_project_is_as_unknown_as_any_other(story: Story, name: str) -> None:
    async with story.start(room("console"), room("console:cellar", projects=[SECRET.id])) as harness:
        await harness.run_for()
        for command in ("watch", "unwatch"):
            answer = await ask(harness, command, project=name)
            expected = await ask(harness, command, project="x")
            assert text(answer).replace(name, "x") == text(expected)
        assert await _stored(harness.services.store) == []


async def test_a_project_that_becomes_private_is_announced_no_more(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        await ask(harness, "watch", project="tug")
        await news(story, harness, "v1.2.0", story.tug)
        config = harness.services.operator_config
        projects = tuple(replace(each, public=each.id == "ferry") for each in config.projects)
        harness.services.change(replace(config, projects=projects))
        await harness.services.listen()
        await news(story, harness, "v1.3.0", story.tug)
        assert "nothing yet" in (await ask(harness, "watching")).title
    assert story.titles() == ["Tug 1.2.0"]


@pytest.mark.parametrize(
    ("may_ping", "mention", "can"),
    [
        ("", "room", False),
        ("room", "room", True),
        ("role:8", "role:7", False),
        ("role:7", "role:7", True),
        ("*", "room", True),
    ],
)
async def test_only_what_the_asker_may_ping_is_mentioned(
    story: Story, may_ping: str, mention: str, *, can: bool
) -> None:
    async with story.start() as harness:
        await harness.run_for()
        answer = await ask(harness, "watch", project="ferry", mention=mention, may_ping=may_ping)
        assert (answer.tone is Tone.GOOD) is can
        story.clock.advance(MINUTE)
        story.warn("GHSA-2222-2222-2222")
        await harness.run_for()
        await harness.run_for()
    assert [at for at, _ in story.chat.pings if at == NEW] == ([NEW] if can else [])


async def test_an_option_that_cannot_be_read_changes_nothing(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        answer = await ask(harness, "watch", project="ferry", min_severity="dreadful")
        assert "dreadful" in answer.title
        assert await _stored(harness.services.store) == []


@pytest.mark.parametrize("command", ["watch", "unwatch", "watching"])
@pytest.mark.parametrize("right", [Right.EVERYONE, Right.MODERATOR, Right.MAINTAINER])
async def test_only_who_manages_the_room_may_use_it(story: Story, command: str, right: Right) -> None:
    async with story.start() as harness:
        await harness.run_for()
        answer = await ask(harness, command, rights=frozenset({Right.EVERYONE, right}), project="ferry")
        assert answer.title == "Only people who manage this terminal can use this"
        assert answer.private
        assert (await ask(harness, command, "", rights=ADMIN, project="ferry")).tone is Tone.UNSURE
        assert await _stored(harness.services.store) == []


# ---- what is answered --------------------------------------------------------------------------------------------------------


async def test_the_answer_shows_how_the_last_security_announcement_would_have_looked(story: Story) -> None:
    story.warn("GHSA-2222-2222-2222")
    async with story.start() as harness:
        await harness.run_for()
        answer = await ask(harness, "watch", project="ferry", mention="room", may_ping="*")
        assert answer.example is not None
        assert answer.example.label.startswith("Security advisory")
        assert answer.example.mentions == ()
        assert {each.label: plain(each.spans) for each in answer.fields}[
            "Pings"
        ] == "everyone in this terminal, from high on"
        deaf = await ask(harness, "watch", project="ferry", events="policy")
        assert deaf.example is None
        only_releases = await ask(harness, "watch", project="tug")
        assert only_releases.example is not None
        assert only_releases.example.title == "Tug 1.1.0"


async def test_watching_says_what_comes_from_where(story: Story) -> None:
    async with story.start(room("console"), room(NEW, WatchFilter(mention=Mention("role", "7")))) as harness:
        await harness.run_for()
        await ask(harness, "watch", project="tug", events="security")
        answer = text(await ask(harness, "watching"))
        assert "set by the bot's operator" in answer
        assert "set by command" in answer
        assert "security advisories and the releases that fix them" in answer
        assert "pings a role, from high on" in answer
        assert "usually within" in answer


async def test_the_only_project_is_implied(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        assert (await ask(harness, "watch")).title == "Which project?"
        await ask(harness, "watch", project="ferry")
        assert (await ask(harness, "watch")).title == "This terminal watches Tug from now on", "the only other one"
        assert (await ask(harness, "unwatch")).title == "Which project?"
        await ask(harness, "unwatch", project="harbour/tug")
        assert (await ask(harness, "unwatch")).title == "This terminal no longer watches Ferry"
        assert (await ask(harness, "unwatch", project="tug")).title == "This terminal isn't watching Tug"
        assert (await ask(harness, "unwatch")).title == "This terminal watches nothing yet"


async def test_only_what_can_be_watched_is_suggested(story: Story) -> None:
    async with story.start(room("console"), room("console:cellar", projects=[SECRET.id])) as harness:
        await harness.run_for()
        await ask(harness, "watch", project="tug")

        async def suggested(command: str, at: str) -> list[str]:
            request = CommandRequest(
                command=command,
                asker=RoomAddress("console:user"),
                room=RoomAddress(at),
                rights=ADMIN,
                asked_at=harness.clock.now,
            )
            return [each.value for each in await harness.services.answers.suggest(request, "project", "")]

        assert await suggested("watch", NEW) == ["ferry", "tug"]
        assert await suggested("unwatch", NEW) == ["tug"]
        assert await suggested("watch", "console:cellar") == ["ferry", "tug", "lantern"]
        assert await suggested("watch", "") == []
