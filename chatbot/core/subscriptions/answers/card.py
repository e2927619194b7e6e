"""The card of one subscription: what it brings, what affects the version right now, and what can be chosen instead."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatbot.core.model.facts import Advisory
from chatbot.core.model.message import (
    Action,
    Block,
    BulletList,
    Code,
    Field,
    Link,
    ListItem,
    Menu,
    Message,
    Option,
    Span,
    Spans,
    Strong,
    Text,
    Tone,
    field_of,
    paragraph,
)
from chatbot.core.model.severity import Severity
from chatbot.core.queries.advice import unread
from chatbot.core.queries.answers.affected import affecting
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.reference import resolve
from chatbot.core.subscriptions.answers.words import (
    FROM,
    RELEASES,
    alerts_words,
    from_words,
    scope_name,
    subscription_name,
)
from chatbot.core.subscriptions.subscription import Scope, Subscription
from chatbot.core.subscriptions.wishes import PROJECT, SEVERITIES, line_with_releases, scope_value
from chatbot.core.text.words import calendar_day, count

MOST_PAST = 3  # alerts of the past year that are named
LONGEST_SUMMARY = 80  # characters of an advisory's title
LONGEST_VALUE = 100  # characters that a chat's menu takes as a value

CHOOSE_SCOPE, CHOOSE_RELEASES, CHOOSE_SUBSCRIPTION = "choose-scope", "choose-releases", "choose-subscription"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a card shows besides the subscription itself.

    version: the version that was named when it was made, "" where none is known
    past: what would have alerted in the last twelve months, the newest first; None: not shown
    now: the advisories that concern it at present
    list_at: when a weekly list comes, such as `Mondays at 09:00 (UTC)`; "" where that is not to be said
    notes: sentences for the reader: how a version was understood, that a line has ended
    """

    version: str = ""
    past: Sequence[Advisory] | None = None
    now: Sequence[Advisory] = ()
    list_at: str = ""
    notes: tuple[str, ...] = ()


def card(context: QueryContext, subscription: Subscription, holding: Holding) -> Message:
    """What somebody gets, and what they can change about it; for them alone."""
    standing, tone = _right_now(context, subscription, holding)
    past = [] if holding.past is None else past_words(holding.past)
    version = named_version(subscription, holding.version)
    body: list[Block] = [paragraph(note) for note in (_narrower(subscription, version), *holding.notes) if note]
    body += past
    body += unread(context, "advisory")
    return Message(
        title=f"You get alerts for {subscription_name(context.project.name, subscription)}",
        tone=tone,
        fields=(
            field_of("Alerts", alerts_words(subscription)),
            field_of(_releases_label(subscription), _releases_words(subscription, holding)),
            *_reminders(subscription),
            *standing,
        ),
        body=tuple(body),
        small=(_how(context),),
        actions=(Action("unsubscribe", "Unsubscribe", context.project.id, f"#{subscription.id}"),),
        menus=menus(context, subscription, version),
        private=True,
        answer=True,
    )


def confirmation(message: Message) -> Message:
    """A card as the first message of a DM: it proves that messages arrive."""
    proof = paragraph("Alerts come here. You can read this, so they reach you.")
    return replace(message, body=(proof, *message.body), private=False)


def proof(message: Message) -> Message:
    """The first message of a DM where the card follows it as an answer."""
    words = "You can read this, so they reach you. What you get follows."
    return Message(title="Alerts come here", tone=Tone.GOOD, body=(paragraph(words),), footer=message.footer)


def with_dm(message: Message) -> Message:
    """A card that is shown where somebody asked, while the DM has just had its first message."""
    sent = paragraph("I have just sent you a DM: that is where alerts come.")
    return replace(message, body=(sent, *message.body))


def named_version(subscription: Subscription, version: str) -> str:
    """The version that the card can offer besides its line."""
    return subscription.scope.name if subscription.scope.kind == "version" else version


def menus(context: QueryContext, subscription: Subscription, version: str) -> tuple[Menu, ...]:
    """What can be chosen instead: the line, exactly the version, everything from a severity on; and releases."""
    project, subject = context.project.id, f"{subscription.id} {version}".strip()
    own = (subscription.scope, subscription.min_severity if subscription.scope == PROJECT else Severity.LOW)
    options = [
        Option(scope_value(scope, severity), _scope_label(context, scope, severity), chosen=(scope, severity) == own)
        for scope, severity in _scopes(context, subscription, version)
    ]
    fitting = tuple(each for each in options if len(each.value) <= LONGEST_VALUE)
    releases = tuple(
        Option(value, words.capitalize(), chosen=value == subscription.releases)
        for value, words in (("now", "as they come out"), ("weekly", "once a week"), ("never", "never"))
    )
    return (
        Menu(name=CHOOSE_SCOPE, title="Alerts for", project=project, subject=subject, options=fitting),
        Menu(
            name=CHOOSE_RELEASES,
            title=_releases_label(subscription),
            project=project,
            subject=subject,
            options=releases,
        ),
    )


