"""The policy that answers use: the page as it is today, never an earlier one in its place."""

from collections.abc import Callable

from chatbot.core.model.knowledge import Knowledge, TrackedPolicy
from chatbot.core.support.policy import Policy

REMOVED = "The project has removed its security policy."


def current_page(knowledge: Knowledge) -> TrackedPolicy | None:
    """The page as it is today; None where there never was one, or where it was removed."""
    page = knowledge.newer_unreadable or knowledge.policy
    return page if page is not None and page.page.exists else None


def current_policy(knowledge: Knowledge, reader: Callable[[str], Policy]) -> Policy | None:
    """The policy of the page as it is today; None where there never was one.

    Where a newer page cannot be read, the policy is `unreadable` with that reason, and an earlier text does not count: its
    promises may be just what was taken back. `reader` parses a text; where it cannot (its process was killed, say), it
    returns `unreadable(reason)`.
    """
    newer = knowledge.newer_unreadable
    if newer is None:
        return reader(knowledge.policy.page.text) if knowledge.policy is not None else None
    if not newer.page.exists:
        return unreadable(REMOVED) if knowledge.policy is not None else None
    if newer.page.unreadable:
        return unreadable(f"The page {newer.page.unreadable}.")
    return reader(newer.page.text)


def unreadable(reason: str) -> Policy:
    """The policy of a page that cannot be read: every status is "unknown", with this reason (a whole sentence)."""
    return Policy(readable=False, problem=reason)
