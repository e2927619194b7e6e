"""Reactions to alerts: upgraded, remind me, mute. Each ends what is queued for it, in one transaction with its own change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from chatbot.core.model.facts import Advisory
from chatbot.core.model.message import Message
from chatbot.core.model.watches import Project
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.queries.reference import Reference
from chatbot.core.subscriptions.answers import listing, reactions
from chatbot.core.subscriptions.moving import candidates, moved, newest_of_line, running
from chatbot.core.subscriptions.subscription import Subscription
from chatbot.runtime.subscriptions.visit import Parts, Visit, context_of, has_none, names_of, own_project
from chatbot.store.database.db import Tx
from chatbot.store.subscriptions import alerts, fan_outs, mutes, snoozes, subscriptions, undelivered

TOMORROW = timedelta(days=1)
_ABOUT_ALERTS = ("snooze", "mute", "unmute")  # actions that name an advisory


@dataclass(frozen=True, slots=True)
class Reactions:
    """Carries reactions out."""

    parts: Parts

    # ---- upgraded ------------------------------------------------------------------------------------------------------

    async def upgraded(self, guest: Visit) -> Message:
        """The subscription follows to the version that they run now: the one that is named, else the newest of its line."""
        project = own_project(self.parts, guest)
        if project is None or isinstance(project, Message):
            return project or has_none(guest)
        context = await context_of(self.parts, guest, project)
        theirs = guest.of_project(project.id)
        text = guest.ask.arguments.get("version", "") or self._newest(context, theirs)
        if not text:
            return reactions.which_version(context)
        reference = running(context, text)
        if isinstance(reference, Message):
            return reference
        fitting = candidates(context, theirs, reference.version)
        if len(fitting) > 1:
            return listing.which_moved(reference.version.text, fitting, names_of(self.parts, guest))
        if not theirs:
            return reactions.nothing_to_move(context, reference)
        return await self._move(guest, context, reference, fitting[0] if fitting else None)

    async def choose_moved(self, guest: Visit) -> Message:
        """The one of several that was chosen."""
        subscription = guest.subscription(guest.ask.arguments.get("value", ""))
        project = next(
            (each for each in self.parts.projects() if subscription and each.id == subscription.project), None
        )
        if subscription is None or project is None:
            return listing.no_longer_there(guest.prefix)
        context = await context_of(self.parts, guest, project)
        reference = running(context, guest.ask.arguments.get("id", ""))
        if isinstance(reference, Message):
            return reference
        return await self._move(guest, context, reference, subscription)

    def _newest(self, context: QueryContext, theirs: tuple[Subscription, ...]) -> str:
        """The newest release of the line of the only version or line that they run; "" where there are several."""
        narrow = [each for each in theirs if each.scope.kind != "project"]
        return newest_of_line(context, narrow[0]) if len(narrow) == 1 else ""

    async def _move(
        self, guest: Visit, context: QueryContext, reference: Reference, subscription: Subscription | None
    ) -> Message:
        now, after, has_dropped = self.parts.clock(), None, False
        async with self.parts.store.writing() as tx:
            current = {each.id: each for each in await subscriptions.of(tx, guest.address)}
            if subscription is not None and subscription.id in current:
                after = moved(context, current[subscription.id], reference, now)
                await subscriptions.replace(tx, after)
                if guest.dm:
                    has_dropped = await self._end_queued(tx, guest, after, list(current.values()))
        return await self.parts.thinking.of(
            context.project.id, reactions.now_runs, context, reference, after, has_dropped
        )

    async def _end_queued(self, tx: Tx, guest: Visit, moved_one: Subscription, current: Sequence[Subscription]) -> bool:
        """Nothing that is queued for what they ran before is sent any more; what is about another subscription of theirs is
        planned again. Return whether something was on its way that does not come any more."""
        now = self.parts.clock()
        if any(each.project == moved_one.project and each.id != moved_one.id for each in current):
            await undelivered.take_back(tx, guest.dm, now)
            await fan_outs.again(tx, guest.address)
            return False  # what still concerns them comes after all
        return await alerts.end(tx, guest.dm, moved_one.project, None, now) > 0

    # ---- snooze and mute -----------------------------------------------------------------------------------------------

    async def snooze(self, guest: Visit) -> Message:
        """Say it once more tomorrow."""
        about = await self._advisory(guest)
        if isinstance(about, Message):
            return about
        context, advisory = about
        due = self.parts.clock() + TOMORROW
        async with self.parts.store.writing() as tx:
            posted = await alerts.posted(tx, context.project.id, advisory.id, [guest.dm], aliases=advisory.ids)
            if posted:
                await snoozes.put(tx, guest.address, context.project.id, advisory.id, due)
        if not posted:
            return replace(
                unsure(f"I have not alerted you of {advisory.id}", "So there is nothing to remind you of."),
                private=True,
            )
        return reactions.remind(advisory, due)

    async def mute(self, guest: Visit) -> Message:
        """Nothing more of it."""
        about = await self._advisory(guest)
        if isinstance(about, Message):
            return about
        context, advisory = about
        async with self.parts.store.writing() as tx:
            await mutes.add(tx, guest.address, context.project.id, advisory.id, self.parts.clock())
            if guest.dm:
                for name in sorted(advisory.ids):  # they may have been alerted of it by an earlier one
                    await alerts.end(tx, guest.dm, context.project.id, name, self.parts.clock())
        return reactions.muted(context, advisory)

    async def unmute(self, guest: Visit) -> Message:
        """It counts again."""
        about = await self._advisory(guest)
        if isinstance(about, Message):
            return about
        context, advisory = about
        async with self.parts.store.writing() as tx:
            for name in sorted(advisory.ids):
                await mutes.remove(tx, guest.address, context.project.id, name)
        return reactions.unmuted(advisory)

    async def _advisory(self, guest: Visit) -> tuple[QueryContext, Advisory] | Message:
        """The advisory that is named, else that of their last alert, and its project; else an answer that says why not."""
        if not guest.own:
            return has_none(guest)
        text, projects = guest.ask.arguments.get("id", "").rpartition("/")[2], self._projects(guest)
        if not text:
            async with self.parts.store.reading() as tx:
                text, projects = await self._last(tx, guest, projects)
        for project in projects if text else ():
            context = await context_of(self.parts, guest, project)
            name = text.casefold()
            for advisory in context.snapshot.advisories.values():
                if name in {each.casefold() for each in advisory.ids}:
                    return context, advisory
        if not text:
            return reactions.which_advisory(guest.prefix, guest.ask.command)
        return reactions.no_such_advisory(text, {each.id: each.name for each in projects})

    def _projects(self, guest: Visit) -> list[Project]:
        """Those that they subscribed to; of them the one that is named, if one is."""
        text = guest.ask.arguments.get("project", "").casefold()
        own = {each.project for each in guest.own}
        theirs = [project for project in self.parts.projects() if project.id in own]
        return [each for each in theirs if not text or text in (each.id.casefold(), each.name.casefold())]

    async def _last(self, tx: Tx, guest: Visit, projects: list[Project]) -> tuple[str, list[Project]]:
        """The advisory of the last alert in their DM, and its project."""
        message = await alerts.last_choices(tx, guest.dm) if guest.dm else None
        actions = message.actions if message is not None else ()
        action = next((each for each in actions if each.name in _ABOUT_ALERTS), None)
        if action is None:
            return "", projects
        return action.subject.rpartition("/")[2], [each for each in projects if each.id == action.project]
