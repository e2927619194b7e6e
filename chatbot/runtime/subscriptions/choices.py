"""“Ping me here” or “DM me”: the role of a line, given and taken away by its member's own command, checked at that moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from chatbot.core.line_roles import answers
from chatbot.core.line_roles.line_role import LineRole
from chatbot.core.line_roles.server_roles import ServerRoles
from chatbot.core.line_roles.wanted import lowest_pinged
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Message
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import Project
from chatbot.core.queries import actions
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.queries.suggest import Suggestion
from chatbot.core.subscriptions.answers import refusals
from chatbot.core.subscriptions.subscription import MOST, Scope, Subscription
from chatbot.core.subscriptions.wishes import Wish, read_wish
from chatbot.ports import ChatRefused, ChatUnavailable
from chatbot.runtime.subscriptions.adoption import Adoption
from chatbot.runtime.subscriptions.commands import SubscriptionCommands
from chatbot.runtime.subscriptions.visit import Parts, Visit, context_of, project_for, visit
from chatbot.store import line_roles
from chatbot.store.subscriptions import subscriptions

_AWAY = "I can't reach the server at the moment; please try again in a few minutes"


@dataclass(slots=True)
class AlertCommands:
    """The commands of subscriptions, with the choice between a DM and the role of a line where a server has one."""

    parts: Parts
    roles: Callable[[], Mapping[str, ServerRoles]]
    subscribing: SubscriptionCommands = field(init=False)
    adoption: Adoption = field(init=False)

    def __post_init__(self) -> None:
        self.subscribing = SubscriptionCommands(self.parts)
        self.adoption = Adoption(self.parts, self.roles)

    @property
    def names(self) -> frozenset[str]:
        return self.subscribing.names | {actions.PING_HERE, actions.DM_ME, actions.ADOPT_ROLE}

    async def answer(self, ask: CommandRequest) -> Message:
        """The answer. Raises StoreUnavailable."""
        match ask.command:
            case actions.PING_HERE:
                return replace(await self._ping_here(ask), private=True, answer=True)
            case actions.DM_ME:
                return replace(await self._dm_me(ask), private=True, answer=True)
            case actions.ADOPT_ROLE:
                return await self.adoption.answer(ask)
            case _:
                return await self._ordinary(ask)

    async def meet(self, ask: CommandRequest, message: Message) -> Message:
        """The answer to any other command, with what the asker must know first."""
        return message if ask.command in self.names else await self.subscribing.meet(ask, message)

    async def suggest(self, ask: CommandRequest, text: str) -> list[Suggestion] | None:
        return await self.subscribing.suggest(ask, text)

    async def _ordinary(self, ask: CommandRequest) -> Message:
        """What the command answers, with the way by the role; a role whose subscription ended or moved on goes with it."""
        if ask.asker.chat not in self.roles():
            return await self.subscribing.answer(ask)
        before = await visit(self.parts, ask)
        message = await self.subscribing.answer(ask)
        after = await visit(self.parts, ask, before)
        for note in await self._follow(before, after):
            message = answers.with_note(message, note)
        return await self._with_choice(await visit(self.parts, ask, before), message)

    # ---- what a card offers --------------------------------------------------------------------------------------------

    async def _with_choice(self, guest: Visit, message: Message) -> Message:
        """The card of a line with the choice that there is; a DM that was refused, with the role in its place."""
        subscription = _shown(guest, message)
        if subscription is not None and subscription.via == "role":
            role, project = await self._role_of(subscription), self._project(subscription.project)
            if role is not None and project is not None:
                return answers.with_role(message, project, role, await self._threshold(role, project))
            return message
        line = await self._line(guest, subscription)
        if line is None:
            return message
        project, name = line
        role = await self._role_here(guest, project, name)
        if role is None:
            return message
        return answers.with_offer(message, project, role, await self._threshold(role, project))

    async def _line(self, guest: Visit, subscription: Subscription | None) -> tuple[Project, str] | None:
        """The line that a card is about, or that somebody asked for in vain."""
        if subscription is not None:
            project = self._project(subscription.project)
            is_line = project is not None and subscription.scope.kind == "line"
            return (project, subscription.scope.name) if project is not None and is_line else None
        if guest.ask.command != "subscribe":
            return None
        meant = project_for(self.parts, guest)
        if isinstance(meant, Message):
            return None
        choice = read_wish(await context_of(self.parts, guest, meant), guest.ask.arguments.get("version", ""))
        return (meant, choice.scope.name) if isinstance(choice, Wish) and choice.scope.kind == "line" else None

    async def _role_here(self, guest: Visit, project: Project, line: str) -> LineRole | None:
        """The role of the line in the server where they ask; None where there is none, and where nobody can tell now."""
        roles = self.roles().get(guest.address.chat)
        if roles is None or not guest.ask.room or guest.ask.stranger:
            return None
        try:
            server = await roles.server_of(guest.ask.room)
        except (ChatRefused, ChatUnavailable):
            return None
        async with self.parts.store.reading() as tx:
            role = await line_roles.find(tx, server, project.id, line)
        return role if role is not None and role.stands and project.public else None

    async def _role_of(self, subscription: Subscription) -> LineRole | None:
        """The role by which they chose to be pinged."""
        async with self.parts.store.reading() as tx:
            server = (await line_roles.servers(tx)).get(subscription.home, "")
            return await line_roles.find(tx, server, subscription.project, subscription.scope.name)

    async def _threshold(self, role: LineRole, project: Project) -> Severity:
        """The least severity from which some room of the server pings the role."""
        async with self.parts.store.reading() as tx:
            servers = await line_roles.servers(tx)
        return lowest_pinged(project, [room for room in self.parts.rooms() if servers.get(room.address) == role.server])

    def _project(self, name: ProjectId) -> Project | None:
        return next((each for each in self.parts.projects() if each.id == name), None)

    # ---- ping me here --------------------------------------------------------------------------------------------------

    async def _ping_here(self, ask: CommandRequest) -> Message:
        guest = await visit(self.parts, ask)
        project, line = project_for(self.parts, guest), ask.arguments.get("version", "")
        if isinstance(project, Message):
            return project
        role = await self._role_here(guest, project, line)
        if role is None:
            return answers.no_role(project, line)
        before = _of_line(guest, project.id, line)
        if before is None and len(guest.own) >= MOST:
            return refusals.too_many(guest.prefix)
        if (refusal := await self._give(guest, role)) is not None:
            return refusal
        now = self.parts.clock()
        async with self.parts.store.writing() as tx:
            rooms = sorted(room for room, server in (await line_roles.servers(tx)).items() if server == role.server)
            home = ask.room if ask.room in rooms or not rooms else rooms[0]
            scope = Scope("line", line)
            wish = before or Subscription(
                person=ask.asker, project=project.id, scope=scope, since=now, confirmed_at=now
            )
            chosen = replace(wish, via="role", home=home, confirmed_at=now, unconfirmed=0)
            try:
                stored = await subscriptions.add(tx, chosen)
            except subscriptions.TooMany:
                return refusals.too_many(guest.prefix)
        return await self._card(ask, stored)

    async def _give(self, guest: Visit, role: LineRole) -> Message | None:
        """None where they have it now."""
        try:
            await self.roles()[guest.address.chat].give(role.server, role.role, guest.address)
        except ChatRefused as refused:
            return answers.refused(role, str(refused))
        except ChatUnavailable:
            return answers.refused(role, _AWAY)
        return None

    async def _card(self, ask: CommandRequest, subscription: Subscription) -> Message:
        shown = replace(ask, command="choose-subscription", arguments={"value": str(subscription.id)})
        return await self._with_choice(await visit(self.parts, shown), await self.subscribing.answer(shown))

    # ---- DM me ---------------------------------------------------------------------------------------------------------

    async def _dm_me(self, ask: CommandRequest) -> Message:
        """The DM first: as long as nothing reaches them there, the role goes on."""
        guest = await visit(self.parts, ask)
        project, line = project_for(self.parts, guest), ask.arguments.get("version", "")
        if isinstance(project, Message):
            return project
        before = _of_line(guest, project.id, line)
        arguments = {"version": f"{line}.x".replace(" ", "@"), "project": project.id}
        message = await self.subscribing.answer(replace(ask, command="subscribe", arguments=arguments))
        after = await visit(self.parts, ask, guest)
        if before is None or before.via != "role" or not after.is_reachable:
            return message
        if (refusal := await self._take(after, before)) is not None:
            return refusal
        changed = replace(before, via="dm")
        async with self.parts.store.writing() as tx:
            await subscriptions.replace(tx, changed)
        return await self._card(ask, changed)

    async def _take(self, guest: Visit, subscription: Subscription) -> Message | None:
        """None where they do not have the role any more."""
        role = await self._role_of(subscription)
        if role is None or not role.role:
            return None
        try:
            await self.roles()[guest.address.chat].take(role.server, role.role, guest.address)
        except ChatRefused as refused:
            return answers.refused(role, str(refused))
        except ChatUnavailable:
            return answers.refused(role, _AWAY)
        return None

    # ---- what became of subscriptions by a role ------------------------------------------------------------------------

    async def _follow(self, before: Visit, after: Visit) -> list[str]:
        """Take away the roles of subscriptions that have ended. One that moved to another line gets that line's role; where there
        is none, alerts come as DMs."""
        notes: list[str] = []
        current = {each.id: each for each in after.own}
        for former in (each for each in before.own if each.via == "role"):
            now = current.get(former.id)
            if now is not None and now.scope == former.scope:
                continue
            if now is not None:
                notes.append(await self._move(after, now))
            if (refusal := await self._take(after, former)) is not None:
                notes.append(f"{refusal.title}: an administrator can take it from you.")
        return notes

    async def _move(self, guest: Visit, subscription: Subscription) -> str:
        """The sentence that says how alerts come from now on."""
        role = await self._role_of(subscription) if subscription.scope.kind == "line" else None
        if role is not None and role.stands and await self._give(guest, role) is None:
            return f"You now have the role “{role.name}”."
        async with self.parts.store.writing() as tx:
            await subscriptions.replace(tx, replace(subscription, via="dm"))
        if guest.is_reachable:
            return "There is no role for that here, so alerts now come to our DM."
        return "There is no role for that here, and I have no DM with you yet: ask for alerts once more to open one."


def _shown(guest: Visit, message: Message) -> Subscription | None:
    """The subscription whose card this is."""
    action = next((each for each in message.actions if each.name == "unsubscribe"), None)
    return guest.subscription(action.subject.removeprefix("#")) if action is not None else None


def _of_line(guest: Visit, project: ProjectId, line: str) -> Subscription | None:
    return next((each for each in guest.of_project(project) if each.scope == Scope("line", line)), None)
