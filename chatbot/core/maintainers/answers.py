"""The answers to maintainers' commands."""

from collections.abc import Sequence

from chatbot.core.announce.subject import Subject
from chatbot.core.maintainers.renderings import Renderings
from chatbot.core.maintainers.word import LONGEST_NOTE, LONGEST_REASON, Word
from chatbot.core.model.message import (
    BulletList,
    Code,
    ListItem,
    Message,
    Moment,
    Text,
    Tone,
    field_of,
    paragraph,
    text,
)
from chatbot.core.model.watches import Project
from chatbot.core.queries.query_context import unsure
from chatbot.core.text.words import count

MOST_LOGGED = 20  # entries in one answer

_RESULTS = {
    "now": "{name} goes out now",
    "hold": "{name} is held until you announce it",
    "skip": "{name} will not be announced",
    "retract": "{name} is taken back",
    "bad": "Everybody is told not to use {name}",
    "good": "{name} may be used again",
    "note": "Your note stands on top of {name}",
    "exploited": "{name} is marked as exploited",
}
_LOGGED = {
    "now": "announced",
    "hold": "held",
    "skip": "skipped",
    "retract": "took back",
    "bad": "called bad",
    "good": "called good again",
    "note": "added a note to",
    "exploited": "marked as exploited",
    "statement": "made a statement about",
    "schedule": "scheduled",
    "cancel": "cancelled",
    "test": "sent a test message to",
}


def result_of(word: Word, subject: Subject, *, posted: int, recalled: int, to_send: int) -> Message:
    """What a word has done.

    posted: in how many rooms the announcement stands already
    recalled: in how many it was on its way and is not sent
    to_send: how many rooms get it now
    """
    lines = []
    if to_send and word.action in ("now", "good"):
        lines.append(f"It goes to {count(to_send, 'room')}.")
    if recalled and word.action in ("hold", "skip", "retract", "bad"):
        lines.append(f"It was on its way to {count(recalled, 'room')}, and is not sent.")
    if posted and word.action in ("retract", "bad", "note", "good", "exploited"):
        lines.append(f"{count(posted, 'room')} had it already: it is corrected there.")
    if posted and word.action in ("hold", "skip"):
        lines.append(f"{count(posted, 'room')} had it already, where it stays. Use retract to take it back.")
    if word.action == "now" and not to_send:
        lines.append("No room waits for it." if not posted else f"{count(posted, 'room')} had it already.")
    if word.action in ("hold", "retract", "skip", "bad"):
        lines.append("Answers go on counting what is published: only announcements and advice change.")
    title = _RESULTS[word.action].format(name=subject.message.title)
    return Message(title=title, tone=Tone.ANSWER, body=tuple(paragraph(line) for line in lines))


def preview(subject: Subject, state: str, renderings: Renderings) -> Message:
    """How the announcement of something looks now."""
    return Message(
        title=f"This is how {subject.message.title} looks",
        tone=Tone.ANSWER,
        fields=(field_of("State", state),),
        example=renderings.message,
        renderings=renderings.renderings,
    )


def log(project: Project, words: Sequence[Word], troubles: Sequence[tuple[str, str]] = ()) -> Message:
    """The last entries of the audit log, the newest first. `troubles`: what could not be done, and why."""
    small = tuple(text(f"{what}: {why.rstrip('.')}.") for what, why in troubles[:MOST_LOGGED])
    newest = list(reversed(words))[:MOST_LOGGED]
    if not newest:
        return Message(title=f"Nobody has used announce for {project.name} yet", tone=Tone.ANSWER)
    rows = tuple(
        ListItem((Moment(each.at), Text(" – "), Code(each.by), Text(f" {_LOGGED[each.action]} {_about(each)}")))
        for each in newest
    )
    return Message(title=f"What was done about {project.name}", tone=Tone.ANSWER, body=(BulletList(rows),), small=small)


