"""`/announce schedule` and `cancel`: checked, written to the audit log and planned in one transaction."""

from dataclasses import dataclass

from chatbot.core.announce.messages import Plan
from chatbot.core.maintainers.controls import Scheduled
from chatbot.core.maintainers.schedule import answers
from chatbot.core.maintainers.schedule.planning import schedule_subject
from chatbot.core.maintainers.schedule.reading import Intended, intended, version_of
from chatbot.core.maintainers.word import AT, SEVERITY, Word
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Message
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.queries.query_context import QueryContext
from chatbot.runtime.ingest.planner import Planner
from chatbot.store.database.db import Tx
from chatbot.store.maintainers import server_events, words
from chatbot.store.maintainers.recall import recall

NAMES = frozenset({"schedule", "schedule-anyway", "cancel"})


async def troubles(tx: Tx, project: ProjectId) -> list[tuple[str, str]]:
    """Where a planned release is no event of a server, and why."""
    stored = await server_events.every(tx, project)
    return [(f"No event for {each.version} in a server", each.reason) for each in stored if each.reason]


@dataclass(slots=True)
class ScheduleCommands:
    """Carries out what maintainers say of releases that are to come."""

    planner: Planner

    async def answer(self, ask: CommandRequest, name: str, context: QueryContext) -> Message:
        """The answer to one of `NAMES` by somebody who maintains the project. Raises StoreUnavailable."""
        if name == "cancel":
            return await self._cancel(ask, context)
        texts = [ask.arguments.get(each, "") for each in ("version", "time", "severity")]
        if name == "schedule-anyway":
            texts = [*ask.arguments.get("id", "").split(), "", "", ""][:3]
        plan = intended(texts[0], texts[1], texts[2], context.now)
        if isinstance(plan, str):
            return answers.unreadable(plan)
        project = context.project
        if context.snapshot.look_up(plan.version).release is not None:
            return answers.is_published(project, plan.version)
        is_meant = name == "schedule-anyway" or ask.arguments.get("anyway") == "yes"
        if not is_meant and not project.images:
            return answers.ask_again(project, plan)
        return await self._plan(ask, context, plan)

    async def _plan(self, ask: CommandRequest, context: QueryContext, plan: Intended) -> Message:
        details = {AT: plan.at.isoformat(), SEVERITY: str(plan.severity)}
        word = Word(action="schedule", subject=plan.version, by=ask.asker, at=context.now, details=details)
        before = context.snapshot.controls.scheduled.get(plan.version)

        async def write(tx: Tx) -> None:
            await words.say(tx, context.project.id, word)

        subject = schedule_subject(context.project.id, plan.version)
        steps = await self.planner.replan(context.project, {subject}, context.now, write)
        entry = Scheduled(version=plan.version, at=plan.at, severity=plan.severity, said_at=context.now)
        return answers.planned(context.project, entry, _rooms(steps, subject), before=before)

    async def _cancel(self, ask: CommandRequest, context: QueryContext) -> Message:
        project, version = context.project, version_of(ask.arguments.get("version", ""))
        if not version:
            return answers.unreadable("I can't read that as a version. Write it like 2.1.2.")
        entry = context.snapshot.controls.scheduled.get(version)
        if entry is None or entry.cancelled:
            return answers.not_planned(project, version)
        if context.snapshot.look_up(version).release is not None:
            return answers.is_published(project, version)
        subject = schedule_subject(project.id, version)
        recalled = 0

        async def write(tx: Tx) -> None:
            nonlocal recalled
            await words.say(tx, project.id, Word(action="cancel", subject=version, by=ask.asker, at=context.now))
            recalled = await recall(tx, [subject])

        steps = await self.planner.replan(project, {subject}, context.now, write)
        return answers.cancelled(project, entry, _rooms(steps, subject), recalled)


def _rooms(steps: Plan, subject: str) -> int:
    return len({room for each in steps.messages if each.subject == subject for room in each.revisions})
