"""Subscriptions for tests, built from the few words that matter to each."""

from datetime import datetime

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.subscriptions.subscription import Scope, Subscription
from tests.core import make

ALICE = RoomAddress("matrix:@alice:example.org")
NOW = make.START + 10 * make.DAY


def scope(words: str) -> Scope:
    """`0.15.3` is a version, `0.15.x` a line, and "" the project."""
    if words.endswith(".x"):
        return Scope("line", words.removesuffix(".x"))
    return Scope("version", words) if words else Scope("project")


def subscription(words: str = "0.15.3", *, since: datetime = make.START, **more: object) -> Subscription:
    values: dict[str, object] = {
        "person": ALICE,
        "project": ProjectId("mail"),
        "scope": scope(words),
        "since": since,
        "confirmed_at": since,
    }
    return Subscription(**(values | more))  # type: ignore[arg-type]  # a table of mixed fields
