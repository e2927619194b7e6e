"""What is missing from a whole listing is looked at by its own address, twice, before it counts as removed."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chatbot.core.model.facts import Advisory, Observed, Release
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.knowledge import Knowledge, Tracked
from chatbot.core.model.watches import Project
from chatbot.ports import Batch, Clock, Listing, SourceRefused, SourceUnavailable
from chatbot.runtime.ingest.ingestor import Ingestor
from chatbot.sources.github.release_json import is_tag
from chatbot.store import knowledge
from chatbot.store.database.db import Store

MOST_SIGNALLED = (
    10  # tags at once that are asked for by their own address; more than that the next whole listing brings
)
APART = timedelta(minutes=10)  # a source that flaps is back by then


@dataclass(slots=True)
class Confirmation:
    """Confirms removals from one source's listings. What a first look did not find is kept here: a restart only makes it
    begin again."""

    project: Project
    source: Listing
    store: Store
    ingestor: Ingestor
    clock: Clock
    once: dict[str, datetime] = field(default_factory=dict)
    has_loaded: bool = False

    async def confirm(self) -> None:
        """Look at what the listings lack, as far as it is due. Raises what the source raises."""
        if self.has_loaded and self.project.id not in self.ingestor.planner.at_hand.missing:
            return
        async with self.store.reading() as tx:
            facts = await knowledge.load(tx, self.project.id)
        self.has_loaded = True
        self.ingestor.planner.at_hand.note(facts)
        missing = self._missing(facts)
        self.once = {subject: at for subject, at in self.once.items() if subject in missing}
        for subject, name in missing.items():
            first = self.once.get(subject)
            if first is None or self.clock() >= first + APART:
                await self._look(subject, name)

    async def completed(self, batch: Batch, signalled: Collection[str]) -> Batch:
        """The batch with the tags that a signal named and this listing does not show: a draft that was published late
        stands behind older releases. Those that cannot be read now stay signalled."""
        names = {subject.removeprefix(f"{self.project.id}/") for subject in batch.present or ()}
        names |= {fact.tag for fact in batch.observed if isinstance(fact, Release)}
        observed: list[Observed] = []
        present, later, wrong = list[str](), list[str](), list[str]()
        for tag in sorted(await self._unknown(set(signalled) - names))[:MOST_SIGNALLED]:
            try:
                fact = await self.source.look(tag)
            except SourceUnavailable:
                later.append(tag)
            except SourceRefused as unreadable:
                wrong.append(str(unreadable))
            else:
                observed += [fact] if fact is not None else []
                present += [tag] if fact is not None else []
        return replace(
            batch,
            observed=(*batch.observed, *observed),
            present=None if batch.present is None else batch.present | {f"{self.project.id}/{tag}" for tag in present},
            unchanged=batch.unchanged and not observed,
            unreadable=(*batch.unreadable, *wrong),
            signal=tuple(later),
        )

    async def _unknown(self, tags: Collection[str]) -> Collection[str]:
        """Of these tags those that are no known release."""
        if not tags:
            return ()
        async with self.store.reading() as tx:
            facts = await knowledge.load(tx, self.project.id)
        return {tag for tag in tags if is_tag(tag) and tag not in facts.releases}

    async def _look(self, subject: str, name: str) -> None:
        observation = await self.source.look(name)
        now = self.clock()
        if observation is not None:
            self.once.pop(subject, None)
            back = Batch(observed=(observation,), cursor={}, read_at=now)
            await self.ingestor.ingest(self.project, self.source, back, keep_cursor=True)
        elif subject in self.once:
            del self.once[subject]
            await self.ingestor.removed(self.project, subject)
        else:
            self.once[subject] = now

    def _missing(self, facts: Knowledge) -> dict[str, str]:
        """Subjects that this source reported, that its listings lack and that are not confirmed as removed yet."""
        origin = self.source.profile.origin
        if self.source.profile.kind == "release":
            tags = (tag for tag, item in facts.releases.items() if _gone_missing(item, origin))
            return {str(SubjectId("release", facts.project, tag)): tag for tag in tags}
        names = (name for name, item in facts.advisories.items() if _gone_missing(item, origin))
        return {str(SubjectId("advisory", facts.project, name)): name for name in names}


def _gone_missing(item: Tracked[Release] | Tracked[Advisory], origin: str) -> bool:
    return item.missing_since is not None and not item.removal_confirmed and origin in item.origins
