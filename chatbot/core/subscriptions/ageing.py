"""What a subscription also covers once nobody knows whether it is still right: what one wanted at first always stays."""

from datetime import datetime, timedelta

from chatbot.core.model.severity import Severity
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.lines import has_ended, line_scope, newest_of, of_package, read_line
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.core.support.by_releases import ProjectSupport
from chatbot.core.support.policy import Policy

OLD = timedelta(days=183)  # half a year
UNCONFIRMED = 2  # alerts
PROJECT = Scope("project")
FROM = Severity.HIGH  # of the project, once a line has ended


def scopes(
    snapshot: ProjectSnapshot, policy: Policy | None, subscription: Subscription, now: datetime
) -> tuple[Scope, ...]:
    """What the subscription covers by now, its own scope first.

    An exact version that was not confirmed for two alerts or half a year also covers its line; where the line has ended, it
    also covers the project, from high on.
    """
    own = subscription.scope
    if own.kind == "project":
        return (own,)
    line = line_scope(snapshot, own)
    wider = [line] if line is not None and line != own and is_old(subscription, now) else []
    nowhere = line is None and is_old(subscription, now)  # nobody can tell (any more) which version it is
    if nowhere or (line is not None and line_has_ended(snapshot, policy, line, now)):
        wider.append(PROJECT)
    return own, *wider


def threshold(subscription: Subscription, scope: Scope) -> Severity:
    """The severity from which a scope that the subscription covers counts."""
    if scope == subscription.scope or scope.kind != "project":
        return subscription.min_severity
    return max(FROM, subscription.min_severity, key=lambda severity: severity.rank)


def is_old(subscription: Subscription, now: datetime) -> bool:
    """Whether nobody knows whether the person still runs this."""
    return subscription.unconfirmed >= UNCONFIRMED or now - subscription.confirmed_at >= OLD


def line_has_ended(snapshot: ProjectSnapshot, policy: Policy | None, line: Scope, now: datetime) -> bool:
    """Whether support of a line has ended, by what the project says; never where it says nothing."""
    place = read_line(snapshot, line.name)
    if place is None:
        return False
    version = newest_of(snapshot, place)
    releases = of_package(snapshot, version.package)
    return has_ended(ProjectSupport(snapshot, policy, now.date(), releases), version, releases)


def step(snapshot: ProjectSnapshot, policy: Policy | None, subscription: Subscription, now: datetime) -> str:
    """What to say inside the next message about what the subscription covers besides; "" where it covers what was asked."""
    wider = scopes(snapshot, policy, subscription, now)[1:]
    name, project = subscription.scope.name, snapshot.project.name
    sentences = []
    for scope in wider:
        if scope.kind == "line":
            how_long = "for half a year" if subscription.unconfirmed < UNCONFIRMED else f"for {UNCONFIRMED} alerts"
            sentences.append(
                f"You have not confirmed {how_long} that you still run {name}, so you now get alerts for all of line"
                f" {scope.name}."
            )
        else:
            line = line_scope(snapshot, subscription.scope)
            why = (
                f"Line {line.name} is out of support, so new advisories may not name it"
                if line is not None
                else f"I can't tell any more which version {name} is"
            )
            sentences.append(f"{why}: you now also get every advisory of {project} from high severity on.")
    return " ".join(sentences)
