"""What maintainers do with a release from its images to its end, the same walk on every chat: only how one speaks there differs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from chatbot.core.images.reference import parse_image
from chatbot.core.maintainers.word import Word
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.watches import WatchFilter
from chatbot.demo.github.data import Repository
from chatbot.store.maintainers import words
from tests.demo.make import release
from tests.runtime.harness import FERRY, MINUTE, Harness, open_harness, room
from tests.standins.clock import ManualClock
from tests.standins.registry.content import Content
from tests.standins.registry.server import Registry, serve

IMAGE, AMD, BOTH = "harbour/ferry", ["linux/amd64"], ["linux/amd64", "linux/arm64"]
HOUR = timedelta(hours=1)


class Place(Protocol):
    """A chat with a room of the project, its maintainers' room and two people, of whom one maintains it."""

    async def approve(self, title: str, *, stranger: bool = False) -> str:
        """Press what announces on the card with this title, or write it; what the bot answers."""

    async def say(self, command: str, **arguments: str) -> str:
        """A maintainer's command in their room; what the bot answers."""

    async def trespass(self, title: str) -> None:
        """Somebody who maintains nothing tries every way of the chat to reach what the card with this title offers."""

    async def ask(self, command: str, **arguments: str) -> str:
        """Somebody's question in the project's room; what the bot answers."""

    async def room(self) -> list[tuple[str, bool]]:
        """The titles of the bot's own posts in the project's room, each with whether it is crossed out, answers left out."""

    async def cards(self) -> list[str]:
        """All words of each of the bot's messages in the maintainers' room as they are now, answers left out."""


