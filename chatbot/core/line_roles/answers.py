"""What a person is answered about the role of a line: that it can ping them here, that it does, or why not."""

from dataclasses import replace

from chatbot.core.line_roles.line_role import LineRole
from chatbot.core.model.message import Action, Message, Spans, Strong, Text, Tone, field_of, paragraph
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import Project
from chatbot.core.queries.actions import DM_ME, PING_HERE
from chatbot.core.queries.query_context import unsure

_ADVISORIES = {  # an unknown severity pings nobody
    Severity.CRITICAL: "critical advisories",
    Severity.HIGH: "high and critical advisories",
    Severity.MEDIUM: "advisories from medium severity on",
    Severity.LOW: "advisories of every stated severity",
}
_VISIBLE = "Other members can see who has the role."


def with_offer(message: Message, project: Project, role: LineRole, threshold: Severity) -> Message:
    """The message with the other way to get alerts: pinged in the server, by the role of the line, from a severity on."""
    words = paragraph("Or be pinged here, by the role ", _named(role), f": {_pings(role, threshold)}. {_VISIBLE}")
    action = Action(PING_HERE, "Ping me here", project.id, role.line)
    return replace(message, body=(*message.body, words), actions=(action, *message.actions))


def with_role(message: Message, project: Project, role: LineRole, threshold: Severity) -> Message:
    """The card of somebody whom the role pings: no DM comes for the line."""
    where: Spans = (Text("the role "), _named(role), Text(f" is pinged in the server: {_pings(role, threshold)}"))
    fields = tuple(replace(each, spans=where) if each.label == "Alerts" else each for each in message.fields)
    action = Action(DM_ME, "DM me instead", project.id, role.line)
    return replace(
        message,
        fields=fields,
        body=(paragraph(_VISIBLE), *message.body),
        actions=(action, *message.actions),
    )


def with_note(message: Message, words: str) -> Message:
    """The message with one more sentence, which comes first."""
    return replace(message, body=(paragraph(words), *message.body))


def refused(role: LineRole, reason: str) -> Message:
    """The role could not be given or taken away. `reason` is a sentence without its end."""
    words = f"{reason[:1].upper()}{reason[1:].rstrip('.')}."
    return Message(
        title=f"The role “{role.name}” stays as it is",
        tone=Tone.WARNING,
        body=(paragraph(words),),
        private=True,
        answer=True,
    )


def no_role(project: Project, line: str) -> Message:
    """There is none for the line here, or not any more."""
    why = "There is a role for each line that is supported, where someone who manages the channel wants that."
    return replace(unsure(f"This server has no role for {project.name} {line}.x", why), private=True)


def may_not_adopt(role: LineRole, reason: str) -> Message:
    """The role of that name is not taken into use."""
    words = f"{reason[:1].upper()}{reason[1:].rstrip('.')}."
    return replace(unsure(f"I don't use the role “{role.name}”", words), private=True)


def adopted(project: Project, role: LineRole) -> Message:
    """From now on the role stands for the line."""
    return Message(
        title=f"The role “{role.name}” now stands for {project.name} {role.line}.x",
        tone=Tone.GOOD,
        fields=(field_of("Pinged", "by security news that affects the line"),),
        body=(
            paragraph(
                "Members get it with the command subscribe. Whenever I give it to somebody I check first that it can still do"
                " nothing but carry its name. I never delete it."
            ),
        ),
        private=True,
        answer=True,
    )


def _pings(role: LineRole, threshold: Severity) -> str:
    """`high and critical advisories that affect 2.1.x`."""
    return f"{_ADVISORIES.get(threshold, _ADVISORIES[Severity.LOW])} that affect {role.line}.x"


def _named(role: LineRole) -> Strong:
    return Strong(f"@{role.name}")
