"""Which releases are news to a subscription: those of what it is about that were read after it began."""

from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.lines import line_scope, read_line
from chatbot.core.subscriptions.subscription import Scope, Subscription


def is_news_to(snapshot: ProjectSnapshot, tag: str, subscription: Subscription) -> bool:
    """Whether a release is of what somebody subscribed to, and was read since then."""
    tracked = snapshot.knowledge.releases[tag]
    read_at = max(tracked.first_read_at, tracked.promoted_at or tracked.first_read_at)
    return read_at >= subscription.since and is_of(snapshot, tag, subscription.scope)


def is_of(snapshot: ProjectSnapshot, tag: str, of: Scope) -> bool:
    """Whether a release is of the project, or of the scope's line; a version is heard of with the line that it is of."""
    if of.kind == "project":
        return True
    version = snapshot.releases[tag].version
    scope = line_scope(snapshot, of)
    line = read_line(snapshot, scope.name) if scope is not None else None
    return version is not None and line is not None and line.holds(version)
