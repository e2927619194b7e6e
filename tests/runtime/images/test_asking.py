"""Releases that wait for their images, over the whole pipeline: a real registry client, a registry on real sockets."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.core.images.reference import parse_image
from chatbot.core.model.ids import RoomAddress
from chatbot.core.queries.commands import CommandRequest
from chatbot.demo.github.data import Repository
from chatbot.store import knowledge
from chatbot.store.database.db import StoreUnavailable
from tests.core.make import lines_of
from tests.demo.make import advisory, release
from tests.runtime.harness import FERRY, Harness, open_harness, room
from tests.standins.chat import FaultyChat, Post
from tests.standins.clock import ManualClock
from tests.standins.registry.content import Content
from tests.standins.registry.server import Registry, serve

HERE = "console:news"
IMAGE = "harbour/ferry"
BOTH = ["linux/amd64", "linux/arm64"]
HOUR = timedelta(hours=1)


@dataclass(slots=True, kw_only=True)
class Story:
    """A repository, its registry, a clock and a chat that outlive the bot."""

    folder: Path
    ferry: Repository
    registry: Registry
    clock: ManualClock
    chat: FaultyChat

    def start(self, *images: str) -> AbstractAsyncContextManager[Harness]:
        names = images or (f"{self.registry.host}/{IMAGE}:{{tag}}",)
        templates = tuple(parse_image(each, tuple(BOTH)) for each in names)
        project = replace(FERRY, images=templates)
        return open_harness(
            self.ferry, self.clock, self.folder / "bot.db", [room(HERE)], chat=self.chat, project=project
        )

    @property
    def content(self) -> Content:
        return self.registry.repository(IMAGE)

    def publish(self, tag: str) -> None:
        self.ferry.releases.append(release(tag, 0, created_at=self.clock.now, published_at=self.clock.now))

    def posts(self, word: str = "") -> list[Post]:
        return [post for post in self.chat.rooms.get(HERE, []) if word in post.message.title]

    def images(self, word: str = "") -> str:
        """What the one post with this word in its title says of the images, without the registry's address."""
        (post,) = self.posts(word)
        lines = [line for line in lines_of(post.message) if line.startswith("Docker images: ")]
        return "".join(lines).removeprefix("Docker images: ").replace(self.registry.host, "registry")


@pytest.fixture
async def story(tmp_path: Path, ferry: Repository, clock: ManualClock) -> AsyncIterator[Story]:
    registry = Registry()
    registry.repository(IMAGE)
    async with serve(registry):
        yield Story(folder=tmp_path, ferry=ferry, registry=registry, clock=clock, chat=FaultyChat())


async def test_a_release_waits_for_its_last_platform_through_a_restart(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        assert story.registry.requests == [], "what was there before is nothing to ask for"
        story.publish("v1.1.0")
        await harness.run_for()
        assert story.posts() == []
        story.content.push("v1.1.0", BOTH[:1], attested=True)
        await harness.run_for()
        assert story.posts() == []
    async with story.start() as harness:
        await harness.run_for()
        assert story.posts() == []
        story.content.push("v1.1.0", BOTH, attested=True)
        await harness.run_for()
        assert story.images("1.1.0") == "registry ✓ amd64, arm64"
        pulls = story.registry.asked("GET", "manifests")
        assert pulls == 2, "one for each index"
        count = len(story.registry.requests)
        await harness.run_for(HOUR)
        assert len(story.registry.requests) == count, "nobody waits any more"
        assert [post.edits for post in story.posts()] == [0]


async def test_after_the_wait_a_release_says_what_is_missing_and_is_edited_once_it_comes(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        story.publish("v1.1.0")
        await harness.run_for()
        await harness.run_for(HOUR)
        assert story.images("1.1.0") == "registry not yet"
        story.content.push("v1.1.0", BOTH)
        await harness.run_for(HOUR)
        assert story.images("1.1.0") == "registry ✓ amd64, arm64"
        (post,) = story.posts()
        assert post.edits == 1


async def test_security_news_go_out_at_once_and_are_edited_as_images_come(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        story.publish("v1.2.0")
        now = story.clock.now
        story.ferry.advisories.append(advisory("GHSA-2222-2222-2222", 0, created_at=now, published_at=now))
        story.content.push("v1.2.0", BOTH[:1])
        await harness.run_for()
        assert len(story.posts()) == 2
        pings = list(story.chat.pings)
        assert story.images("A mailbox") == story.images("1.2.0") == "registry ✓ amd64 (arm64 not yet)"
        story.content.push("v1.2.0", BOTH)
        await harness.run_for()
        assert story.images("A mailbox") == story.images("1.2.0") == "registry ✓ amd64, arm64"
        assert story.chat.pings == pings
        assert len(story.posts()) == 2


async def test_the_wait_ends_though_github_does_not_answer(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        story.publish("v1.1.0")
        await harness.run_for()
        story.clock.advance(2 * HOUR)
        await harness.services.images.step()
        await harness.deliver()
        assert story.images("1.1.0") == "registry not yet"


async def test_a_registry_that_does_not_answer_is_named_in_status(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        story.registry.closed_for = 600
        story.publish("v1.1.0")
        await harness.run_for()
        count = len(story.registry.requests)
        await harness.run_for()
        assert len(story.registry.requests) == count, "it wants silence"
        ask = CommandRequest(
            command="status",
            asker=RoomAddress("console:user"),
            room=RoomAddress(HERE),
            asked_at=story.clock.now,
        )
        answer = await harness.services.answers.answer(ask)
        host = story.registry.host
        assert (
            f"• Ferry: {host}/{IMAGE}:v1.1.0: the registry could not be asked yet. {host}/v2/{IMAGE}/manifests/v1.1.0"
            " asks us to slow down (429)." in lines_of(answer)
        )


async def test_a_tag_that_moves_waits_until_it_has_moved(story: Story) -> None:
    story.content.push("latest", BOTH, docker=True)
    async with story.start(f"{story.registry.host}/{IMAGE}:latest") as harness:
        await harness.run_for()
        story.publish("v1.1.0")
        await harness.run_for()
        assert story.posts() == []
        story.content.push("latest", BOTH)
        await harness.run_for()
        assert story.images("1.1.0") == "registry ✓ amd64, arm64"


async def test_any_release_can_be_asked_for_and_only_news_are_remembered(story: Story) -> None:
    story.content.push("v1.0.0", BOTH)
    async with story.start() as harness:
        await harness.run_for()
        project = harness.services.config.projects[0]
        (image,) = await harness.services.images.ask(project, "v1.0.0")
        assert image.is_complete
        assert await harness.services.images.ask(project, "v9") == ()
        async with harness.services.store.reading() as tx:
            assert (await knowledge.load(tx, project.id)).images == {}


async def test_what_was_learnt_is_written_and_planned_together_or_not_at_all(story: Story) -> None:
    async with story.start() as harness:
        await harness.run_for()
        story.publish("v1.1.0")
        await harness.run_for()
        story.content.push("v1.1.0", BOTH)
        planner, fails = harness.services.ingestor.planner, [True]

        def fail(name: str) -> None:
            if name == "images written" and fails:
                fails.clear()
                raise StoreUnavailable("the disk is full")

        planner.failpoint = fail
        await harness.run_for()
        assert story.images("1.1.0") == "registry ✓ amd64, arm64"
        assert not fails
