"""What is said of a release's images: a line in its announcement, and a sentence about each."""

from collections import Counter
from collections.abc import Sequence

from chatbot.core.images.readiness import is_there, missing_platforms
from chatbot.core.images.reference import has_platform
from chatbot.core.model.images import ImageName, ImageState, Platform
from chatbot.core.model.message import Field, field_of

MOST_PLATFORMS = 6  # of an image in an announcement
LABEL = "Docker images"


def images_field(states: Sequence[ImageState]) -> Field | None:
    """The line of an announcement, such as `Docker images: docker.io ✓ amd64, arm64 · ghcr.io not yet`; None where no
    registry was asked."""
    return field_of(LABEL, images_words(states)) if states else None


def images_words(states: Sequence[ImageState]) -> str:
    """The same line without its label."""
    labels = labels_of([state.name for state in states])
    return " · ".join(f"{labels[state.name]} {_words(state, states)}" for state in states)


def image_facts(states: Sequence[ImageState]) -> list[list[str | list[str]]]:
    """What that line shows, for a digest."""
    return [
        [
            str(state.name),
            _presence(state, states),
            [str(each) for each in _platforms_of(state)],
            [str(each) for each in missing_platforms(state)],
        ]
        for state in states
    ]


def labels_of(names: Sequence[ImageName]) -> dict[ImageName, str]:
    """The shortest names that tell images from each other: their registries, with the repository or the tag where needed."""
    registries = Counter(name.registry for name in names)
    places = Counter((name.registry, name.repository) for name in names)
    tags = Counter((name.registry, name.tag) for name in names)
    labels = {}
    for name in names:
        if registries[name.registry] == 1:
            labels[name] = name.registry
        elif places[name.registry, name.repository] == 1:
            labels[name] = f"{name.registry}/{name.repository}"
        elif tags[name.registry, name.tag] == 1:
            labels[name] = f"{name.registry} {name.tag}"
        else:
            labels[name] = str(name)
    return labels


def image_sentence(state: ImageState, states: Sequence[ImageState]) -> str:
    """A sentence for maintainers: what is known of an image, and what to do. `states` are those of all the release's images."""
    name, platforms = str(state.name), ", ".join(map(str, state.platforms))
    missing = ", ".join(map(str, missing_platforms(state)))
    match _presence(state, states):
        case "there":
            words = f"{name} is there{f' ({platforms})' if platforms else ''}"
            words += f", without {missing}." if missing else "."
        case "not moved":
            words = f"{name} is there, but nothing shows that it belongs to this release yet."
        case "missing":
            words = f"{name} is not there yet."
        case "not public":
            words = f"{name} is not public, or does not exist: make it public in the registry's settings."
        case _:
            words = f"{name}: the registry could not be asked yet."
    return f"{words} {_sentence(state.trouble)}".rstrip()


def _sentence(trouble: str) -> str:
    return f"{trouble[:1].upper()}{trouble[1:].rstrip('.')}." if trouble else ""


def _presence(state: ImageState, states: Sequence[ImageState]) -> str:
    return "not moved" if state.presence == "there" and not is_there(state, states) else state.presence


def _words(state: ImageState, states: Sequence[ImageState]) -> str:
    match _presence(state, states):
        case "there":
            there, missing = platform_words(_platforms_of(state)), platform_words(missing_platforms(state))
            if missing and not there:
                return f"✓ ({missing} not yet)"
            return f"✓ {there}{f' ({missing} not yet)' if missing else ''}".rstrip()
        case "missing" | "not moved":
            return "not yet"
        case "not public":
            return "not public"
        case _:
            return "could not be asked yet"


def _platforms_of(state: ImageState) -> tuple[Platform, ...]:
    """Of the platforms that it has, those that it must have, or all where nobody said."""
    if not state.must_have:
        return state.platforms
    return tuple(each for each in state.must_have if has_platform(state.platforms, each))


def platform_words(platforms: Sequence[Platform]) -> str:
    """`amd64, arm64, arm/v7`; with the system where it is another than Linux."""
    words = [str(each).removeprefix("linux/") for each in platforms]
    more = len(words) - MOST_PLATFORMS
    return ", ".join(words) if more <= 0 else f"{', '.join(words[:MOST_PLATFORMS])} and {more} more"
