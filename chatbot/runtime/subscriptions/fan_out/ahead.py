"""Subscribers who were read ahead: many at once, since SQLite forgets between two reads what somebody has written since."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.core.model.ids import NO_PROJECT, ProjectId
from chatbot.store.database.db import Tx
from chatbot.store.subscriptions import subscribers
from chatbot.store.subscriptions.subscribers import Subscriber


@dataclass(slots=True)
class ReadAhead:
    """The next subscribers of one project. They hold as long as nobody changes what they want; while people do, hardly more are
    read than the slice that is next.

    at_once: how many subscriptions are read together
    """

    at_once: int = 8_000
    _there: Sequence[Subscriber] = ()
    _more: bool = False  # there are others behind them
    _stamp: str = ""  # of what people had changed when they were read
    _begins: str = ""  # the DM behind which they come
    _project: ProjectId = NO_PROJECT

    async def after(
        self, tx: Tx, project: ProjectId, behind: str, size: int, stamp: str
    ) -> tuple[Sequence[Subscriber], bool]:
        """About `size` people of a project behind that DM, and whether there are more. `stamp`: of what people have changed by
        now."""
        if not self._there or (project, behind, stamp) != (self._project, self._begins, self._stamp):
            calm = self._stamp in ("", stamp)
            self._there, self._more = await subscribers.after(
                tx, project, behind, max(self.at_once if calm else 0, size)
            )
            self._project, self._stamp = project, stamp
        them, self._there = self._there[:size], self._there[size:]
        self._begins = them[-1].dm if them else ""
        return them, self._more or bool(self._there)
