"""`/ready`: what a release has and lacks, with its registries asked now."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from chatbot.core.announce.subject import Subject
from chatbot.core.delivery import State
from chatbot.core.images.readiness import ImageOfRelease, images_of
from chatbot.core.maintainers import answers
from chatbot.core.maintainers.readiness.message import ready_message
from chatbot.core.maintainers.readiness.steps import Place, PlaceState, readiness
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message
from chatbot.core.model.watches import Project
from chatbot.core.queries.query_context import QueryContext
from chatbot.store.database.db import Store
from chatbot.store.maintainers import first_posts
from chatbot.store.maintainers.first_posts import FirstPost

log = structlog.get_logger(__name__)

PATIENCE = 10.0  # seconds for registries; then what was known before is shown
_FAILED = (State.PARKED, State.REFUSED, State.EXPIRED, State.DROPPED)


@dataclass(slots=True)
class Ready:
    """Answers `/ready`. `ask_images` asks the registries of a project for the images of a tag; `room_name` is what people call a
    room."""

    store: Store
    ask_images: Callable[[Project, str], Awaitable[tuple[ImageOfRelease, ...]]]
    room_name: Callable[[RoomAddress], str]

    async def answer(self, subject: Subject, context: QueryContext) -> Message:
        """What the release has, what it lacks, and what nobody can tell. Raises StoreUnavailable."""
        if subject.advisory is not None:
            return answers.not_of_release(subject)
        project = subject.snapshot.project
        images = await self._images(subject)
        async with self.store.reading() as tx:
            posts = await first_posts.of_subjects(tx, project.id, subject.names)
            waiting = await first_posts.waiting(tx, subject.names)
        places = places_of(posts, [(room, reason) for _, room, reason in waiting], self.room_name)
        steps = readiness(subject.snapshot, subject.name, context.policy, images, places, context.now.date())
        return ready_message(subject.message.title, project.name, steps)

    async def _images(self, subject: Subject) -> tuple[ImageOfRelease, ...]:
        project = subject.snapshot.project
        if not project.images:
            return ()
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.ask_images(project, subject.name) or images_of(subject.snapshot, subject.name)
        except TimeoutError:
            log.warning("the registries did not answer in time", project=project.id)
            return images_of(subject.snapshot, subject.name)


def places_of(
    posts: Sequence[FirstPost],
    waiting: Iterable[tuple[RoomAddress, str]],
    room_name: Callable[[RoomAddress], str],
    link: Callable[[RoomAddress, str], str] = lambda _room, _reference: "",
) -> list[Place]:
    """What became of an announcement in each room, in the order of the posts. `link` leads to a message by its reference."""
    places = [
        Place(
            name=room_name(post.room),
            room=post.room,
            state=_state(post),
            reason=post.reason,
            link=link(post.room, post.reference) if post.reference else "",
        )
        for post in posts
    ]
    posted = {post.room for post in posts}
    waits = [(room, reason) for room, reason in waiting if room not in posted]
    return [*places, *(Place(name=room_name(room), state="waits", room=room, reason=reason) for room, reason in waits)]


def _state(post: FirstPost) -> PlaceState:
    if post.state is State.SENT:
        return "there"
    return "failed" if post.state in _FAILED else "on the way"
