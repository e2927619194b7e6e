"""What rooms are told of line roles: one retires, was deleted, or its name is taken; and what a person is answered."""

from collections.abc import Sequence

from chatbot.core.line_roles.line_role import GRACE, LineRole
from chatbot.core.line_roles.server_roles import ServerRole
from chatbot.core.model.message import Action, Code, Mention, Message, Tone, field_of, paragraph
from chatbot.core.model.watches import Project
from chatbot.core.queries.actions import ADOPT_ROLE

LABEL = "Line role"


def retired(project: Project, role: LineRole, *, has_ended: bool) -> Message:
    """The last message that pings the role."""
    line = f"{role.line}.x"
    why = f"support of {project.name} {line} has ended" if has_ended else "no channel of this server wants it any more"
    after = "The role stays as it is." if role.adopted else f"I delete it in {GRACE.days} days."
    title = f"The role “{role.name}” pings nobody any more"
    return Message(
        title=title,
        tone=Tone.POLICY,
        label=LABEL,
        headline=f"{title}: {why}",
        fields=(field_of("Why", f"{why[:1].upper()}{why[1:]}"), field_of("The role", after)),
        body=(
            paragraph(
                f"Do you still run {line}? ",
                Code(f"/subscribe {role.line}"),
                " sends you its alerts as a DM.",
            ),
        ),
        mentions=(Mention("role", role.role),),
    )


def deleted_role(project: Project, role: LineRole) -> Message:
    """Somebody deleted a role that people had chosen."""
    how = paragraph(
        f"Whoever had it is not pinged for {project.name} {role.line}.x now. ",
        Code(f"/subscribe {role.line}"),
        " gives you the new one that I make, or DMs.",
    )
    return Message(title=f"The role “{role.name}” was deleted", tone=Tone.WARNING, label=LABEL, body=(how,))


def name_in_use(project: Project, role: LineRole, there: Sequence[ServerRole]) -> Message:
    """The server has a role of the name that ours would have. Only a word of somebody who manages the room makes it ours."""
    power = there[0].power
    fields = (field_of("Trouble", f"{power[:1].upper()}{power[1:]}"),) if power else ()
    words = (
        "I only use a role that does nothing but carry its name. Take that away from it, or rename the role: then I make my own."
        if power
        else "I don't know it as mine. Somebody who manages this channel and may mention the role can let me use it; or rename"
        " the role, and I make my own. If I made it before my database was lost or replaced, delete it, or let me use it."
    )
    actions = () if power else (Action(ADOPT_ROLE, "Use this role", project.id, role.line),)
    return Message(
        title=f"This server already has a role “{role.name}”",
        tone=Tone.WARNING,
        label=LABEL,
        fields=(field_of("For", f"{project.name} {role.line}.x"), *fields),
        body=(paragraph(words),),
        actions=actions,
    )
