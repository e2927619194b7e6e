"""Every source is asked once, and nothing is remembered: for `chatbot check --online`."""

from collections.abc import Sequence

from chatbot.core.checks.result import CheckResult
from chatbot.core.model.facts import Advisory, PolicyPage, Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.core.text.words import count
from chatbot.ports import Batch, SourceRefused, SourceUnavailable
from chatbot.runtime.ingest.poller import Poller
from chatbot.runtime.services import Services

Failure = tuple[Poller, SourceUnavailable | SourceRefused]


async def check_sources(services: Services, batches: dict[ProjectId, list[Batch]]) -> list[CheckResult]:
    """A result for each project of which all sources could be read, and for each cause why others could not. `batches` is
    filled with what they showed."""
    failures = list[Failure]()
    for poller in services.pollers:
        project = poller.project.id
        try:
            batches.setdefault(project, []).append(await poller.source.poll({}))
        except (SourceUnavailable, SourceRefused) as error:
            failures.append((poller, error))
    unread = {poller.project.id for poller, _ in failures}
    causes: dict[str, tuple[bool, str, list[str]]] = {}
    for poller, failure in _without_echoes(failures):
        away, sentence = isinstance(failure, SourceUnavailable), str(failure)
        cause = sentence.partition(" answered ")[2] or sentence  # the same of one address as of the next
        causes.setdefault(cause, (away, sentence, []))[2].append(poller.source.name)
    whole = [project for project in services.config.projects if project.id not in unread]
    return [
        *(_of_project(project, batches.get(project.id, ())) for project in whole),
        *(_of_sources(sentence, names, away=away) for away, sentence, names in causes.values()),
    ]


def _without_echoes(failures: Sequence[Failure]) -> list[Failure]:
    """Without what signals say of a repository that the forge itself refuses: it is the same cause in other words."""
    refused = {poller.project.id for poller, error in failures if _is_refused(error) and not _is_signal(poller)}
    return [
        (poller, error)
        for poller, error in failures
        if not (_is_signal(poller) and _is_refused(error) and poller.project.id in refused)
    ]


def _is_refused(error: SourceUnavailable | SourceRefused) -> bool:
    return isinstance(error, SourceRefused)


def _is_signal(poller: Poller) -> bool:
    return poller.source.profile.kind == "signal"


def _of_project(project: Project, batches: Sequence[Batch]) -> CheckResult:
    facts = [fact for batch in batches for fact in batch.observed]
    releases = len({fact.tag for fact in facts if isinstance(fact, Release)})
    advisories = len({fact.id for fact in facts if isinstance(fact, Advisory)})  # several sources may list one
    pages = [fact for fact in facts if isinstance(fact, PolicyPage) and fact.exists]
    policy = next((page.path or page.link for page in pages), "") or (
        "a security policy" if pages else "no security policy"
    )
    right = f"{count(releases, 'release')}, {count(advisories, 'advisory')}, {policy}"
    return CheckResult(kind="source", subject=project.id, right=(right,))


def _of_sources(sentence: str, names: Sequence[str], *, away: bool) -> CheckResult:
    more = f" (and {count(len(names) - 1, 'more source')} for the same reason)" if len(names) > 1 else ""
    words = f"{sentence}{more}"
    return CheckResult(kind="source", subject=names[0], wrong=() if away else (words,), away=words if away else "")
