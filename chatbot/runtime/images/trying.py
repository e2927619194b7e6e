"""The images of each project's newest release are asked for once: for `chatbot check --online`."""

from collections.abc import Iterable, Mapping, Sequence

from chatbot.core.images.progress import after_answer
from chatbot.core.images.readiness import missing_platforms, names_of
from chatbot.core.images.words import image_sentence
from chatbot.core.model.facts import Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.images import ImageName, ImageState, ImageTemplate
from chatbot.core.model.watches import Project
from chatbot.core.releases.classification import Classified, classify
from chatbot.ports import Batch, Clock, OutOfReach, SourceRefused, SourceUnavailable
from chatbot.sources.registry.client import Registries


async def check_images(
    projects: Iterable[Project],
    batches: Mapping[ProjectId, Sequence[Batch]],
    registries: Registries,
    clock: Clock,
) -> list[str]:
    """What is wrong with the images that are configured, a sentence each, by those of the newest release in `batches`."""
    problems = list[str]()
    for project in projects:
        facts = [each for batch in batches.get(project.id, ()) for each in batch.observed if isinstance(each, Release)]
        newest = _newest(project, facts)
        for template, name in names_of(project, newest) if newest is not None else ():
            problems += await _of_image(project, newest, template, name, registries, clock)
    return problems


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
) -> list[str]:
    tag = newest.release.tag if newest is not None else ""
    if name is None:
        return [f"{project.id}: {template} names no image of {tag}: correct projects.images"]
    state = ImageState(name=name, must_have=template.platforms)
    try:
        answer = await registries.look(name, with_platforms=bool(template.platforms))
    except SourceUnavailable as away:
        return [OutOfReach(f"{project.id}: {name}: {away}")]
    except SourceRefused as refusal:
        return [f"{project.id}: {name}: {refusal}"]
    state = after_answer(state, answer, clock())
    if state.presence == "there" and not missing_platforms(state):
        return []
    return [
        f"{project.id}: {image_sentence(state, [state])} It is an image of the newest release, {tag}: check projects.images"
    ]
