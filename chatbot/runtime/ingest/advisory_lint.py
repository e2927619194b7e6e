"""Tells a project's maintainers what is wrong in an advisory as soon as it is read, before it has settled and is announced."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import structlog

from chatbot.core.advisory_lint.check import lint_advisory
from chatbot.core.advisory_lint.finding import Finding
from chatbot.core.advisory_lint.material import Material
from chatbot.core.advisory_lint.render import findings_message
from chatbot.core.announce.messages import short_hash
from chatbot.core.drift.schedule import LastTold
from chatbot.core.model.facts import Advisory
from chatbot.core.model.knowledge import Tracked, taken_back
from chatbot.core.recommend import stands
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.by_releases import ProjectSupport
from chatbot.core.support.current import current_policy
from chatbot.core.support.policy import Policy
from chatbot.runtime.delivery import notices
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.store import findings, outbox
from chatbot.store.database.db import Tx

log = structlog.get_logger(__name__)

_START = "advisory/"


@dataclass(slots=True)
class AdvisoryLint:
    """Looks at advisories that the project itself published or changed since the bot watches it, and again at those in which
    something was found, when anything changes."""

    reader: PolicyReader

    async def tell(self, tx: Tx, loaded: ProjectSnapshot, changed: Collection[str], now: datetime) -> None:
        """Enqueue what is to be fixed, where that is another thing than was said before."""
        project, room = loaded.project, loaded.project.maintainers_room
        if not room or not changed:
            return
        told_before = await findings.load(tx, project.id, room, _START)
        tracked = [
            each
            for each in loaded.knowledge.advisories.values()
            if each.authoritative and (each.fact.id in told_before or (_is_news(each) and _subject(each) in changed))
        ]
        if not tracked:
            return
        policy = current_policy(loaded.knowledge, self.reader.read)
        results = await asyncio.to_thread(_lint, loaded, policy, now.date(), tracked)
        for each in tracked:
            await self._of_advisory(tx, loaded, each, results[each.fact.id], told_before.get(each.fact.id), now)

    async def _of_advisory(
        self,
        tx: Tx,
        loaded: ProjectSnapshot,
        tracked: Tracked[Advisory],
        results: tuple[Finding, ...],
        before: LastTold | None,
        now: datetime,
    ) -> None:
        project, room, advisory = loaded.project, loaded.project.maintainers_room, tracked.fact
        problems = "\n".join(sorted(each.problem for each in results))
        if problems == (before.problem if before is not None else ""):
            return
        await outbox.lock(tx)
        if results:
            await findings.keep(tx, project.id, room, _START, {advisory.id: LastTold(problems, now)})
        else:
            await findings.drop(tx, project.id, room, _START, [advisory.id])
        if not results and (advisory.withdrawn_at is not None or taken_back(tracked)):
            return  # it is not put right, it is gone
        name = f"findings-{short_hash('findings', advisory.id, problems, now.isoformat())}"
        await outbox.add(tx, [notices.findings(project, findings_message(project, advisory, results), name)], now)
        log.info("the maintainers are told what to fix in an advisory", project=project.id, advisory=advisory.id)


def _is_news(tracked: Tracked[Advisory]) -> bool:
    return not tracked.known_before or tracked.changed_at > tracked.first_read_at


def _subject(tracked: Tracked[Advisory]) -> str:
    return f"advisory/{tracked.fact.subject}"


def _lint(
    loaded: ProjectSnapshot, policy: Policy | None, today: date, tracked: Collection[Tracked[Advisory]]
) -> Mapping[str, tuple[Finding, ...]]:
    """By id, what is wrong in each; nothing in one that was taken back."""
    material = material_of(loaded, policy, today)
    return {each.fact.id: () if taken_back(each) else lint_advisory(each.fact, material) for each in tracked}


def material_of(loaded: ProjectSnapshot, policy: Policy | None, today: date) -> Material:
    """What the project's advisories are compared with."""
    project, facts = loaded.project, loaded.knowledge
    releases = [item for tag, item in loaded.releases.items() if not taken_back(facts.releases[tag])]
    full = [item for item in releases if stands(loaded, item) and item.version and not item.version.package]
    missing = {
        tag: [str(state.name) for state in states if state.presence == "missing"]
        for tag, states in facts.images.items()
    }
    names = {project.name, str(project.id), project.repository, project.repository.rpartition("/")[2]}
    return Material(
        releases=releases,
        status=ProjectSupport(loaded, policy, today, full).of if policy is not None else None,
        missing_images=missing,
        names=frozenset(name.casefold() for name in names),
        lines=loaded.lines,
    )
