"""`/announce now`, `hold` and `skip` of a change of the policy page: checked, written to the audit log and planned."""

from dataclasses import dataclass

import structlog

from chatbot.core.maintainers import answers
from chatbot.core.maintainers.word import Action, Word
from chatbot.core.model.message import Message
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.queries.query_context import QueryContext
from chatbot.runtime.ingest.planner import Planner
from chatbot.runtime.ingest.policy_changes import waiting
from chatbot.store.database.db import Tx
from chatbot.store.maintainers import words

log = structlog.get_logger(__name__)

_ACTIONS: frozenset[Action] = frozenset({"now", "hold", "skip"})


@dataclass(slots=True)
class PolicyCommands:
    """Carries out what maintainers say of a changed policy page, while it waits for them."""

    planner: Planner

    async def answer(self, ask: CommandRequest, action: Action | None, context: QueryContext) -> Message:
        """The answer to a command about the policy page. Raises StoreUnavailable."""
        project = context.project
        if action not in _ACTIONS:
            return answers.not_of_policy()
        async with self.planner.store.reading() as tx:
            rows = await waiting(tx, project.id)
        if not rows:
            return answers.no_policy_waits(project)
        subject = rows[-1].subject
        word = Word(action=action, subject=subject, by=ask.asker, at=context.now)

        async def write(tx: Tx) -> None:
            await words.say(tx, project.id, word)

        steps = await self.planner.replan(project, {subject}, word.at, write)
        log.info("a maintainer decided", project=project.id, action=action, subject=subject)
        to_send = sum(
            len(each.revisions)
            for each in steps.messages
            if each.kind == "new" and each.subject.startswith(f"policy/{project.id}/")
        )
        return answers.policy_result(project, action, to_send)
