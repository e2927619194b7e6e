"""The answer to `/why`: when something was read, who reported it, and what was decided about it, with the reasons."""

from collections.abc import Sequence
from datetime import datetime

from chatbot.core.announce.messages import Decision
from chatbot.core.announce.plan_builder import BRIDGED
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.knowledge import Tracked
from chatbot.core.model.message import Block, BulletList, Heading, ListItem, Message, Strong, Text, Tone, paragraph
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.support.current import current_page
from chatbot.core.text.words import minute

_POLICY = ("policy", "security policy", "security.md")  # what the policy page is called in a question
MOST = 20  # decisions in one answer, the newest
TimedDecision = tuple[datetime, Decision]

_VERDICTS = {
    "announce": "announced",
    "amend": "amended",
    "escalate": "called again",
    "skip": "silent",
    "hold": "waited",
}


def subjects_of(context: QueryContext) -> tuple[str, ...]:
    """The subjects that an id refers to: a tag or a version, an advisory by any of its ids, or `policy` for the policy page;
    empty where it is unknown."""
    text = context.arguments.get("id", "").strip().casefold()
    project = context.project.id
    if text in _POLICY:
        return (str(SubjectId("policy", project)),)
    subjects = [
        str(SubjectId("release", project, tag))
        for tag, item in context.snapshot.releases.items()
        if text in (tag.casefold(), (item.version.text if item.version else tag).casefold())
    ]
    if not subjects and (release := context.snapshot.look_up(text).release) is not None:
        subjects = [str(SubjectId("release", project, release.release.tag))]
    for advisory in context.snapshot.advisories.values():
        if text in {name.casefold() for name in advisory.ids}:
            subjects += [str(SubjectId("advisory", project, name)) for name in sorted(advisory.ids)]
    return tuple(subjects)


def why(
    context: QueryContext, decisions: Sequence[TimedDecision], *, all_rooms: bool, watching: bool = True
) -> Message:
    """What was read and decided.

    decisions: those that the asker may see
    all_rooms: whether these are all
    watching: whether it is asked in a room that watches the project
    """
    name = context.arguments.get("id", "")[:60]
    subjects = subjects_of(context)
    if not subjects:
        return unsure(f"I have not seen {name}", "Ask with a tag, a version or an advisory's id.", footer=context.age())
    body: list[Block] = [BulletList(tuple(ListItem((Text(line),)) for line in _history_lines(context, subjects)))]
    if decisions:
        newest = _without_waiting(decisions)[-MOST:]
        items = tuple(ListItem(_line(at, decision, all_rooms=all_rooms)) for at, decision in newest)
        body += [Heading(3, (Text("Decided" if all_rooms else "Decided for this room"),)), BulletList(items)]
    else:
        body.append(paragraph(_undecided(context, all_rooms=all_rooms, watching=watching)))
    return Message(title=f"Why: {name}", tone=Tone.ANSWER, body=tuple(body), footer=context.age())


def _without_waiting(decisions: Sequence[TimedDecision]) -> list[TimedDecision]:
    """The decisions without a `hold` that a later decision has replaced."""
    last = {(decision.subject, decision.room): at for at, decision in decisions}
    return [
        (at, decision)
        for at, decision in decisions
        if decision.verdict != "hold" or at == last[decision.subject, decision.room]
    ]


def _undecided(context: QueryContext, *, all_rooms: bool, watching: bool) -> str:
    if all_rooms:
        return "Nothing was decided of it in any room: no room listened when it was first seen."
    if watching:
        return "Nothing was decided of it for this room: it was known before the room began to listen."
    return f"Nothing is announced here, because this is no room that hears {context.project.name}."


def _history_lines(context: QueryContext, subjects: Sequence[str]) -> list[str]:
    lines: list[str] = []
    for subject in subjects:
        subject_id = SubjectId.parse(subject)
        name = subject_id.name
        if subject_id.kind == "policy":
            lines += _policy_history(context)
            continue
        tracked: Tracked[Release] | Tracked[Advisory] | None = (
            context.knowledge.releases.get(name)
            if subject_id.kind == "release"
            else context.knowledge.advisories.get(name)
        )
        if tracked is not None:
            lines += _history(name, tracked)
    return lines


def _policy_history(context: QueryContext) -> list[str]:
    page = current_page(context.knowledge)
    if page is None:
        return ["there is no security policy page, as far as I have looked"]
    lines = [f"the page was first seen like this {minute(page.first_read_at)}, and last {minute(page.read_at)}"]
    if context.policy is not None and not context.policy.readable:
        lines.append(f"every question about support is answered “I cannot tell”: {context.policy.problem}")
    return lines


def _history(name: str, tracked: Tracked[Release] | Tracked[Advisory]) -> list[str]:
    lines = [
        f"{name} was published {minute(tracked.fact.published_at)}",
        f"first seen {minute(tracked.first_read_at)} on {', then '.join(tracked.origins)}",
        f"last seen {minute(tracked.read_at)}",
    ]
    if tracked.changed_at != tracked.first_read_at:
        lines.append(f"last changed {minute(tracked.changed_at)}")
    if tracked.promoted_at is not None:
        lines.append(f"became a full release {minute(tracked.promoted_at)}")
    if tracked.fact.unread:
        lines.append(
            f"not all of it could be parsed: {tracked.fact.unread}; it is tried again daily, and when it changes"
        )
    if tracked.known_before:
        lines.append("it was there before I began to watch, so it was never announced")
    if tracked.missing_since is not None:
        lines.append(
            f"missing since {minute(tracked.missing_since)}{', and confirmed as removed' if tracked.removal_confirmed else ''}"
        )
    return lines


def _line(at: datetime, decision: Decision, *, all_rooms: bool) -> tuple[Text | Strong, ...]:
    where = f" in {decision.room}" if all_rooms else ""
    reason = decision.reason
    if not all_rooms and reason.startswith(BRIDGED):
        reason = "another room that is bridged with this one says it"
    return (Text(f"{minute(at)}{where}: "), Strong(_VERDICTS[decision.verdict]), Text(f", {reason}"))
