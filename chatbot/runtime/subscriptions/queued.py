"""What is on its way to somebody about subscriptions that have just ended, or whose releases they want otherwise."""

from collections.abc import Iterable
from datetime import datetime

from chatbot.core.digests.personal import FIRST
from chatbot.core.digests.schedule import WEEKLY
from chatbot.core.subscriptions.subscription import Person, Subscription
from chatbot.store import digests, reminders
from chatbot.store.database.db import Tx
from chatbot.store.subscriptions import alerts, fan_outs, undelivered

_LISTS = f"digest/{WEEKLY}/"  # what subjects of weekly lists begin with
_KINDS = ("reminder", "release")  # of what is sent beside alerts


async def end_queued(
    tx: Tx, person: Person | None, ending: Iterable[Subscription], rest: Iterable[Subscription], now: datetime
) -> None:
    """Nothing of what has ended is on its way any more. What is about another subscription is planned again."""
    if person is None or not person.dm:
        return
    over, remaining = {each.project for each in ending}, {each.project for each in rest}
    await undelivered.withdraw(tx, person.dm, [_LISTS, *(f"{kind}/{each}/" for kind in _KINDS for each in over)])
    for project in sorted(over - remaining):
        await alerts.end(tx, person.dm, project, None, now)
        await reminders.forget(tx, [person.dm], project)
    if over & remaining:
        await fan_outs.again(tx, person.address)


async def follow_choice(
    tx: Tx, person: Person | None, former: Subscription, changed: Subscription, now: datetime
) -> None:
    """From a weekly list to another choice: no list is on its way any more, and what waited for the next one comes at once, if
    that is what they chose."""
    if person is None or not person.dm or former.releases != "weekly" or changed.releases == "weekly":
        return
    await undelivered.withdraw(tx, person.dm, [_LISTS])
    if changed.releases == "now":
        last = (await digests.last_due(tx, [person.dm])).get(person.dm)
        await fan_outs.catch_up(tx, person.address, changed.project, max(last or now - FIRST, now - FIRST))
