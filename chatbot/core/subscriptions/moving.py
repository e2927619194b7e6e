"""“I upgraded”: which subscription follows to the new version, and what it is from then on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chatbot.core.model.message import Message
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.reference import Reference, resolve
from chatbot.core.recommend import line_place
from chatbot.core.recommend import newest as newest_recommended
from chatbot.core.releases.classification import Classified
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.core.subscriptions.wishes import line_name, line_with_releases, unknown, version_name
from chatbot.core.versions.version import Version


def running(context: QueryContext, text: str) -> Reference | Message:
    """The published version that somebody runs now; of a line, its newest release. Else an answer that says so."""
    reference = resolve(context, text)
    if isinstance(reference, Message):
        return reference
    if reference.line and not reference.members:
        return unknown(context, reference)
    if reference.line:
        release = reference.members[-1]
        return replace(reference, version=release.version or reference.version, release=release, line="", members=())
    if reference.release is None and reference.releases:
        return unknown(context, reference)
    return reference


def newest_of_line(context: QueryContext, subscription: Subscription) -> str:
    """The newest release of its line that no known advisory affects, else the newest; "" where nobody can tell."""
    place = place_of(context, subscription)
    if place is None:
        return ""
    package, line = place
    members = [
        item
        for item in _releases(context)
        if item.version is not None and _place(context, item.version) == (package, line)
    ]
    recommended = newest_recommended(context.snapshot, members)
    newest = (
        recommended.release
        if recommended is not None
        else next((each for each in members if each.newest_in_line), None)
    )
    if newest is None or newest.version is None:
        return ""
    return newest.release.tag if newest.version.package else newest.version.text


def candidates(context: QueryContext, subscriptions: Sequence[Subscription], version: Version) -> list[Subscription]:
    """The subscriptions that may be meant by somebody who runs this version now: those of its line, a version before the line;
    else all that are about a version or a line."""
    narrow = [each for each in subscriptions if each.scope.kind != "project"]
    exact = [each for each in narrow if each.scope.kind == "version"]
    for some in (exact, narrow):
        of_line = [each for each in some if place_of(context, each) == _place(context, version)]
        if of_line:
            return of_line
    return exact or narrow


def moved(context: QueryContext, subscription: Subscription, reference: Reference, now: datetime) -> Subscription:
    """The subscription of somebody who runs this version now; what was known of the new one before is no news."""
    confirmed = replace(subscription, confirmed_at=now, unconfirmed=0)
    if subscription.scope.kind == "project":
        return confirmed
    scope = Scope("version", version_name(context, reference))
    if subscription.scope.kind == "line":
        confirmed = replace(confirmed, runs=scope.name, runs_since=now)
        if place_of(context, subscription) == _place(context, reference.version):
            return confirmed
        scope = line_with_releases(context, reference) or Scope("line", line_name(context, reference.version))
    return confirmed if scope == subscription.scope else replace(confirmed, scope=scope, since=now)


Place = tuple[str, tuple[int, tuple[int, ...]]]


def place_of(context: QueryContext, subscription: Subscription) -> Place | None:
    """The package and the line of a subscription; None for a whole project, and where nobody can tell."""
    if subscription.scope.kind == "project":
        return None
    text = subscription.scope.name.replace(" ", "@")
    reference = resolve(context, f"{text}.x" if subscription.scope.kind == "line" else text)
    if isinstance(reference, Message):
        return None
    member = reference.members[-1].version if reference.members else None
    return _place(context, member or reference.version)


def _place(context: QueryContext, version: Version) -> Place:
    return version.package, line_place(version, context.snapshot.lines)


def _releases(context: QueryContext) -> list[Classified]:
    return list(context.snapshot.releases.values())
