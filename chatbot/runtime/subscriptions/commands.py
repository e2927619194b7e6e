"""What people say about their alerts: who asks is looked up for each command, and nobody reaches anybody else's subscription."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import get_args

from chatbot.core.digests.personal import when_words, zone_of
from chatbot.core.model.ids import NOWHERE
from chatbot.core.model.message import Message, Paragraph, plain
from chatbot.core.model.watches import Project
from chatbot.core.queries import reach
from chatbot.core.queries.commands import CommandRequest, find, retyped
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.suggest import Suggestion, choice_suggestions
from chatbot.core.subscriptions import ageing, past
from chatbot.core.subscriptions.answers import listing, refusals
from chatbot.core.subscriptions.answers.card import Holding, card, confirmation, proof, with_dm
from chatbot.core.subscriptions.subscription import MOST, Releases, Scope, Subscription
from chatbot.core.subscriptions.wishes import Wish, read_scope, read_wish
from chatbot.runtime.subscriptions.endings import Endings
from chatbot.runtime.subscriptions.greeting import Greeting
from chatbot.runtime.subscriptions.meeting import Meeting
from chatbot.runtime.subscriptions.privacy import Privacy
from chatbot.runtime.subscriptions.queued import follow_choice
from chatbot.runtime.subscriptions.reactions import Reactions
from chatbot.runtime.subscriptions.visit import (
    Parts,
    Visit,
    context_of,
    has_none,
    in_place,
    names_of,
    project_for,
    visit,
)
from chatbot.store.subscriptions import subscriptions

Handler = Callable[[Visit], Awaitable[Message]]
_WITHOUT_TRYING = (
    "subscribe",
    "forget-me",
)  # the first tries with its own confirmation, the other wants no DM any more


@dataclass(slots=True)
class SubscriptionCommands:
    """The commands of subscriptions, by name."""

    parts: Parts
    greeting: Greeting = field(init=False)
    _handlers: Mapping[str, Handler] = field(init=False)

    def __post_init__(self) -> None:
        self.greeting = Greeting(self.parts)
        reactions, endings, privacy = Reactions(self.parts), Endings(self.parts), Privacy(self.parts)
        self._handlers = {
            "subscribe": self._subscribe,
            "subscriptions": self._list,
            "choose-scope": self._choose_scope,
            "choose-releases": self._choose_releases,
            "choose-subscription": self._show,
            "unsubscribe": endings.unsubscribe,
            "choose-end": endings.choose,
            "upgraded": reactions.upgraded,
            "choose-moved": reactions.choose_moved,
            "snooze": reactions.snooze,
            "mute": reactions.mute,
            "unmute": reactions.unmute,
            "my-data": privacy.my_data,
            "forget-me": privacy.forget_me,
        }

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._handlers)

    async def answer(self, ask: CommandRequest) -> Message:
        """The answer, for the asker alone where the chat can do that. What kept us from them is told first. Raises
        StoreUnavailable."""
        guest = await visit(self.parts, ask)
        trouble, refusal = guest.trouble, None
        if trouble and ask.command not in _WITHOUT_TRYING:
            refusal = await self.greeting.reach(guest, refusals.back(guest.prefix))
            guest = await visit(self.parts, ask, guest)
        message = await self._handlers[ask.command](guest)
        after = await visit(self.parts, ask, guest)
        if trouble and refusal is None and after.is_reachable:
            message = refusals.told_first(message, trouble, is_over=True)
        elif refusal is not None:
            message = refusals.told_first(message, _reason(refusal) or trouble, is_over=False)
        message = in_place(after, message)
        return refusals.with_lost(message, guest.profile.room_word) if guest.has_lost and message.private else message

    async def meet(self, ask: CommandRequest, message: Message) -> Message:
        """The answer to any other command, with what kept alerts from the asker."""
        if ask.command in self.names:
            return message
        return await Meeting(self.parts, self.greeting).meet(ask, message)

    async def suggest(self, ask: CommandRequest, text: str) -> list[Suggestion] | None:
        """What may be ended; None for what other commands suggest as well."""
        if ask.command != "unsubscribe":
            return None
        guest = await visit(self.parts, ask)
        return choice_suggestions([*dict.fromkeys(map(listing.name_to_type, guest.own)), listing.ALL], text)

    # ---- subscribe -----------------------------------------------------------------------------------------------------

    async def _subscribe(self, guest: Visit) -> Message:
        if not self.greeting.is_possible(guest):
            return refusals.no_alerts_here()
        project = project_for(self.parts, guest)
        if isinstance(project, Message):
            return project
        context = await context_of(self.parts, guest, project)
        choice = read_wish(context, guest.ask.arguments.get("version", ""))
        if isinstance(choice, Message):
            return choice
        before = _same(guest, project, choice)
        if before is None and len(guest.own) >= MOST:
            return refusals.too_many(guest.prefix)
        now = self.parts.clock()
        subscription = self._new(guest, project, choice, now) if before is None else self._again(guest, project, before)
        try:
            async with self.parts.store.writing() as tx:
                subscription = await subscriptions.add(tx, subscription)
        except subscriptions.TooMany:
            return refusals.too_many(guest.prefix)
        message = await self._card(guest, context, subscription, choice, is_new=True)
        if guest.is_reachable and not guest.ask.dm:
            return message
        return await self._confirm(guest, project, subscription, message, is_new=before is None)

    async def _confirm(
        self, guest: Visit, project: Project, subscription: Subscription, message: Message, *, is_new: bool
    ) -> Message:
        """Reach the person with the card; where that fails, what was just stored is forgotten."""
        greeted = confirmation(message) if guest.profile.private_in_rooms or guest.ask.dm else proof(message)
        line = guest.prefix + _line(guest, project)
        try:
            refusal = await self.greeting.reach(guest, greeted, project, line)
        except BaseException:
            await self._forget(subscription, is_new=is_new)
            raise
        if refusal is not None:
            await self._forget(subscription, is_new=is_new)
            return refusal
        if guest.ask.dm:
            return greeted if not guest.dm else message
        return with_dm(message) if guest.profile.private_in_rooms else message  # else it comes into the DM as well

    async def _forget(self, subscription: Subscription, *, is_new: bool) -> None:
        if is_new:
            async with self.parts.store.writing() as tx:
                await subscriptions.remove(tx, [subscription.id])

    def _new(self, guest: Visit, project: Project, choice: Wish, now: datetime) -> Subscription:
        is_here = reach.is_watched_here(guest.ask, project, self.parts.rooms())
        homes = [each.home for each in guest.of_project(project.id) if each.home]
        return Subscription(
            person=guest.address,
            project=project.id,
            scope=choice.scope,
            min_severity=choice.min_severity,
            since=now,
            confirmed_at=now,
            home=guest.ask.room if is_here else homes[0] if homes else NOWHERE,
        )

    def _again(self, guest: Visit, project: Project, before: Subscription) -> Subscription:
        """The same once more: its settings stay, and they still run it. Of a project that is not public, this room is the one to
        be in from now on."""
        is_here = before.via == "dm" and reach.is_watched_here(guest.ask, project, self.parts.rooms())
        home = guest.ask.room if is_here and not (project.public and before.home) else before.home
        return replace(before, confirmed_at=self.parts.clock(), unconfirmed=0, home=home)

    # ---- cards and what their menus change -----------------------------------------------------------------------------

    async def _list(self, guest: Visit) -> Message:
        if not guest.own:
            return has_none(guest)
        message, many = await self._list_shown(guest), len(guest.hidden)
        return refusals.with_hidden(message, many, guest.profile.room_word) if many else message

    async def _list_shown(self, guest: Visit) -> Message:
        names = names_of(self.parts, guest)
        if len(guest.own) == 1 and guest.own[0].project in names:
            return await self._card_of(guest, guest.own[0])
        return listing.listing(guest.own, names, guest.prefix)

    async def _show(self, guest: Visit) -> Message:
        subscription = guest.subscription(guest.ask.arguments.get("value", ""))
        return (
            listing.no_longer_there(guest.prefix) if subscription is None else await self._card_of(guest, subscription)
        )

    async def _choose_scope(self, guest: Visit) -> Message:
        subscription, version = self._chosen(guest)
        project = self._project(guest, subscription)
        if subscription is None or project is None:
            return listing.no_longer_there(guest.prefix)
        context = await context_of(self.parts, guest, project)
        choice = read_scope(context, guest.ask.arguments.get("value", ""))
        if isinstance(choice, Message):
            return choice
        now = self.parts.clock()
        changed = replace(subscription, confirmed_at=now, unconfirmed=0)
        if (choice.scope, choice.min_severity) != (subscription.scope, subscription.min_severity):
            changed = replace(changed, scope=choice.scope, min_severity=choice.min_severity, since=now)
        if not await self._replace(guest, changed):
            return listing.no_longer_there(guest.prefix)
        return await self._card(
            guest, context, changed, replace(choice, version=choice.version or version), is_new=True
        )

    async def _choose_releases(self, guest: Visit) -> Message:
        subscription, version = self._chosen(guest)
        value = guest.ask.arguments.get("value", "")
        if subscription is None or self._project(guest, subscription) is None or value not in get_args(Releases):
            return listing.no_longer_there(guest.prefix)
        changed = replace(subscription, releases=value)  # type: ignore[arg-type]  # it is one of them
        if not await self._replace(guest, changed):
            return listing.no_longer_there(guest.prefix)
        async with self.parts.store.writing() as tx:
            await follow_choice(tx, guest.person, subscription, changed, self.parts.clock())
        return await self._card_of(guest, changed, version)

    def _chosen(self, guest: Visit) -> tuple[Subscription | None, str]:
        """The subscription that a menu is about, if it is theirs, and the version that the menu offers."""
        number, _, version = guest.ask.arguments.get("id", "").partition(" ")
        return guest.subscription(number), version

    async def _replace(self, guest: Visit, changed: Subscription) -> bool:
        """Store the change, unless the subscription has ended meanwhile."""
        async with self.parts.store.writing() as tx:
            if changed.id not in {each.id for each in await subscriptions.of(tx, guest.address)}:
                return False
            await subscriptions.replace(tx, changed)
        return True

    def _project(self, guest: Visit, subscription: Subscription | None) -> Project | None:
        """The subscription's project, as long as it is watched."""
        if subscription is None:
            return None
        own = {each.project for each in guest.own}
        in_reach = reach.in_reach(guest.ask, self.parts.projects(), self.parts.rooms(), own)
        return next((each for each in in_reach if each.id == subscription.project), None)

    async def _card_of(self, guest: Visit, subscription: Subscription, version: str = "") -> Message:
        project = self._project(guest, subscription)
        if project is None:
            return listing.listing(guest.own, names_of(self.parts, guest), guest.prefix)
        context = await context_of(self.parts, guest, project)
        choice = Wish(scope=subscription.scope, version=version)
        return await self._card(guest, context, subscription, choice, is_new=False)

    async def _card(
        self, guest: Visit, context: QueryContext, subscription: Subscription, choice: Wish, *, is_new: bool
    ) -> Message:
        others = [each for each in guest.own if each.id != subscription.id]
        list_at = when_words(zone_of([*others, subscription], self.parts.rooms()))
        return await self.parts.thinking.of(subscription.project, _card, context, subscription, choice, list_at, is_new)