def _about(word: Word) -> str:
    details = ", ".join(f"{name} {value}" for name, value in sorted(word.details.items()))
    name = "the security policy" if word.subject.startswith("policy/") else word.subject.split("/", 2)[-1]
    words = ": ".join(filter(None, (name, word.text)))
    return f"{words} ({details})" if details else words


def unknown(text: str, prefix: str, example: str) -> Message:
    """There is no such release or advisory."""
    how = paragraph(
        "Use a tag, a version or an advisory's id, such as ", Code(f"{prefix}announce preview {example}"), "."
    )
    return unsure(f"I know no published release or advisory “{text[:60]}”", how)


def not_of_policy() -> Message:
    """What can be said of a change of the policy page."""
    return unsure("Of the security policy, a change that waits can be announced, held or skipped")


def no_policy_waits(project: Project) -> Message:
    """Nothing is to be decided about the policy page."""
    return unsure(f"No change of {project.name}'s security policy waits for you")


def policy_result(project: Project, action: str, to_send: int) -> Message:
    """What a word about a change of the policy page has done."""
    name = f"the change of {project.name}'s security policy"
    title = _RESULTS[action].format(name=name)
    lines = [f"It goes to {count(to_send, 'room')}."] if to_send else []
    return Message(
        title=f"{title[:1].upper()}{title[1:]}", tone=Tone.ANSWER, body=tuple(paragraph(line) for line in lines)
    )


def several(text: str, names: Sequence[str]) -> Message:
    """More than one is called so."""
    return unsure(f"“{text[:60]}” can mean {', '.join(names[:5])}: name the tag")


def elsewhere(prefix: str) -> Message:
    """Where maintainers' commands may be used."""
    return unsure(
        "Use this in your maintainers' room, or in a DM with me",
        f"Others would read it here. {prefix}announce log shows what was done.",
    )


def too_long(what: str) -> Message:
    """A reason or a note is too long."""
    most = LONGEST_NOTE if what == "note" else LONGEST_REASON
    return unsure(f"That {what} is longer than {most} characters", "Please shorten it: a phone shows two lines.")


def no_reason() -> Message:
    """Whoever reads that something was taken back wants to know why."""
    return unsure("Please say why, in one sentence", "Everybody who was told reads it.")


def is_retracted(subject: Subject) -> Message:
    """What was taken back is never announced again."""
    return unsure(
        f"{subject.message.title} was taken back, and is never announced again",
        f"The reason was: {subject.control.retracted}",
    )


def not_of_release(subject: Subject) -> Message:
    """A word that fits releases only."""
    return unsure(f"{subject.name} is an advisory: only a release can be good or bad")


def not_of_advisory(subject: Subject) -> Message:
    """A word that fits advisories only."""
    return unsure(f"{subject.name} is a release: say of which advisory it is that it is exploited")


def own_advisory(cve: str, project: Project) -> Message:
    """No statement contradicts what the project has published."""
    return unsure(
        f"{project.name} has published an advisory that names {cve}",
        "A statement that it is not affected would contradict it. Correct or withdraw the advisory instead.",
    )


def not_a_cve(text: str) -> Message:
    """A statement is about a CVE."""
    return unsure(f"I cannot read “{text[:40]}” as a CVE number", "One looks like CVE-2031-12345.")


def not_one_of(what: str, choices: Sequence[str]) -> Message:
    """A value that the command does not know."""
    return unsure(f"I don't know this {what}", f"It is one of: {', '.join(choices)}.")


def bad_replacement(text: str) -> Message:
    """The version to use instead must be one that may be used."""
    return unsure(
        f"I cannot recommend {text[:40]} instead",
        "It must be a published release that no advisory affects and that nobody called bad. Leave it out if there is none yet.",
    )


def stated(cve: str, project: Project) -> Message:
    """A statement was made."""
    return Message(title=f"I answer now that {cve} does not affect {project.name}", tone=Tone.ANSWER)
