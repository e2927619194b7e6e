"""`/unsubscribe`: which of the asker's own subscriptions is meant, and its end."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.core.model.message import Message
from chatbot.core.queries import reach
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.subscriptions.answers import listing
from chatbot.core.subscriptions.moving import place_of
from chatbot.core.subscriptions.subscription import Subscription
from chatbot.core.subscriptions.wishes import Wish, read_wish
from chatbot.runtime.subscriptions.queued import end_queued
from chatbot.runtime.subscriptions.visit import Parts, Visit, context_of, guarded_names_of, has_none, names_of
from chatbot.store.subscriptions import subscriptions


@dataclass(frozen=True, slots=True)
class Endings:
    """Ends subscriptions."""

    parts: Parts

    async def unsubscribe(self, guest: Visit) -> Message:
        """End what is meant; ask where that may be several."""
        text = guest.ask.arguments.get("version", "")
        names = names_of(self.parts, guest)
        if text.casefold() == listing.ALL and not guest.ask.arguments.get("project"):
            return await self._end_all(guest)
        if not guest.own:
            return has_none(guest)
        if text.startswith("#"):  # a button
            subscription = guest.subscription(text.removeprefix("#"))
            return (
                listing.no_longer_there(guest.prefix)
                if subscription is None
                else await self._end(guest, [subscription])
            )
        candidates = self._candidates(guest)
        if text.casefold() == listing.ALL:
            return await self._end(guest, candidates) if candidates else has_none(guest)
        matching = await self._matching(guest, candidates, text) if text else candidates
        if not matching:
            project = guest.ask.arguments.get("project", "")
            return listing.not_among(text or project, guest.own, names)
        if len(matching) > 1:
            return listing.which_to_end(matching, names, guest.prefix)
        return await self._end(guest, matching)

    async def choose(self, guest: Visit) -> Message:
        """One of a menu, or all."""
        value = guest.ask.arguments.get("value", "")
        if value == listing.ALL:
            return await self._end_all(guest)
        subscription = guest.subscription(value)
        return listing.no_longer_there(guest.prefix) if subscription is None else await self._end(guest, [subscription])

    def _candidates(self, guest: Visit) -> list[Subscription]:
        """Those of the project that is named; else of the room's, where they have one of it; else all."""
        text = guest.ask.arguments.get("project", "").casefold()
        projects = {project.id: project for project in self.parts.projects()}
        if text:
            called = {each.id: {each.id.casefold(), each.name.casefold()} for each in projects.values()}
            return [each for each in guest.own if text in called.get(each.project, {each.project.casefold()})]
        rooms = self.parts.rooms()
        here = [
            each
            for each in guest.own
            if each.project in projects and reach.is_watched_here(guest.ask, projects[each.project], rooms)
        ]
        return here or list(guest.own)

    async def _matching(self, guest: Visit, candidates: Sequence[Subscription], text: str) -> list[Subscription]:
        """Those that are called so; else those whose line has the version that was typed."""
        bare = text.casefold().removeprefix("v")
        called = [each for each in candidates if bare in _names(each)]
        if called:
            return called
        of_line: list[Subscription] = []
        for project in self.parts.projects():
            theirs = [each for each in candidates if each.project == project.id]
            if theirs:
                context = await context_of(self.parts, guest, project)
                of_line += [each for each in theirs if _is_meant(context, each, text)]
        return of_line

    async def _end_all(self, guest: Visit) -> Message:
        """Everything ends, also what cannot be shown now."""
        everything = (*guest.own, *guest.hidden)
        return await self._end(guest, everything) if everything else has_none(guest)

    async def _end(self, guest: Visit, ending: Sequence[Subscription]) -> Message:
        """They end; what is queued about a project of which nothing is left ends too."""
        ids = {each.id for each in ending}
        rest = [each for each in guest.own if each.id not in ids]
        async with self.parts.store.writing() as tx:
            await subscriptions.remove(tx, ids)
            await end_queued(tx, guest.person, ending, rest, self.parts.clock())
        return listing.end_answer(ending, guarded_names_of(self.parts, guest), len(rest), guest.prefix)


def _names(subscription: Subscription) -> set[str]:
    name = subscription.scope.name.casefold().removeprefix("v")
    return (
        {name, f"{name}.x", listing.name_to_type(subscription).casefold()}
        if name
        else {subscription.project.casefold()}
    )


def _is_meant(context: QueryContext, subscription: Subscription, text: str) -> bool:
    """Whether the words ask for this subscription, as they did when it was made."""
    choice = read_wish(context, text)
    if not isinstance(choice, Wish):
        return False
    probe = Subscription(
        person=subscription.person,
        project=subscription.project,
        scope=choice.scope,
        since=context.now,
        confirmed_at=context.now,
    )
    is_exact = subscription.scope.kind == "version" and subscription.scope.name == choice.version
    is_line = subscription.scope.kind == "line" and place_of(context, subscription) == place_of(context, probe)
    return is_exact or is_line
