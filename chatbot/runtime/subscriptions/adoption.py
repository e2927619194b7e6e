"""A role that somebody else made is used by the word of somebody who manages the room and may ping it, if it can do nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import structlog

from chatbot.core.line_roles import answers
from chatbot.core.line_roles.line_role import LineRole
from chatbot.core.line_roles.server_roles import ServerRoles
from chatbot.core.line_roles.wanted import has_roles, supported_lines
from chatbot.core.model.message import Message
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.watching.options import may_ping
from chatbot.ports import ChatRefused, ChatUnavailable
from chatbot.runtime.subscriptions.visit import Parts, context_of, project_for, visit
from chatbot.store import line_roles

log = structlog.get_logger(__name__)

_NOT_YOURS = (
    "you may not mention it in this channel, so I won't do that for you. Ask somebody with the permission Mention Everyone, "
    "or let everybody mention the role"
)


@dataclass(frozen=True, slots=True)
class Adoption:
    """Takes roles of other people into use. That the asker manages the room was checked before."""

    parts: Parts
    roles: Callable[[], Mapping[str, ServerRoles]]

    async def answer(self, ask: CommandRequest) -> Message:
        """Use the role that is called as ours would be."""
        guest = await visit(self.parts, ask)
        project, line = project_for(self.parts, guest), ask.arguments.get("version", "")
        if isinstance(project, Message):
            return project
        role = LineRole(server="", project=project.id, line=line)
        roles = self.roles().get(ask.asker.chat)
        if roles is None or not any(
            room.address == ask.room and has_roles(project, room) for room in self.parts.rooms()
        ):
            return answers.may_not_adopt(role, "this channel has no line roles: `line_roles` is off for it")
        context = await context_of(self.parts, guest, project)
        if line not in supported_lines(context.snapshot, context.policy, context.now):
            return answers.may_not_adopt(role, f"only supported lines have a role, and {line}.x is not among them")
        try:
            role = replace(role, server=await roles.server_of(ask.room))
            there = await roles.with_name(role.server, role.name)
        except (ChatRefused, ChatUnavailable) as refused:
            return answers.may_not_adopt(role, str(refused))
        async with self.parts.store.reading() as tx:
            stored = await line_roles.find(tx, role.server, role.project, role.line)
        if stored is not None and stored.stands:
            return answers.may_not_adopt(role, f"{project.name} {line}.x has a role already")
        fitting = next((each for each in there if not each.power and not each.out_of_reach), None)
        if fitting is None:
            why = "the server has none of this name"
            if there:
                why = there[0].power or "it stands above my own role, so I couldn't give it to anybody"
            return answers.may_not_adopt(role, why)
        if not (fitting.mentionable or may_ping(f"role:{fitting.id}", ask.may_ping)):
            return answers.may_not_adopt(role, _NOT_YOURS)
        role = replace(role, role=fitting.id, adopted=True)
        async with self.parts.store.writing() as tx:
            await line_roles.put(tx, role)
        log.info("a line role was adopted", server=role.server, role=role.name)
        return answers.adopted(project, role)
