"""What a fan-out is about, from the store: the project as it stands, the advisory with all its wordings, the release,
or the ends of support."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chatbot.core.announce.subject import find
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.watches import Project
from chatbot.core.reminders.personal import reminder_day
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.alerts import Alerts
from chatbot.core.support.current import current_policy
from chatbot.ports import Clock
from chatbot.runtime.ingest import snapshot
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.runtime.subscriptions.fan_out.audience import Audience, OfAdvisory, OfRelease
from chatbot.runtime.subscriptions.fan_out.ends import OfEnds, ends_of
from chatbot.runtime.subscriptions.fan_out.registry import Registry
from chatbot.runtime.subscriptions.fan_out.taken_back import OfTakenBack
from chatbot.store import knowledge
from chatbot.store.database.db import Store, Tx
from chatbot.store.knowledge import source_states
from chatbot.store.knowledge.advisories import revisions
from chatbot.store.subscriptions import alerts
from chatbot.store.subscriptions.fan_outs import FanOut

_Known = tuple[Project, int, Sequence[tuple[str, datetime | None]]]  # the version of it, and when each source was read


@dataclass(slots=True)
class Audiences:
    """Loads what fan-outs are about; the snapshot of the last project is kept while nothing new is read of it.

    registry: the projects of the configuration
    settle: how long a fact must stay unchanged before anybody is told of it
    """

    store: Store
    clock: Clock
    reader: PolicyReader
    registry: Callable[[], Registry]
    settle: timedelta
    _last: tuple[_Known, ProjectSnapshot] | None = field(default=None, init=False)

    async def of(self, fan_out: FanOut) -> Audience | None:
        """The news and its audience; None where there is nothing to tell any more."""
        project = self.registry().project(fan_out.project)
        if project is None:
            return None
        async with self.store.reading() as tx:
            loaded = await self.snapshot(tx, project)
            if fan_out.kind == "support":
                return OfEnds(loaded, ends_of(loaded, self.reader.read, self.clock()), reminder_day(self.clock()))
            if fan_out.kind == "correction":
                release = find(loaded, str(SubjectId("release", project.id, fan_out.name)))
                return OfTakenBack(release) if release is not None else None
            if fan_out.kind == "release":
                there = fan_out.name in loaded.releases
                return OfRelease(loaded, fan_out.name) if there else None
            return await self.advisory(tx, loaded, fan_out.name)

    async def advisory(self, tx: Tx, loaded: ProjectSnapshot, name: str) -> OfAdvisory | None:
        """An advisory and its audience; None where it goes by another id by now, under which it is gone through."""
        advisory = loaded.advisories.get(name)
        if advisory is None:
            return None
        policy = current_policy(loaded.knowledge, self.reader.read)
        wordings = await revisions(tx, loaded.project.id, name)
        alerting = Alerts(loaded, policy, advisory, wordings, self.clock(), self.settle)
        is_new = not await alerts.any_posted(tx, loaded.project.id, advisory.ids)
        return OfAdvisory(loaded, advisory, alerting, is_new=is_new)

    async def snapshot(self, tx: Tx, project: Project) -> ProjectSnapshot:
        """All that is known of a project, as it is stored at this moment."""
        # What is read once more unchanged is no new version, but it settles by that. No clock can tell: it may be set back.
        states = await source_states.of_project(tx, project.id)
        known = (project, await knowledge.version(tx, project.id), tuple((each.name, each.read_at) for each in states))
        if self._last is None or self._last[0] != known:
            self._last = (known, await snapshot.load(tx, project, self.reader))
        return self._last[1]