def _narrower(subscription: Subscription, version: str) -> str:
    """A sentence where somebody named a version, and its line is what alerts are about."""
    if subscription.scope.kind != "line" or not version:
        return ""
    line = scope_name(subscription.scope)
    return f"Alerts are about all of {line}: that stays right when you upgrade. You can also choose exactly {version}."


def past_words(advisories: Sequence[Advisory]) -> list[Block]:
    """`In the last 12 months you would have had 3 alerts:`, and which."""
    start = "In the last 12 months you would have had"
    if not advisories:
        return [paragraph(f"{start} no alert.")]
    rows = [ListItem(_advisory(each)) for each in advisories[:MOST_PAST]]
    if len(advisories) > MOST_PAST:
        rows.append(ListItem((Text(f"and {count(len(advisories) - MOST_PAST, 'more alert')}"),)))
    return [paragraph(f"{start} {count(len(advisories), 'alert')}:"), BulletList(tuple(rows))]


def _advisory(item: Advisory) -> Spans:
    """`Share links open every folder (critical, 20 May 2031)`."""
    words = item.summary or item.id
    words = words if len(words) <= LONGEST_SUMMARY else f"{words[: LONGEST_SUMMARY - 1].rstrip()}…"
    name: Span = Link(words, item.url) if item.url else Strong(words)
    severity = "severity not stated" if item.severity is Severity.UNKNOWN else str(item.severity)
    return (name, Text(f" ({severity}, {calendar_day(item.published_at)})"))


def _right_now(context: QueryContext, subscription: Subscription, holding: Holding) -> tuple[list[Field], Tone]:
    """What is known now against what is subscribed to. Where nothing is known to be good, nothing is called so."""
    scope = subscription.scope
    if scope.kind == "project":
        names = [f"{each.id} ({each.severity})" for each in holding.now[:MOST_PAST]]
        if not names:
            return [], Tone.GOOD
        return [field_of("Right now", f"the newest release is affected by {', '.join(names)}")], Tone.WARNING
    answer = _affected(context, named_version(subscription, holding.version) or scope_name(scope))
    if holding.now and answer.tone in (Tone.GOOD, Tone.ANSWER):  # the numbers of several lines: each has its own state
        words = f"{count(len(holding.now), 'published advisory')} {'affects' if len(holding.now) == 1 else 'affect'}"
        return [field_of("Right now", f"{words} releases of {scope_name(scope)}")], Tone.WARNING
    fields = [field_of("Right now", f"{answer.title}")]
    fields += [field for field in answer.fields if field.label == "What to do"]
    return fields, Tone.WARNING if answer.tone is Tone.WARNING else Tone.GOOD


def _affected(context: QueryContext, name: str) -> Message:
    return affecting(replace(context, arguments={"version": name.replace(" ", "@")}))


def _scopes(context: QueryContext, subscription: Subscription, version: str) -> list[tuple[Scope, Severity]]:
    """What the menu offers; what holds now is always among it."""
    lines = [subscription.scope] if subscription.scope.kind == "line" else []
    if not lines and version:
        reference = resolve(context, version)
        line = None if isinstance(reference, Message) else line_with_releases(context, reference)
        lines = [line] if line is not None else []
    exact = [Scope("version", version)] if version else []
    narrow = [(scope, Severity.LOW) for scope in (*lines, *exact)]
    return [*narrow, *((PROJECT, severity) for severity in SEVERITIES)]


def _scope_label(context: QueryContext, scope: Scope, severity: Severity) -> str:
    if scope.kind == "line":
        return f"The line {scope_name(scope)}"
    if scope.kind == "version":
        return f"Exactly {scope.name}"
    return f"All of {context.project.name}: {from_words(severity) if severity in FROM else severity}"


def _releases_label(subscription: Subscription) -> str:
    """`Releases of 0.15.x`."""
    scope = subscription.scope
    if scope.kind == "project":
        return "Releases"
    return f"Releases of {scope_name(scope)}" if scope.kind == "line" else f"Releases of the line of {scope.name}"


def _releases_words(subscription: Subscription, holding: Holding) -> str:
    words = RELEASES[subscription.releases]
    return f"{words}, on {holding.list_at}" if subscription.releases == "weekly" and holding.list_at else words


def _reminders(subscription: Subscription) -> list[Field]:
    """That the end of support of a line is announced; where its role stands in for the DM, it is not."""
    if subscription.scope.kind == "project" or subscription.via == "role":
        return []
    return [field_of("End of support", "you are reminded 90 and 30 days before, and on the last day")]


def _how(context: QueryContext) -> Spans:
    return (
        Code(f"{context.prefix}subscriptions"),
        Text(" shows all that you get, "),
        Code(f"{context.prefix}unsubscribe"),
        Text(" ends it"),
    )
