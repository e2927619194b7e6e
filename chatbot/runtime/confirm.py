"""What is missing from a whole listing is looked at by its own address, twice, before it counts as removed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from chatbot.core.events import Advisory, Observed, Release
from chatbot.core.knowledge import Knowledge, Known
from chatbot.core.rules import Project
from chatbot.ports import Batch, Clock, Source
from chatbot.runtime.intake import Intake
from chatbot.store import knowledge
from chatbot.store.db import Store

APART = timedelta(minutes=10)  # a source that flaps is back by then


class Looking(Source, Protocol):
    """A source that can look at one thing by its own address."""

    async def look(self, name: str, /) -> Observed | None:
        """The fact as it stands there, or None where it is not published any more."""


@dataclass(slots=True)
class Confirmation:
    """Confirms removals from one source's listings. What a first look did not find is kept here: a restart only makes it
    begin again."""

    project: Project
    source: Looking
    store: Store
    intake: Intake
    clock: Clock
    once: dict[str, datetime] = field(default_factory=dict)
    begun: bool = False

    async def confirm(self) -> None:
        """Look at what the listings lack, as far as it is due. Raises what the source raises."""
        if self.begun and self.project.id not in self.intake.missing:
            return
        async with self.store.reading() as tx:
            known = await knowledge.load(tx, self.project.id)
        self.begun = True
        self.intake.note(known)
        missing = self._missing(known)
        self.once = {subject: at for subject, at in self.once.items() if subject in missing}
        for subject, name in missing.items():
            first = self.once.get(subject)
            if first is None or self.clock() >= first + APART:
                await self._look(subject, name)

    async def _look(self, subject: str, name: str) -> None:
        found = await self.source.look(name)
        now = self.clock()
        if found is not None:
            self.once.pop(subject, None)
            back = Batch(observed=(found,), cursor={}, read_at=now)
            await self.intake.take_in(self.project, self.source, back, keep_cursor=True)
        elif subject in self.once:
            del self.once[subject]
            await self.intake.removed(self.project, subject)
        else:
            self.once[subject] = now

    def _missing(self, known: Knowledge) -> dict[str, str]:
        """Subjects that this source reported, that its listings lack and that are not confirmed as removed yet."""
        door = self.source.door
        if self.source.name.startswith("github-releases"):
            tags = (tag for tag, item in known.releases.items() if _gone_missing(item, door))
            return {f"release/{known.project}/{tag}": tag for tag in tags}
        names = (name for name, item in known.advisories.items() if _gone_missing(item, door))
        return {f"advisory/{known.project}/{name}": name for name in names}


def _gone_missing(item: Known[Release] | Known[Advisory], door: str) -> bool:
    return item.missing_since is not None and not item.gone and door in item.doors
