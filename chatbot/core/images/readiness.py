"""Which images a release has, which of them are complete, and how long its announcement waits for the others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.core.images.reference import has_platform, image_name
from chatbot.core.model.images import ImageName, ImageState, ImageTemplate, Platform
from chatbot.core.model.knowledge import taken_back
from chatbot.core.model.watches import Project
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot

ASKED_FOR = timedelta(days=3)  # after a release: what is not there by then does not come
FIRST_ANSWER = timedelta(minutes=1)  # so long an announcement waits for a registry that was not asked yet


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageOfRelease:
    """An image that a release should have.

    name: None where the release cannot have one by this template: it has no line, or its tag is none for images
    state: None where the registry was not asked yet
    is_complete: it is there, for this release, with all platforms that it must have
    """

    template: ImageTemplate
    name: ImageName | None
    state: ImageState | None
    is_complete: bool


def images_of(snapshot: ProjectSnapshot, tag: str) -> tuple[ImageOfRelease, ...]:
    """The images that a release should have by the project's settings, in their order, each with what is known of it."""
    item = snapshot.releases[tag]
    states = {state.name: state for state in snapshot.knowledge.images.get(tag, ())}
    images = []
    for template, name in names_of(snapshot.project, item):
        state = states.get(name) if name is not None else None
        complete = state is not None and is_complete(state, states.values(), template.platforms)
        images.append(ImageOfRelease(template=template, name=name, state=state, is_complete=complete))
    return tuple(images)


def names_of(project: Project, item: Classified) -> list[tuple[ImageTemplate, ImageName | None]]:
    """The configured images with their names for this release; two that have one name are one."""
    version = item.version.text if item.version is not None else ""
    pairs = {
        str(name or template): (template, name)
        for template in reversed(project.images)
        for name in (image_name(template, tag=item.release.tag, version=version, line=item.line or ""),)
    }
    return list(reversed(pairs.values()))


def missing_platforms(state: ImageState, must_have: Iterable[Platform] | None = None) -> tuple[Platform, ...]:
    """Those that it must have and has not."""
    return tuple(
        each
        for each in (state.must_have if must_have is None else must_have)
        if not has_platform(state.platforms, each)
    )


def is_there(state: ImageState, others: Iterable[ImageState]) -> bool:
    """Whether it is there for this release. A tag that moves is so once it leads elsewhere than before the release, or where
    one of the release's `others` does that is known to be this release's."""
    if state.presence != "there":
        return False
    if not state.before or state.digest != state.before:
        return True
    beside = (each for each in others if each.name.repository == state.name.repository and not each.before)
    return any(each.presence == "there" and each.digest == state.digest for each in beside)


def is_complete(state: ImageState, others: Iterable[ImageState], must_have: Sequence[Platform] | None = None) -> bool:
    """Whether it is there for this release with all platforms that it must have."""
    return is_there(state, others) and not missing_platforms(state, must_have)


def is_awaited(snapshot: ProjectSnapshot, tag: str) -> bool:
    """Whether the images of a release matter: it is news of a project that has some."""
    tracked, item = snapshot.knowledge.releases[tag], snapshot.releases[tag]
    is_news = (not tracked.known_before or tracked.promoted_at is not None) and not taken_back(tracked)
    is_release = item.version is not None and not item.late and snapshot.project.has_tag(tag)
    return bool(snapshot.project.images) and is_news and is_release


def appeared_at(snapshot: ProjectSnapshot, tag: str) -> datetime:
    """When a release came: when it was published, or became a full release, but not later than it was read."""
    tracked = snapshot.knowledge.releases[tag]
    return tracked.promoted_at or min(tracked.fact.published_at, tracked.first_read_at)


def tags_to_ask(snapshot: ProjectSnapshot, now: datetime) -> tuple[str, ...]:
    """The tags of the releases whose registries are asked by themselves: they are news, and an image is not complete."""
    return tuple(
        tag
        for tag in snapshot.releases
        if is_awaited(snapshot, tag)
        and now - appeared_at(snapshot, tag) < ASKED_FOR
        and any(image.name is not None and not image.is_complete for image in images_of(snapshot, tag))
    )


def waits_until(snapshot: ProjectSnapshot, tag: str) -> datetime | None:
    """Until when routine news of a release waits for its images at most; None where it waits for none."""
    if not is_awaited(snapshot, tag):
        return None
    images = [image for image in images_of(snapshot, tag) if image.name is not None]
    if all(image.is_complete for image in images):
        return None
    until = appeared_at(snapshot, tag) + snapshot.project.wait_for_images
    if all(image.state is not None for image in images):
        return until
    tracked = snapshot.knowledge.releases[tag]
    return max(until, (tracked.promoted_at or tracked.first_read_at) + FIRST_ANSWER)
