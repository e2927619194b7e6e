"""What subscriptions are called, and what they bring, in a few words."""

from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions.subscription import Releases, Scope, Subscription

FROM: dict[Severity, str] = {
    Severity.CRITICAL: "critical only",
    Severity.HIGH: "high and critical",
    Severity.MEDIUM: "medium and above",
    Severity.LOW: "every severity",
}
_UNSTATED = "and those that state no severity"
_ADVISORIES: dict[Severity, str] = {
    Severity.CRITICAL: f"critical advisories, {_UNSTATED}",
    Severity.HIGH: f"high and critical advisories, {_UNSTATED}",
    Severity.MEDIUM: f"advisories of medium severity and above, {_UNSTATED}",
}
RELEASES: dict[Releases, str] = {
    "now": "announced to you as they come out",
    "weekly": "listed once a week, in one message",
    "never": "not announced to you",
}


def scope_name(scope: Scope) -> str:
    """`0.15.x`, `0.15.3`; "" for the whole project."""
    return f"{scope.name}.x" if scope.kind == "line" else scope.name


def subscription_name(of: str, subscription: Subscription) -> str:
    """`Mail 0.15.x`, `Mail 0.15.3`, `all of Mail (high and critical)`. `of` is what the project is called."""
    if subscription.scope.kind == "project":
        return f"all of {of} ({from_words(subscription.min_severity)})"
    return f"{of} {scope_name(subscription.scope)}"


def from_words(severity: Severity) -> str:
    """`high and critical`."""
    return FROM.get(severity, FROM[Severity.LOW])


def alerts_words(subscription: Subscription) -> str:
    """Which advisories alert."""
    scope = subscription.scope
    if scope.kind == "project":
        return _ADVISORIES.get(subscription.min_severity, "every advisory")
    if scope.kind == "line":
        return f"every advisory that affects a release of {scope_name(scope)}"
    return f"every advisory that affects {scope_name(scope)}"
