"""What is on its way to somebody about subscriptions that have just ended."""

from collections.abc import Iterable
from datetime import datetime

from chatbot.core.digests.schedule import WEEKLY
from chatbot.core.subscriptions.subscription import Person, Subscription
from chatbot.store import reminders
from chatbot.store.database.db import Tx
from chatbot.store.subscriptions import alerts, fan_outs, undelivered

_KINDS = ("reminder", "release")  # of what is sent beside alerts


async def end_queued(
    tx: Tx, person: Person | None, ending: Iterable[Subscription], rest: Iterable[Subscription], now: datetime
) -> None:
    """Nothing of what has ended is on its way any more. What is about another subscription is planned again."""
    if person is None or not person.dm:
        return
    over, remaining = {each.project for each in ending}, {each.project for each in rest}
    lists = f"digest/{WEEKLY}/"
    await undelivered.withdraw(tx, person.dm, [lists, *(f"{kind}/{each}/" for kind in _KINDS for each in over)])
    for project in sorted(over - remaining):
        await alerts.end(tx, person.dm, project, None, now)
        await reminders.forget(tx, [person.dm], project)
    if over & remaining:
        await fan_outs.again(tx, person.address)
