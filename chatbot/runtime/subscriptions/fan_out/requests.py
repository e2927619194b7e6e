"""In the transaction that changes what is known: which news a project's subscribers are to be gone through for."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from chatbot.core.model.ids import ProjectId
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.runtime.subscriptions.fan_out import news
from chatbot.runtime.subscriptions.fan_out.news import News
from chatbot.store.database.db import Tx
from chatbot.store.subscriptions import fan_outs, subscriptions
from chatbot.store.subscriptions.fan_outs import NewsKind


@dataclass(slots=True)
class Requests:
    """Compares the facts with those that subscribers were last gone through for. A project without subscribers costs one look.

    settle: how long a fact must stay unchanged before anybody is told of it
    waiting: the projects of which something is read once more
    """

    settle: timedelta
    waiting: set[ProjectId] = field(default_factory=set)
    _compared: set[ProjectId] = field(default_factory=set)  # once since the start
    _unasked: set[ProjectId] = field(default_factory=set)  # compared last when its maintainers could not be asked

    async def unsettled(self, tx: Tx, project: ProjectId) -> bool:
        """After a start: whether a project's sources must be read once, even if they have not changed."""
        return project not in self._compared and await subscriptions.any_of(tx, project)

    async def request(
        self, tx: Tx, loaded: ProjectSnapshot, now: datetime, *, changed: bool, cards_arrive: bool = True
    ) -> datetime | None:
        """Ask for the fan-outs that follow; return when to look again without any news, if something is read once more."""
        project = loaded.project.id
        if not await subscriptions.any_of(tx, project):
            tx.committed.append(lambda: self.waiting.discard(project))
            return None
        is_same = project in self._compared and cards_arrive == (project not in self._unasked)
        if not changed and is_same and project not in self.waiting:
            return None
        former = await fan_outs.facts(tx, project)
        advised = {name: facts.advised for (kind, name), facts in former.items() if kind == "advisory"}
        advisories = await asyncio.to_thread(
            partial(news.advisories, cards_arrive=cards_arrive), loaded, self.settle, advised, now
        )
        releases = news.releases(loaded, self.settle, now, cards_arrive=cards_arrive)
        corrections = news.corrections(loaded, former.keys(), frozenset[str]().union(*advised.values()))
        kinds: tuple[tuple[NewsKind, Iterable[News]], ...] = (
            ("advisory", advisories),
            ("release", releases),
            ("correction", corrections),
        )
        for kind, items in kinds:
            for item in items:
                before = former.get((kind, item.name))
                if item.digest and (before is None or before.digest != item.digest):
                    await fan_outs.request_for_all(tx, project, kind, item.name, item.digest, item.lane, now)
        times = [item.replan_at for item in (*advisories, *releases) if item.replan_at is not None]
        tx.committed.append(lambda: self._note(project, waits=bool(times), asked=cards_arrive))
        return min(times, default=None)

    def _note(self, project: ProjectId, *, waits: bool, asked: bool) -> None:
        """What was requested is stored now: a look that was undone is taken again."""
        self._compared.add(project)
        (self._unasked.discard if asked else self._unasked.add)(project)
        if waits:
            self.waiting.add(project)
        else:
            self.waiting.discard(project)
