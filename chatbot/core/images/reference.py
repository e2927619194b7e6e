"""What a configured image means: its registry, its repository, and its tag for a release."""

import ipaddress

from chatbot.core.model.images import ImageName, ImageTemplate, Platform
from chatbot.core.text import patterns

DOCKER_HUB = "docker.io"
_ALIASES = frozenset({"index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "hub.docker.com"})
_HUB_ADDRESS = "https://registry-1.docker.io"
LONGEST_REPOSITORY = (
    255  # with its registry: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
)
_HOST = patterns.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?", ascii_only=True
)
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = patterns.compile(rf"{_PART}(?:/{_PART})*", ascii_only=True)
_TAG = patterns.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", ascii_only=True)
_WORD = patterns.compile(r"[a-z0-9][a-z0-9._-]{0,31}", ascii_only=True)
_PLACES = ("{version}", "{tag}", "{line}")
# What an architecture means without its variant, as containerd reads it.
_USUAL_VARIANTS = {"arm64": "v8", "amd64": "v1"}
_ARCHITECTURES = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "aarch64": "arm64",
    "armhf": "arm",
    "armel": "arm",
    "i386": "386",
}


class ImageError(ValueError):
    """It is not the name of an image, or not a platform. The text ends a sentence that begins with what was written."""


def parse_image(text: str, platforms: tuple[str, ...] = ()) -> ImageTemplate:
    """An image as it is configured, such as `ghcr.io/octocat/hello-world:v{version}`. A name without a tag has the release's own.
    One without a registry is on Docker Hub, as it is for `docker pull`. Raises ImageError."""
    first, slash, rest = text.partition("/")
    has_registry = slash and ("." in first or ":" in first or first == "localhost")
    registry, path = (first, rest) if has_registry else (DOCKER_HUB, text)
    repository, colon, tag = path.partition(":")
    registry = _registry(registry)
    if registry == DOCKER_HUB and "/" not in repository:
        repository = f"library/{repository}"
    if not _REPOSITORY.fullmatch(repository) or len(registry) + 1 + len(repository) > LONGEST_REPOSITORY:
        raise ImageError("is not the name of an image")
    tag = tag if colon else "{tag}"
    if not _TAG.fullmatch(_filled(tag, dict.fromkeys(_PLACES, "1"))):
        raise ImageError("has a tag that no image can have")
    must_have = tuple(dict.fromkeys(parse_platform(each) for each in platforms))
    return ImageTemplate(registry=registry, repository=repository, tag=tag, platforms=must_have)


def _registry(host: str) -> str:
    if not _HOST.fullmatch(host):
        raise ImageError("has a registry that is not a host name")
    _, colon, port = host.rpartition("]")[2].rpartition(":")
    if colon and not 0 < int(port) < 65_536:
        raise ImageError("has a registry with a port that cannot be")
    return DOCKER_HUB if host.lower() in _ALIASES else host.lower()


def parse_platform(text: str) -> Platform:
    """`linux/amd64`, `linux/arm/v7`; the usual variant of an architecture is left out. Raises ImageError."""
    parts = text.strip().lower().split("/")
    if not 2 <= len(parts) <= 3 or not all(_WORD.fullmatch(part) for part in parts):
        raise ImageError("is not a platform")
    return platform_of(*parts)


def is_platform(text: str) -> bool:
    """Whether a text can be read as a platform."""
    try:
        parse_platform(text)
    except ImageError:
        return False
    return True


def platform_of(os: str, architecture: str, variant: str = "") -> Platform:
    """A platform in its usual spelling: `arm64/v8` is `arm64`."""
    architecture = _ARCHITECTURES.get(architecture, architecture)
    return Platform(os, architecture, "" if variant == _USUAL_VARIANTS.get(architecture) else variant)


def is_platform_word(text: str) -> bool:
    """Whether a foreign word can be a part of a platform."""
    return _WORD.fullmatch(text) is not None


def has_platform(platforms: tuple[Platform, ...], platform: Platform) -> bool:
    """Whether one of them is the wanted one; without a variant, any will do."""
    return any(
        (each.os, each.architecture) == (platform.os, platform.architecture)
        and (not platform.variant or each.variant == platform.variant)
        for each in platforms
    )


def image_name(template: ImageTemplate, *, tag: str, version: str, line: str) -> ImageName | None:
    """The image of a release; None where it can have none: it has no line, or no image can have such a tag. What a tag must not
    contain is a dash there, as those who build images write it (`1.2.0+3`, `mail/v1.2.0`)."""
    values = {"{version}": _as_tag(version), "{tag}": _as_tag(tag), "{line}": _as_tag(line)}
    if any(place in template.tag and not value for place, value in values.items()):
        return None
    own_tag = _filled(template.tag, values)
    return ImageName(template.registry, template.repository, own_tag) if _TAG.fullmatch(own_tag) else None


def _as_tag(text: str) -> str:
    return text.replace("+", "-").replace("/", "-")


def _filled(tag: str, values: dict[str, str]) -> str:
    """The template with its places filled, each once: what stands in a value is no place."""
    pieces, rest = list[str](), tag
    while rest:
        at, place = min(((rest.find(each), each) for each in values if each in rest), default=(len(rest), ""))
        pieces += [rest[:at], values.get(place, "")]
        rest = rest[at + len(place) :]
    return "".join(pieces)


def moves(template: ImageTemplate) -> bool:
    """Whether its tag goes on to the next release, such as `latest` and `{line}`: that it is there says nothing by itself."""
    return "{version}" not in template.tag and "{tag}" not in template.tag


def registry_address(registry: str) -> str:
    """Where a registry is asked: by https, on this machine by http, as `docker` does it."""
    if registry == DOCKER_HUB:
        return _HUB_ADDRESS
    return f"{'http' if is_loopback(registry) else 'https'}://{registry}"


def is_loopback(host: str) -> bool:
    """Whether a host, with its port or without, is this machine by its name or its address."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