def _card(context: QueryContext, subscription: Subscription, choice: Wish, list_at: str, is_new: bool) -> Message:
    snapshot = context.snapshot
    holding = Holding(
        version=choice.version,
        past=past.in_the_last_year(snapshot, subscription, context.now) if is_new else None,
        now=past.now(snapshot, subscription),
        list_at=list_at,
        notes=(choice.note, ageing.step(snapshot, context.policy, subscription, context.now)),
    )
    return card(context, subscription, holding)


def _reason(refusal: Message) -> str:
    """The chat's sentence of a refusal."""
    first = refusal.body[0] if refusal.body else None
    return plain(first.spans) if isinstance(first, Paragraph) else ""


def _line(guest: Visit, project: Project) -> str:
    """The line that asks the same once more."""
    command = find(guest.ask.command)
    arguments = {name: value for name, value in guest.ask.arguments.items() if name != "project"}
    return (retyped(command, arguments, project.id) if command is not None else "") or guest.ask.command


def _same(guest: Visit, project: Project, choice: Wish) -> Subscription | None:
    """What they have of it already: the same scope, or exactly the version that they named."""
    scopes = {choice.scope} | ({Scope("version", choice.version)} if choice.version else set())
    return next((each for each in guest.of_project(project.id) if each.scope in scopes), None)
