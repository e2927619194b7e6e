"""People with DMs and subscriptions, as the commands would have stored them."""

from datetime import datetime

from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions.subscription import Releases, Scope, Subscription
from chatbot.store.database.db import Store
from chatbot.store.subscriptions import people, subscriptions

FERRY_ID = ProjectId("ferry")


def person(number: int) -> RoomAddress:
    return RoomAddress(f"discord:user:{number}")


def dm(number: int) -> RoomAddress:
    return RoomAddress(f"discord:dm:{number}")


async def subscribe(
    store: Store,
    number: int,
    scope: Scope,
    now: datetime,
    *,
    releases: Releases = "never",
    min_severity: Severity = Severity.LOW,
    home: RoomAddress = NOWHERE,
) -> Subscription:
    """This person wants to hear of the scope from now on."""
    subscription = Subscription(
        person=person(number),
        project=FERRY_ID,
        scope=scope,
        min_severity=min_severity,
        releases=releases,
        since=now,
        confirmed_at=now,
        home=home,
    )
    async with store.writing() as tx:
        await people.settle_dm(tx, person(number), dm(number))
        return await subscriptions.add(tx, subscription)
