"""Alerts, and what follows them: what subscribers of Windlass get in their DMs."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from chatbot.core.announce.messages import MessageKind, PostedMessage
from chatbot.core.announce.subject import find
from chatbot.core.maintainers.controls import fold
from chatbot.core.maintainers.word import USE, Word
from chatbot.core.model.facts import Advisory, Affected, Release
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message
from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions.subscription import Subscription
from chatbot.core.subscriptions.taken_back import Told, corrections
from chatbot.sources.markdown.document import read_markdown
from chatbot.sources.support_policy.reader import read_policy
from tests.core.subscriptions.mailbox import Mailbox
from tests.core.subscriptions.people import subscription
from tests.looks import windlass as w

Turn = tuple[Advisory | Release, ...]

IN_TEXT = replace(
    w.HIGH,
    affected=(Affected(package="windlass", range="< 4.2.1", patched="4.2.1"),),
    description=read_markdown("Previews came in 4.2.0. Versions 4.2.0 to 4.2.2 are affected.")[0],
)
BARE = replace(w.CRITICAL, affected=(Affected(package="windlass", range=">= 4.1.0, < 4.2.3"),))
ONLY_NEWEST = replace(w.HIGH, affected=(Affected(package="windlass", range=">= 4.2.0, < 4.2.3", patched="4.2.3"),))
HOSTILE = "@everyone <@1> [free](https://evil.example) **b** `c` ||s|| https://evil.example \u202egnp"


def theirs(words: str, **more: object) -> Subscription:
    values: dict[str, object] = {"project": w.WINDLASS.id, "since": w.NOW - 3 * w.DAY}
    return subscription(words, **(values | more))  # type: ignore[arg-type]  # a table of mixed fields


def _messages(
    name: str, subscriptions: tuple[Subscription, ...], *turns: Turn
) -> Iterator[tuple[str, MessageKind, Message]]:
    """The messages of the last of these turns."""
    box = Mailbox(subscriptions, policy=read_policy(w.FIRST_PAGE))
    for number, facts in enumerate(turns):
        releases = [each for each in facts if isinstance(each, Release)]
        advisories = [each for each in facts if isinstance(each, Advisory)]
        steps = box.receive(w.snapshot(releases, advisories), w.NOW + number * w.DAY)
    replies = [step for step in steps if step.kind == "reply"]
    for step in replies or steps:
        edit = "-edit" if step.kind == "edit" else ""
        yield f"alert-{name}{edit}", step.kind, step.message


def _alerts() -> Iterator[tuple[str, MessageKind, Message]]:
    event: Turn = (w.CRITICAL, w.FIX, w.BACKPORT)
    yield from _messages("version", (theirs("4.1.7"),), event)
    yield from _messages("line", (theirs("4.1.x"),), event)
    yield from _messages("several", (theirs("4.2.1"), theirs("4.1.7"), theirs("4.1.x")), event)
    yield from _messages("also-a-line", (theirs("4.2.1"), theirs("4.1.x")), event)
    yield from _messages("project", (theirs("", min_severity=Severity.HIGH),), event)
    yield from _messages("no-fix", (theirs("4.2.1"),), (w.MEDIUM,))
    yield from _messages("exploited", (theirs("4.2.0"),), (replace(w.HIGH, known_exploited=True),))
    yield from _messages("in-doubt", (theirs("4.2.1"),), (w.VAGUE,))
    yield from _messages("nothing-stated", (theirs("4.2.x"),), (w.SILENT,))
    yield from _messages("text-differs", (theirs("4.1.7"),), (IN_TEXT,))
    yield from _messages("aged", (theirs("4.2.2", unconfirmed=2),), event)
    yield from _messages("line-has-ended", (theirs("3.9.6"),), (ONLY_NEWEST, w.FIX))
    yield from _messages(
        "hostile", (theirs(f"4.2.1-{HOSTILE}"[:120]), theirs("4.2.1")), (replace(w.VAGUE, summary=HOSTILE),)
    )


def _what_follows() -> Iterator[tuple[str, MessageKind, Message]]:
    mine = (theirs("4.1.7"),)
    medium = replace(w.HIGH, severity=Severity.MEDIUM, scores=())
    yield from _messages("severity-raised", mine, (medium,), (w.HIGH,))
    yield from _messages("now-exploited", mine, (w.HIGH,), (replace(w.HIGH, known_exploited=True),))
    yield from _messages("range-grew", (theirs("4.1.7"), theirs("")), (ONLY_NEWEST,), (w.HIGH,))
    yield from _messages("first-fix", mine, (BARE,), (BARE, w.FIX))
    yield from _messages("fix-in-line", mine, (BARE, w.FIX), (w.CRITICAL, w.FIX, w.BACKPORT))
    yield from _messages("withdrawn", mine, (w.HIGH,), (replace(w.HIGH, withdrawn_at=w.NOW),))
    yield from _messages("stands-again", mine, (w.HIGH,), (replace(w.HIGH, withdrawn_at=w.NOW),), (w.HIGH,))
    yield from _messages("no-longer", mine, (w.HIGH,), (ONLY_NEWEST,))


def _taken_back() -> Iterator[tuple[str, MessageKind, Message]]:
    """A release that was announced in a DM, and one that an alert recommended."""
    subject_id = f"release/{w.WINDLASS.id}/{w.FIX.tag}"
    by, use = RoomAddress("discord:user:9"), {USE: "4.1.9"}
    bad = Word(action="bad", subject=subject_id, by=by, at=w.NOW, text="It loses mail.", details=use)
    for name, controls, removed in (("bad", fold([bad]), False), ("removed", fold(()), True)):
        tracked = w.tracked_release(w.FIX, removal_confirmed=removed)
        subject = find(w.snapshot([tracked, w.BACKPORT], controls=controls), subject_id)
        assert subject is not None
        posted = PostedMessage(
            announcement="a1",
            room=RoomAddress("discord:dm:1"),
            subject=subject_id,
            revision=1,
            digest="",
            template=1,
            notified_for=frozenset(),
        )
        for step in corrections(subject, Told(announced=posted)):
            yield f"my-release-{name}{'-edit' if step.kind == 'edit' else ''}", step.kind, step.message


ALERTS: Mapping[str, tuple[MessageKind, Message]] = {
    name: (kind, message) for part in (_alerts, _what_follows, _taken_back) for name, kind, message in part()
}
