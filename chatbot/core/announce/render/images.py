"""The line of an announcement about the images of a release, and of the releases that fix an advisory."""

from chatbot.core.announce.digest import Facts
from chatbot.core.announce.render.release import images_of_release, version_label
from chatbot.core.images.words import LABEL, image_facts, images_words
from chatbot.core.model.facts import Advisory
from chatbot.core.model.images import ImageState
from chatbot.core.model.message import Field, field_of
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot

MOST_FIXES = 3  # releases whose images an advisory's announcement names


def facts_of_release(snapshot: ProjectSnapshot, tag: str) -> Facts:
    """What a release's announcement says of its images."""
    return image_facts(snapshot.knowledge.images.get(tag, ()))


def of_fixes(snapshot: ProjectSnapshot, advisory: Advisory) -> list[Field]:
    """What is said of the images of the releases that fix an advisory."""
    fixes = _fixes(snapshot, advisory)
    if len(fixes) == 1:
        return images_of_release(snapshot, fixes[0][0].release.tag)
    words = [f"{version_label(item)}: {images_words(states)}" for item, states in fixes]
    return [field_of(LABEL, "; ".join(words))] if words else []


def facts_of_fixes(snapshot: ProjectSnapshot, advisory: Advisory) -> Facts:
    """What that line shows."""
    return [[item.release.tag, image_facts(states)] for item, states in _fixes(snapshot, advisory)]


def _fixes(snapshot: ProjectSnapshot, advisory: Advisory) -> list[tuple[Classified, tuple[ImageState, ...]]]:
    """The first releases that fix it, with their images, where their registries were asked."""
    pairs = [(item, snapshot.knowledge.images.get(item.release.tag, ())) for item in snapshot.fixing(advisory)]
    return [(item, states) for item, states in pairs if states][:MOST_FIXES]
