"""The reading of a project's policy page that answers rest on: the page as it stands today, never an earlier one in its place."""

from collections.abc import Callable

from chatbot.core.model.knowledge import Knowledge, TrackedPolicy
from chatbot.core.support.policy import Policy

REMOVED = "The project has removed its security policy."


def current_page(knowledge: Knowledge) -> TrackedPolicy | None:
    """The page as it stands today; None where there never was one, or where it was removed."""
    page = knowledge.newer_unreadable or knowledge.policy
    return page if page is not None and page.page.found else None


def current_policy(knowledge: Knowledge, reader: Callable[[str], Policy]) -> Policy | None:
    """What the page says as it stands today; None where there never was one.

    A newer page that cannot be read answers for itself, with the reason: what an earlier text promised may be just what was
    taken back. `read` gives the reading of a text; whoever cannot read one (a parser that was killed, say) returns
    `unreadable(reason)`.
    """
    newer = knowledge.newer_unreadable
    if newer is None:
        return reader(knowledge.policy.page.text) if knowledge.policy is not None else None
    if not newer.page.found:
        return unreadable(REMOVED) if knowledge.policy is not None else None
    if newer.page.unreadable:
        return unreadable(f"The page {newer.page.unreadable}.")
    return reader(newer.page.text)


def unreadable(reason: str) -> Policy:
    """The policy of a page that nobody can read: every answer is "unknown", for this reason (a whole sentence)."""
    return Policy(readable=False, problem=reason)
