"""The images of each project's newest release are asked for once: for `chatbot check --online`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from chatbot.core.checks.result import CheckResult
from chatbot.core.images.progress import after_answer
from chatbot.core.images.readiness import missing_platforms, names_of
from chatbot.core.images.words import image_sentence
from chatbot.core.model.facts import Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.images import ImageName, ImageState, ImageTemplate
from chatbot.core.model.watches import Project
from chatbot.core.releases.classification import Classified, classify
from chatbot.ports import Batch, Clock, SourceRefused, SourceUnavailable
from chatbot.sources.registry.client import Registries


async def check_images(
    projects: Iterable[Project],
    batches: Mapping[ProjectId, Sequence[Batch]],
    registries: Registries,
    clock: Clock,
) -> list[CheckResult]:
    """A result for each image that is configured, by those of the newest release in `batches`."""
    results = list[CheckResult]()
    for project in projects:
        facts = [each for batch in batches.get(project.id, ()) for each in batch.observed if isinstance(each, Release)]
        newest = _newest(project, facts)
        for template, name in names_of(project, newest) if newest is not None else ():
            results.append(await _of_image(project, newest, template, name, registries, clock))
    return results


def _newest(project: Project, facts: Sequence[Release]) -> Classified | None:
    items = classify(facts, (), lines=project.lines, tags=project.tags, exclude_tags=project.exclude_tags)
    newest = [item for item in items if item.newest and project.has_tag(item.release.tag)]
    return max(newest, key=lambda item: item.release.published_at, default=None)


async def _of_image(
    project: Project,
    newest: Classified | None,
    template: ImageTemplate,
    name: ImageName | None,
    registries: Registries,
    clock: Clock,
) -> CheckResult:
    tag = newest.release.tag if newest is not None else ""
    if name is None:
        words = f"it names no image of {tag}: correct projects.images"
        return CheckResult(kind="image", subject=f"{project.id}: {template}", wrong=(words,))
    result = CheckResult(kind="image", subject=f"{project.id}: {name}")
    state = ImageState(name=name, must_have=template.platforms)
    try:
        answer = await registries.look(name, with_platforms=bool(template.platforms))
    except SourceUnavailable as away:
        return replace(result, away=str(away))
    except SourceRefused as refusal:
        return replace(result, wrong=(str(refusal),))
    state = after_answer(state, answer, clock())
    sentence = image_sentence(state, [state])
    if state.presence == "there" and not missing_platforms(state):
        return replace(result, right=(sentence.rstrip(".").removeprefix(f"{name} "),))
    return replace(result, wrong=(f"{sentence} It is an image of the newest release, {tag}: check projects.images",))