@dataclass(slots=True)
class Walk:
    """The pipeline, the registry, and one place after another that maintainers walk through."""

    harness: Harness
    content: Content
    ferry: Repository
    place: Place = field(init=False)

    async def pass_by(self, time: timedelta = MINUTE) -> None:
        await self.harness.run_for(time)

    async def words(self) -> list[Word]:
        """The audit log."""
        async with self.harness.services.store.reading() as tx:
            return await words.words(tx, FERRY.id)

    def publish(self, tag: str, **more: object) -> None:
        at = self.harness.clock.now
        self.ferry.releases.append(release(tag, 0, created_at=at, published_at=at, **more))

    async def all(self) -> None:
        """The whole walk."""
        await self.pass_by()
        await self.waits_for_its_last_platform_and_for_a_word()
        await self.is_told_what_it_lacks_until_it_lacks_nothing()
        await self.is_planned_and_moved()
        await self.is_taken_back_while_it_is_sent()
        await self.is_called_bad()

    async def waits_for_its_last_platform_and_for_a_word(self) -> None:
        self.publish("v1.2.0", assets=("a.zip",), uploading=("b.zip",))
        self.content.push("v1.2.0", AMD)
        await self.pass_by()
        assert await self.place.room() == []
        assert not any("Announce Ferry 1.2.0?" in card for card in await self.place.cards())
        self.content.push("v1.2.0", BOTH, attested=True)
        await self.pass_by(2 * MINUTE)
        assert await self.place.room() == []
        (card,) = [card for card in await self.place.cards() if "Announce Ferry 1.2.0?" in card]
        assert "amd64, arm64" in card
        refusal = await self.place.approve("Ferry 1.2.0", stranger=True)
        assert "Only maintainers of the project can use this" in refusal or "in a DM" in refusal
        await self.place.trespass("Ferry 1.2.0")
        services = self.harness.services
        config = services.config
        services.change(replace(config, projects=(replace(config.projects[0], maintainers=()),)))
        assert "Ferry 1.2.0 goes out now" not in await self.place.approve(
            "Ferry 1.2.0"
        )  # who maintained it when it was posted
        services.change(config)
        await self.harness.deliver()
        assert await self.place.room() == []
        assert await self.words() == []
        assert "Ferry 1.2.0 goes out now" in await self.place.approve("Ferry 1.2.0")
        await self.harness.deliver()
        assert await self.place.room() == [("Ferry 1.2.0", False)]
        assert any("Ferry 1.2.0 is announced" in card for card in await self.place.cards())

    async def is_told_what_it_lacks_until_it_lacks_nothing(self) -> None:
        await self.pass_by()
        (card,) = [card for card in await self.place.cards() if "announced in 1 room" in card]
        assert "Of 2 files not uploaded yet: b.zip" in card
        count = len(await self.place.cards())
        newest = self.ferry.releases[-1]
        self.ferry.releases[-1] = replace(newest, assets=("a.zip", "b.zip"), uploading=())
        await self.pass_by()
        (card,) = [card for card in await self.place.cards() if "announced in 1 room" in card]
        assert "2 files are attached" in card
        assert len(await self.place.cards()) == count

    async def is_planned_and_moved(self) -> None:
        for hours, answer in ((48, "Ferry 1.4.0 is planned"), (60, "The plan for Ferry 1.4.0 is changed")):
            at = (self.harness.clock.now + hours * HOUR).strftime("%Y-%m-%dT%H:%MZ")
            assert answer in await self.place.say("announce schedule", version="1.4.0", time=at, severity="high")
            await self.harness.deliver()
        assert (await self.place.room())[1:] == [
            ("Ferry 1.4.0 is planned", False),
            ("Ferry 1.4.0 is planned for another time", False),
        ]

    async def is_taken_back_while_it_is_sent(self) -> None:
        self.publish("v1.3.0")
        self.content.push("v1.3.0", BOTH)
        await self.pass_by(2 * MINUTE)
        retracting = list[asyncio.Task[str]]()

        def take_back(point: str) -> None:
            if point == "claimed" and not retracting:  # it is ours to send, and nothing was sent
                word = self.place.say("announce retract", id="v1.3.0", reason="It was tagged by mistake")
                retracting.append(asyncio.create_task(word))

        services = self.harness.services
        config = services.config
        services.config = replace(config, failpoint=take_back)
        assert "Ferry 1.3.0 goes out now" in await self.place.approve("Ferry 1.3.0")
        await self.harness.deliver()
        services.config = config
        await retracting[0]
        await self.pass_by()
        posts = [post for post in await self.place.room() if post[0].startswith("Ferry 1.3.0")]
        assert posts == [("Ferry 1.3.0", True)]
        assert "never announced again" in await self.place.say("announce now", id="v1.3.0")

    async def is_called_bad(self) -> None:
        before = len(await self.place.room())
        answer = await self.place.say("announce bad", id="v1.2.0", reason="It loses mail")
        assert "Everybody is told not to use Ferry 1.2.0" in answer, answer
        await self.harness.deliver()
        posts = await self.place.room()
        assert posts[0] == ("Ferry 1.2.0", True)
        assert len(posts) == before + 1
        assert "1.2.0" in posts[-1][0]
        for command, arguments in (("upgrade", {"version": "1.1.0"}), ("supported", {"version": "1.1.0"})):
            assert "1.2.0" not in await self.place.ask(command, **arguments)
        await self.pass_by(HOUR)
        assert len(await self.place.room()) == before + 1


@asynccontextmanager
async def open_walk(
    folder: Path, clock: ManualClock, here: RoomAddress, ops: RoomAddress, mira: RoomAddress
) -> AsyncIterator[Walk]:
    """A project with images that asks its maintainers first."""
    ferry = Repository(owner="harbour", name="ferry")
    ferry.releases = [release("v1.1.0", 2)]
    ferry.commit(
        "SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", clock.now - 30 * 24 * HOUR
    )
    registry = Registry()
    content = registry.repository(IMAGE)
    async with serve(registry):
        project = replace(
            FERRY,
            maintainers=(mira,),
            maintainers_room=ops,
            announce="approve",
            images=(parse_image(f"{registry.host}/{IMAGE}:{{tag}}", tuple(BOTH)),),
        )
        rooms = [room(here, WatchFilter())]
        async with open_harness(ferry, clock, folder / "bot.db", rooms, project=project) as harness:
            harness.tells_what_went_out = True
            yield Walk(harness, content, ferry)
