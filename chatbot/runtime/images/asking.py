"""The loop that asks registries for the images of releases that are news, and plans again what waits for them."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import structlog

from chatbot.core.images.progress import SHORTEST, after_answer, after_failure, next_question, with_earlier
from chatbot.core.images.readiness import (
    ImageOfRelease,
    appeared_at,
    images_of,
    is_awaited,
    names_of,
    tags_to_ask,
    waits_until,
)
from chatbot.core.images.reference import moves
from chatbot.core.images.words import image_facts
from chatbot.core.model.ids import ProjectId, SubjectId
from chatbot.core.model.images import ImageName, ImageState, ImageTemplate
from chatbot.core.model.watches import Project
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.ports import Clock, SourceRefused, SourceUnavailable
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.planner import Planner
from chatbot.sources.registry.client import Registries
from chatbot.store import knowledge
from chatbot.store.database.db import Tx
from chatbot.store.database.failure import StoreUnavailable
from chatbot.store.knowledge import images

log = structlog.get_logger(__name__)

EVERY = 5.0  # seconds
LONGEST_TROUBLE = 300  # characters of why a registry did not answer
_NEVER = datetime.min.replace(tzinfo=UTC)

States = Mapping[ImageName, ImageState]
_Release = tuple[ProjectId, str]  # a project and a tag


@dataclass(slots=True)
class Images:
    """Asks for what is waited for. Only what has changed is written; when an image was last asked for is remembered here.

    loaded: by project, what was known of it when it was last looked at
    memory: by release that is asked for, the newest states of its images
    silent_until: by registry, until when it wants no questions
    overdue: the releases that were planned again when their wait had ended
    """

    planner: Planner
    registries: Registries
    projects: Callable[[], Sequence[Project]]
    clock: Clock
    loaded: dict[ProjectId, ProjectSnapshot] = field(default_factory=dict)
    memory: dict[_Release, States] = field(default_factory=dict)
    silent_until: dict[str, datetime] = field(default_factory=dict)
    overdue: set[_Release] = field(default_factory=set)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.step()
            await asyncio.sleep(EVERY)

    async def step(self) -> None:
        """Ask what is due, of all projects; what fails is tried again at a later step."""
        for project in [each for each in self.projects() if each.images]:
            try:
                await self._of_project(project)
            except StoreUnavailable as full:
                log.warning("images wait for the database", project=project.id, reason=str(full))
            except Exception:  # one project must not keep the others from being asked for
                log.exception("the images of a project could not be asked for", project=project.id)

    async def ask(self, project: Project, tag: str) -> tuple[ImageOfRelease, ...]:
        """Ask for all images of a release now, but for those that were just asked for, and say what is known then. What is
        learnt of a release that is no news is not written down: no announcement shows it. Raises StoreUnavailable."""
        current, now = await self._snapshot(project), self.clock()
        if tag not in current.releases:
            return ()
        states = self._states(current, tag)
        due = [name for name, state in states.items() if state.asked_at is None or now - state.asked_at >= SHORTEST]
        fresh = await self._learn(current, tag, due, states)
        if is_awaited(current, tag):
            await self._keep(current, tag, fresh)
        of_tags = {**current.knowledge.images, tag: tuple(fresh.values())}
        return images_of(replace(current, knowledge=replace(current.knowledge, images=of_tags)), tag)

    async def _of_project(self, project: Project) -> None:
        current, now = await self._snapshot(project), self.clock()
        if current.knowledge.baseline_at is None:
            return
        tags = tags_to_ask(current, now)
        self.memory = {key: each for key, each in self.memory.items() if key[0] != project.id or key[1] in tags}
        for tag in tags:
            states, since = self._states(current, tag), appeared_at(current, tag)
            due = [
                name
                for name, state in states.items()
                if next_question(state, since, now) <= now and self.silent_until.get(name.registry, now) <= now
            ]
            if due:
                await self._keep(current, tag, await self._learn(current, tag, due, states))
            until = waits_until(current, tag)
            if until is not None and until <= now and (project.id, tag) not in self.overdue:
                self.overdue.add((project.id, tag))  # planned here too: its forge may not answer now
                await self.planner.replan(project, {_subject(current, tag)}, now)

    async def _snapshot(self, project: Project) -> ProjectSnapshot:
        """What is known of a project now."""
        async with self.planner.store.reading() as tx:
            version = await knowledge.version(tx, project.id)
            current = self.loaded.get(project.id)
            if current is None or current.project != project or current.knowledge.version != version:
                current = self.loaded[project.id] = await snapshot.load(tx, project, self.planner.reader)
        return current

    def _states(self, current: ProjectSnapshot, tag: str) -> dict[ImageName, ImageState]:
        """The newest states of a release's images, in the order of the settings, with the platforms that they must have now."""
        stored = {state.name: state for state in current.knowledge.images.get(tag, ())}
        memory = self.memory.get((current.project.id, tag), {})
        return {
            name: replace(_newest(name, stored, memory), must_have=template.platforms)
            for name, template in _templates(current, tag).items()
        }

    async def _learn(
        self, current: ProjectSnapshot, tag: str, due: Collection[ImageName], states: States
    ) -> dict[ImageName, ImageState]:
        """Ask for the images that are due, each registry's one after the other; return the states of all."""
        registries = dict.fromkeys(name.registry for name in due)
        answers = await asyncio.gather(
            *(self._of_registry([name for name in due if name.registry == each], states) for each in registries)
        )
        fresh, templates = dict(states), _templates(current, tag)
        for state in (each for part in answers for each in part):
            is_first = states[state.name].presence == "unknown" and state.presence == "there"
            moving = is_first and moves(templates[state.name])
            fresh[state.name] = with_earlier(state, _earlier(current, tag, state.name)) if moving else state
        return fresh

    async def _of_registry(self, names: Iterable[ImageName], states: States) -> list[ImageState]:
        answers = list[ImageState]()
        for name in names:
            state, digest = states[name], "" if states[name].trouble else states[name].digest
            try:
                answer = await self.registries.look(name, digest=digest, with_platforms=bool(state.must_have))
            except (SourceUnavailable, SourceRefused) as failure:
                reason = str(failure)[:LONGEST_TROUBLE]
                if isinstance(failure, SourceUnavailable) and failure.retry_after is not None:
                    self.silent_until[name.registry] = self.clock() + failure.retry_after
                if not state.failures:
                    log.warning("a registry did not answer", image=str(name), reason=reason)
                answers.append(after_failure(state, reason, self.clock()))
            else:
                answers.append(after_answer(state, answer, self.clock()))
        return answers

    async def _keep(self, current: ProjectSnapshot, tag: str, fresh: States) -> None:
        """Write down what has changed, and plan what shows it or waits for it, in one transaction."""
        project, states, before = current.project, tuple(fresh.values()), current.knowledge.images.get(tag, ())
        self.memory[project.id, tag] = fresh
        if [_without_times(state) for state in states] == [_without_times(state) for state in before]:
            return

        async def write(tx: Tx) -> None:
            await images.replace(tx, project.id, tag, states)
            self.planner.failpoint("images written")

        is_shown = image_facts(states) != image_facts(before)
        await self.planner.replan(project, {_subject(current, tag)} if is_shown else (), self.clock(), write)
        self.planner.failpoint("images committed")
        log.info(
            "images of a release",
            project=project.id,
            tag=tag,
            images={str(each.name): each.presence for each in states},
        )


def _templates(current: ProjectSnapshot, tag: str) -> dict[ImageName, ImageTemplate]:
    pairs = names_of(current.project, current.releases[tag])
    return {name: template for template, name in pairs if name is not None}


def _newest(name: ImageName, stored: States, memory: States) -> ImageState:
    """Another replica may have asked since we did."""
    states = [each[name] for each in (memory, stored) if name in each]
    return max(states, key=lambda state: state.asked_at or _NEVER, default=ImageState(name=name))


def _earlier(current: ProjectSnapshot, tag: str, name: ImageName) -> ImageState | None:
    """What is remembered of the same image from the releases before: of the newest of them."""
    states = [
        state
        for other, each in current.knowledge.images.items()
        if other != tag
        for state in each
        if state.name == name
    ]
    return max(states, key=lambda state: state.asked_at or _NEVER, default=None)


def _subject(current: ProjectSnapshot, tag: str) -> str:
    return str(SubjectId("release", current.project.id, tag))


def _without_times(state: ImageState) -> ImageState:
    """What is worth a write: not that it was asked for again."""
    return replace(state, asked_at=None, failures=0)
