"""The words about a planned release, in rooms and to its maintainers: all are ours, so nothing embargoed can be among them."""

from typing import Literal

from chatbot.core.maintainers.controls import Scheduled
from chatbot.core.maintainers.schedule.phases import State
from chatbot.core.model.message import Field, Link, Message, Moment, Tone, field_of, paragraph
from chatbot.core.model.watches import Project

ReplyKind = Literal["moved", "cancelled", "reminder"]

_TITLES: dict[State, str] = {
    "planned": "{} is planned",
    "cancelled": "{} is planned",
    "late": "{} is late",
    "released": "{} is released",
}
_BODY: dict[State, str] = {
    "planned": "It fixes a problem of {} severity. Plan time to upgrade then. Its details are published with it.",
    "cancelled": "Cancelled. The maintainers no longer plan this release for that time.",
    "late": "It has not been published yet. There is nothing to install; this post says so when there is.",
    "released": "It has been published. Its own announcement says what it fixes and how to upgrade.",
}


def post(project: Project, entry: Scheduled, state: State, url: str = "") -> Message:
    """What a room shows of a planned release. `url`: of the release, once it is there."""
    title = _TITLES[state].format(_name(project, entry))
    is_struck = state == "cancelled"
    return Message(
        title=title,
        tone=Tone.WITHDRAWN if is_struck else Tone.GOOD if state == "released" else Tone.SECURITY,
        label=f"Cancelled · {_label(entry)}" if is_struck else _label(entry),
        severity=entry.severity,
        headline=_headline(entry, f"{title} for {Moment(entry.at).text}") if state == "planned" else title,
        url=url,
        fields=() if is_struck else (_when(entry, "When" if state == "planned" else "Planned for"),),
        body=(paragraph(_BODY[state].format(entry.severity)),),
        links=(Link("Release notes", url),) if url else (),
        footer=project.name,
        struck=is_struck,
    )


def reply(project: Project, entry: Scheduled, kind: ReplyKind) -> Message:
    """What is said to those who read the post and would not see that it was edited, or who have forgotten it."""
    name = _name(project, entry)
    if kind == "cancelled":
        title = f"{name} is not planned any more"
        body = paragraph("The maintainers cancelled it for the time that they had named.")
        return Message(title=title, tone=Tone.WITHDRAWN, headline=title, body=(body,))
    title = f"{name} is planned for another time" if kind == "moved" else f"{name} is due within the hour"
    return Message(
        title=title,
        tone=Tone.SECURITY,
        label=_label(entry),
        severity=entry.severity,
        headline=_headline(entry, f"{title}: {Moment(entry.at).text}"),
        fields=(_when(entry, "New time" if kind == "moved" else "When"),),
    )


def delay(project: Project, entry: Scheduled) -> Message:
    """To the maintainers: that the release has not come."""
    return Message(
        title=f"{_name(project, entry)} has not come",
        tone=Tone.WARNING,
        fields=(_when(entry, "Planned for"),),
        body=(
            paragraph(
                "I see no release of that version a day after its time, and the post about it says that it is late."
            ),
        ),
        small=((paragraph(f"Write: announce schedule {entry.version} TIME severity:{entry.severity}").spans),),
        footer=project.name,
    )


def _name(project: Project, entry: Scheduled) -> str:
    return f"{project.name} {entry.version}"


def _label(entry: Scheduled) -> str:
    return f"Planned security release · {entry.severity.capitalize()}"


def _headline(entry: Scheduled, words: str) -> str:
    """What a phone shows: how bad it is comes first."""
    return f"{entry.severity.capitalize()}-severity fix: {words}. Plan time to upgrade."


def _when(entry: Scheduled, label: str) -> Field:
    return field_of(label, Moment(entry.at))
