"""What is stored of the asker, and the word that it is gone."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from chatbot.core.model.ids import NO_PROJECT, ProjectId
from chatbot.core.model.message import (
    Action,
    Block,
    BulletList,
    Code,
    Heading,
    ListItem,
    Message,
    Moment,
    Spans,
    Text,
    Tone,
    field_of,
    paragraph,
    text,
)
from chatbot.core.queries.commands import find
from chatbot.core.queries.query_context import unsure
from chatbot.core.subscriptions.answers.words import RELEASES, alerts_words, subscription_name
from chatbot.core.subscriptions.personal import Alerted, Personal
from chatbot.core.subscriptions.subscription import Subscription
from chatbot.core.text.words import count

Names = Mapping[ProjectId, str]
_MOST = 20  # entries of a list, as many as somebody may have subscriptions; the rest is counted
_ALERTS = ("alert", "follow-up")
_REASONS = {"exploited": "known to be exploited", "fix": "a fix is out", "withdrawn": "withdrawn"}
BACKUPS = (
    "Backups that the operator made keep it until they are replaced; one that is restored forgets you again. "
    "For that, a number made of your id stays, which names nobody."
)


def my_data(personal: Personal, names: Names, prefix: str) -> Message:
    """Everything that is stored of the asker."""
    if personal.is_empty:
        return Message(title="I store nothing about you", tone=Tone.GOOD, private=True, answer=True)
    person = personal.person
    alerts = [each for each in reversed(personal.alerts) if each.kind in _ALERTS]
    others = [each for each in reversed(personal.alerts) if each.kind not in _ALERTS]
    fields = []
    if person is not None:
        fields += [field_of("Your id", Code(person.address)), field_of("Our DM", Code(person.dm))]
        fields += [field_of("Nothing is sent to you now", person.trouble)] if person.trouble else []
    return Message(
        title="This is all that I store about you",
        tone=Tone.ANSWER,
        fields=tuple(fields),
        body=(
            *_list("Subscriptions", [_subscription(each, names) for each in personal.subscriptions]),
            *_list("Alerts you were given, and why", [_alert(each, names) for each in alerts]),
            *_list("What else I sent you", [_other(each, names) for each in others]),
            *_list("Muted", [_entry(*each, names) for each in personal.mutes]),
            *_list("Reminders you asked for", [_entry(*each, names) for each in personal.snoozes]),
            *_list("What you asked in the last 30 days", [_question(*each) for each in personal.questions]),
            paragraph(f"And {count(personal.messages, 'message')} to you, sent or waiting."),
            *([paragraph(_waiting(personal.waiting))] if personal.waiting else ()),
            *([paragraph(_decided(personal.decisions))] if personal.decisions else ()),
        ),
        small=((Code(f"{prefix}forget-me"), Text(" deletes all of it at once.")),),
        actions=(Action("forget-me", "Forget me", NO_PROJECT, ""),),
        private=True,
        answer=True,
    )


def _waiting(many: int) -> str:
    """News that waits for this person alone."""
    what = "one piece of news concerns" if many == 1 else f"{many} pieces of news concern"
    return f"And that I have yet to check whether {what} you."


def _decided(many: int) -> str:
    """What stays of somebody who is a maintainer."""
    entries = "1 entry" if many == 1 else f"{many} entries"
    return (
        f"As a maintainer you have {entries} in the log of your project (announce log). They are its record, and stay."
    )


def forgot(rows: int, decisions: int = 0) -> Message:
    """The asker was forgotten: so many rows of theirs are deleted. `decisions`: entries of theirs in the log of maintainers."""
    stays = (text(_decided(decisions)),) if decisions else ()
    if not rows:
        title = "I store nothing else about you" if decisions else "I store nothing about you"
        return Message(title=title, tone=Tone.GOOD, small=stays, answer=True)
    done = "Your subscriptions, alerts and questions and our messages are deleted from my database. You get no more alerts."
    return Message(
        title="I have forgotten you",
        tone=Tone.GOOD,
        body=(paragraph(done),),
        small=(text(BACKUPS), *stays),
        answer=True,
    )


def in_a_dm_only(prefix: str) -> Message:
    """A room where others read along is no place for it."""
    return unsure(
        "I show that in a DM only", paragraph("Others read along here. Send me ", Code(f"{prefix}my-data"), " there.")
    )


def _list(title: str, items: Sequence[Spans]) -> tuple[Block, ...]:
    if not items:
        return ()
    more = [text(f"and {len(items) - _MOST} more")] if len(items) > _MOST else []
    return (Heading(3, text(title)), BulletList(tuple(ListItem(each) for each in [*items[:_MOST], *more])))


def _subscription(subscription: Subscription, names: Names) -> Spans:
    name = subscription_name(names.get(subscription.project, subscription.project), subscription)
    runs = f", you run {subscription.runs}" if subscription.runs else ""
    home = f", made in {subscription.home}" if subscription.home else ""
    how = "by the line's role" if subscription.via == "role" else "in our DM"
    more = f"{runs}; {subscription.unconfirmed} alerts since you confirmed it, {how}{home}"
    start = f"{name}: {alerts_words(subscription)}; releases {RELEASES[subscription.releases]}{more}; since "
    return (Text(start), Moment(subscription.since), Text(", confirmed "), Moment(subscription.confirmed_at))


def _alert(alert: Alerted, names: Names) -> Spans:
    reasons = dict.fromkeys(filter(None, map(_reason, sorted(alert.reasons))))
    why = f" ({', '.join(reasons)})" if reasons else ""
    return (Text(f"{names.get(alert.project, alert.project)} {alert.name}{why}, "), Moment(alert.at))


def _other(sent: Alerted, names: Names) -> Spans:
    project = names.get(sent.project, sent.project)
    words = {
        "digest": "a weekly list",
        "reminder": f"a reminder that support of {project} {sent.name.rsplit('/', 2)[0]}.x ends",
        "release": f"the release {sent.name} of {project}",
        "correction": f"what became of the release {sent.name} of {project}",
    }
    return (Text(f"{words.get(sent.kind, f'{project} {sent.name}')}, "), Moment(sent.at))


def _reason(reason: str) -> str:
    """A stored reason in words; "" for one that only tells messages apart."""
    kind, _, value = reason.partition(":")
    return f"{value} severity" if kind == "severity" and value else _REASONS.get(reason, "")


def _entry(project: ProjectId, name: str, at: datetime, names: Names) -> Spans:
    return (Text(f"{names.get(project, project)} {name}, "), Moment(at))


def _question(name: str, at: datetime) -> Spans:
    command = find(name)
    word = Text("an answer to a message of mine") if command is None or command.hidden else Code(name)
    return (word, Text(", "), Moment(at))
