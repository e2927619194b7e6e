"""Public repositories that nobody configured: watched by command where the operator allows it, and only while they are public."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import CommandRequest, Right
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.core.watching.room_watch import repository_named, repository_project
from chatbot.demo.github.data import Repository
from chatbot.store.database.columns import metadata
from chatbot.store.subscriptions import fan_outs, mutes, snoozes, subscriptions
from tests.demo.make import advisory, release
from tests.runtime.harness import MINUTE, Harness, open_harness, room
from tests.standins.chat import FaultyChat
from tests.standins.clock import START, ManualClock

NEW, OTHER = "console:new", "console:other"
ADMIN = frozenset({Right.EVERYONE, Right.ROOM_ADMIN})
INSIDER = "insider"
CRANE = repository_project("wharf/crane").id


@dataclass(slots=True)
class Wharf:
    """Repositories beside the configured one, a clock and a chat that outlive the bot."""

    folder: Path
    token: str = ""
    is_allowed: bool = True
    clock: ManualClock = field(default_factory=ManualClock)
    chat: FaultyChat = field(default_factory=FaultyChat)
    ferry: Repository = field(default_factory=lambda: repository("harbour", "ferry"))
    crane: Repository = field(default_factory=lambda: repository("wharf", "crane"))
    others: Sequence[Repository] = field(
        default_factory=lambda: [repository("wharf", name) for name in ("rope", "hook", "mast")]
    )

    @asynccontextmanager
    async def start(self) -> AsyncIterator[Harness]:
        insiders = {INSIDER: frozenset({"wharf/crane", "wharf/vault"})}
        async with open_harness(
            self.ferry,
            self.clock,
            self.folder / "bot.db",
            [room("console")],
            chat=self.chat,
            any_repository=self.is_allowed,
            token=self.token,
            tokens=insiders,
        ) as harness:
            vault = repository("wharf", "vault")
            vault.private = True
            harness.world.repositories += [self.crane, *self.others, vault]
            assert harness.services.answers.watching is not None
            harness.services.answers.watching.first_look = lambda _project: harness.poll()
            await harness.services.listen()
            await harness.run_for()
            yield harness

    def publish(self, tag: str) -> None:
        self.crane.releases.append(release(tag, 0, created_at=self.clock.now, published_at=self.clock.now))


def repository(owner: str, name: str) -> Repository:
    project = Repository(owner=owner, name=name)
    project.releases = [release("v1.0.0", 1), release("v1.1.0", 2)]
    project.advisories = [advisory("GHSA-2222-2222-2222", 2)]
    project.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.1.x | yes |\n", START)
    return project


@pytest.fixture(params=["", INSIDER])
def wharf(tmp_path: Path, request: pytest.FixtureRequest) -> Wharf:
    """Without a token, and with one that may see what is private."""
    return Wharf(tmp_path, token=request.param)


async def ask(harness: Harness, command: str, project: str = "", at: str = NEW, server: str = "console") -> Message:
    request = CommandRequest(
        command=command,
        arguments={"project": project} if project else {},
        asker=RoomAddress("console:user"),
        room=RoomAddress(at),
        rights=ADMIN,
        server=server,
        asked_at=harness.clock.now,
    )
    return await harness.services.answers.answer(request)


async def rows_about_it(harness: Harness) -> dict[str, int]:
    """How many rows there are about the repository, by table."""
    counts = {}
    async with harness.services.store.reading() as tx:
        for table in metadata.sorted_tables:
            column = table.c.id if table.name == "projects" else table.c.get("project")
            if column is not None and (rows := await tx.rows(sa.select(column).where(column == CRANE))):
                counts[table.name] = len(rows)
    return counts


async def somebody_subscribes(harness: Harness) -> None:
    """To the repository, by hand: with all that may be stored of it."""
    person, project, now = RoomAddress("console:user"), ProjectId(CRANE), harness.clock.now
    async with harness.services.store.writing() as tx:
        wish = Subscription(person=person, project=project, scope=Scope("line", "1.1"), since=now, confirmed_at=now)
        await subscriptions.add(tx, replace(wish, home=RoomAddress(NEW)))
        await mutes.add(tx, person, project, "GHSA-2222-2222-2222", now)
        await snoozes.put(tx, person, project, "GHSA-2222-2222-2222", now + timedelta(days=1))
        await fan_outs.request_for_all(tx, project, "advisory", "GHSA-2222-2222-2222", "facts", Lane.ALERT, now)


async def test_it_is_read_announced_and_forgotten(wharf: Wharf) -> None:
    async with wharf.start() as harness:
        answer = await ask(harness, "watch", "wharf/crane")
        assert answer.title == "This terminal watches wharf/crane from now on"
        assert answer.example is not None, "it was read at once"
        assert answer.example.label.startswith("Security advisory")
        await harness.run_for()
        assert wharf.chat.titles(NEW) == []
        wharf.publish("v1.2.0")
        await harness.run_for()
        await harness.run_for()
        assert wharf.chat.titles(NEW) == ["crane 1.2.0"]
        assert "wharf/crane" in repr(await ask(harness, "watching"))
        await somebody_subscribes(harness)
        assert {"subscriptions", "mutes", "snoozes", "fan_outs"} <= set(await rows_about_it(harness))
        assert (await ask(harness, "unwatch")).title == "This terminal no longer watches wharf/crane"
        wharf.publish("v1.3.0")
        await harness.run_for()
        assert wharf.chat.titles(NEW) == ["crane 1.2.0"]
        assert await rows_about_it(harness) == {}
        await ask(harness, "watch", "https://github.com/Wharf/Crane")
        await harness.run_for()
        wharf.publish("v1.4.0")
        await harness.run_for()
        await harness.run_for()
    assert wharf.chat.titles(NEW) == ["crane 1.2.0", "crane 1.4.0"]


async def test_it_survives_a_restart_and_stays_until_the_last_room_leaves(wharf: Wharf) -> None:
    async with wharf.start() as harness:
        await ask(harness, "watch", "wharf/crane")
        await ask(harness, "watch", "wharf/crane", OTHER)
    async with wharf.start() as harness:
        await ask(harness, "unwatch", "wharf/crane")
        assert await rows_about_it(harness)
        wharf.publish("v1.2.0")
        await harness.run_for()
        await harness.run_for()
        assert (wharf.chat.titles(NEW), wharf.chat.titles(OTHER)) == ([], ["crane 1.2.0"])
        await ask(harness, "unwatch", "wharf/crane", OTHER)
        assert await rows_about_it(harness) == {}


@pytest.mark.parametrize("name", ["wharf/vault", "wharf/nothing", "harbour/nothing"])
async def test_what_is_private_looks_like_what_is_not_there(wharf: Wharf, name: str) -> None:
    async with wharf.start() as harness:
        answer = repr(await ask(harness, "watch", name))
        assert answer.replace(name, "x/y") == repr(await ask(harness, "watch", "x/y"))
        assert "There is no project “x/y” here." in answer.replace(name, "x/y")


@pytest.mark.parametrize("how", ["private", "removed"])
async def test_the_watch_ends_when_it_is_public_no_more(wharf: Wharf, how: str) -> None:
    async with wharf.start() as harness:
        await ask(harness, "watch", "wharf/crane")
        await ask(harness, "watch", "wharf/crane", OTHER)
        if how == "private":
            wharf.crane.private = True
        else:
            harness.world.repositories.remove(wharf.crane)
        wharf.publish("v9.9.9")
        for _ in range(8):
            await harness.run_for(timedelta(minutes=5))
        assert "9.9.9" not in repr(wharf.chat.rooms), "nothing that only insiders can see is read"
        await harness.services.follow_watches()
        await harness.run_for()
        sentence = "I no longer watch wharf/crane: nobody can see it any more"
        assert (wharf.chat.titles(NEW), wharf.chat.titles(OTHER)) == ([sentence], [sentence])
        assert await rows_about_it(harness) == {}
        assert "nothing yet" in (await ask(harness, "watching")).title


async def test_a_short_outage_ends_nothing(wharf: Wharf) -> None:
    async with wharf.start() as harness:
        await ask(harness, "watch", "wharf/crane")
        wharf.crane.private = True
        await harness.run_for(timedelta(minutes=5))
        wharf.crane.private = False
        for _ in range(8):
            await harness.run_for(timedelta(minutes=5))
        wharf.publish("v1.2.0")
        await harness.run_for()
        await harness.run_for()
    assert wharf.chat.titles(NEW) == ["crane 1.2.0"]


async def test_nobody_else_can_ask_about_it(wharf: Wharf) -> None:
    async with wharf.start() as harness:
        await ask(harness, "watch", "wharf/crane")
        here = await ask(harness, "latest", "wharf/crane")
        assert "1.1.0" in repr(here)
        for name in ("wharf/crane", "crane", CRANE):
            elsewhere = repr(await ask(harness, "latest", name, "console"))
            assert elsewhere == repr(await ask(harness, "latest", "nothing", "console")).replace("nothing", name)


async def test_one_server_watches_only_so_many(wharf: Wharf) -> None:
    async with wharf.start() as harness:
        for name in ("rope", "hook"):
            assert (await ask(harness, "watch", f"wharf/{name}")).tone is Tone.GOOD
        refused = await ask(harness, "watch", "wharf/mast", OTHER)
        assert refused.title == "This terminal already watches 2 repositories of its own choice"
        assert (await ask(harness, "watch", "wharf/rope", OTHER)).tone is Tone.GOOD, "it is one of them"
        assert (await ask(harness, "watch", "ferry", OTHER)).tone is Tone.GOOD, "it is the operator's"
        assert (await ask(harness, "watch", "wharf/mast", "console:far", server="elsewhere")).tone is Tone.GOOD


async def test_the_operators_project_is_meant_by_its_repository(wharf: Wharf) -> None:
    async with wharf.start() as harness:
        answer = await ask(harness, "watch", "Harbour/Ferry")
        assert answer.title == "This terminal watches Ferry from now on"


async def test_it_is_off_unless_the_operator_allows_it(tmp_path: Path) -> None:
    wharf = Wharf(tmp_path)
    async with wharf.start() as harness:
        await ask(harness, "watch", "wharf/crane")
    wharf.is_allowed = False
    async with wharf.start() as harness:
        assert "There is no project “wharf/hook” here." in repr(await ask(harness, "watch", "wharf/hook"))
        wharf.publish("v1.2.0")
        await harness.run_for(MINUTE)
        await harness.run_for(MINUTE)
    assert wharf.chat.titles(NEW) == []


async def test_guesses_at_too_many_names_are_not_polled(tmp_path: Path) -> None:
    wharf = Wharf(tmp_path)
    async with wharf.start() as harness:
        for number in range(30):
            answer = await ask(harness, "watch", f"wharf/nothing{number}")
        requests = [each for each in harness.world.requests if "nothing" in each.path]
        assert answer.title == "I have looked up several repositories just now"
        assert repr(await ask(harness, "watch", "wharf/crane")) == repr(answer), "whether it is there or not"
        assert (await ask(harness, "watch", "ferry")).tone is Tone.GOOD, "that takes no look"
    assert len(requests) <= 6


@pytest.mark.parametrize(
    ("text", "repository"),
    [
        ("a/b", "a/b"),
        ("https://github.com/Wharf/crane/", "Wharf/crane"),
        ("wharf/.github", "wharf/.github"),
        ("wharf/..", ""),
        ("wharf", ""),
        ("a/b/c", ""),
        ("https://evil.example/a/b", ""),
        ("a b/c", ""),
        ("", ""),
    ],
)
def test_a_repository_is_written_as_owner_and_name(text: str, repository: str) -> None:
    assert repository_named(text) == repository
