"""Which releases are news to a subscription: those of what it is about that were read after it began."""

from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.lines import line_scope, read_line
from chatbot.core.subscriptions.subscription import Scope, Subscription


def is_news_to(snapshot: ProjectSnapshot, tag: str, subscription: Subscription) -> bool:
    """Whether a release is of what somebody subscribed to, and was read since then."""
    return is_read_since(snapshot, tag, subscription) and is_of(snapshot, tag, subscription.scope)


def is_read_since(snapshot: ProjectSnapshot, tag: str, subscription: Subscription) -> bool:
    """Whether a release was first read, as what it is, after the subscription began."""
    tracked = snapshot.knowledge.releases[tag]
    return max(tracked.first_read_at, tracked.promoted_at or tracked.first_read_at) >= subscription.since


def is_of(snapshot: ProjectSnapshot, tag: str, of: Scope) -> bool:
    """Whether a release is of the project, or of the scope's line; a version is heard of with the line that it is of."""
    if of.kind == "project":
        return True
    version = snapshot.releases[tag].version
    scope = line_scope(snapshot, of)
    line = read_line(snapshot, scope.name) if scope is not None else None
    return version is not None and line is not None and line.holds(version)
