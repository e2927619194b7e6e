"""People with DMs and subscriptions, as the commands would have stored them."""

from collections.abc import Sequence
from datetime import datetime

from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions.subscription import Releases, Scope, Subscription
from chatbot.store.database.db import Store
from chatbot.store.subscriptions import people, subscriptions

FERRY_ID = ProjectId("ferry")


def person(number: int, chat: str = "discord") -> RoomAddress:
    return RoomAddress(f"{chat}:user:{number}")


def dm(number: int, chat: str = "discord") -> RoomAddress:
    return RoomAddress(f"{chat}:dm:{number}")


async def subscribe(
    store: Store,
    number: int,
    scope: Scope,
    now: datetime,
    *,
    releases: Releases = "never",
    min_severity: Severity = Severity.LOW,
    home: RoomAddress = NOWHERE,
    chat: str = "discord",
) -> Subscription:
    """This person wants to hear of the scope from now on."""
    subscription = Subscription(
        person=person(number, chat),
        project=FERRY_ID,
        scope=scope,
        min_severity=min_severity,
        releases=releases,
        since=now,
        confirmed_at=now,
        home=home,
    )
    async with store.writing() as tx:
        await people.settle_dm(tx, person(number, chat), dm(number, chat))
        return await subscriptions.add(tx, subscription)


async def subscribe_many(store: Store, many: int, scopes: Sequence[Scope], now: datetime) -> None:
    """So many people of the console, each with one of the scopes."""
    async with store.writing() as tx:
        for number in range(many):
            scope, who = scopes[number % len(scopes)], person(number, "console")
            await people.settle_dm(tx, who, dm(number, "console"))
            await subscriptions.add(
                tx, Subscription(person=who, project=FERRY_ID, scope=scope, since=now, confirmed_at=now)
            )
