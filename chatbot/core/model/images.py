"""Container images: what of them is configured, what a registry said, and what is remembered of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Presence = Literal["there", "missing", "not public", "unknown"]


@dataclass(frozen=True, slots=True, order=True)
class Platform:
    """What an image runs on: `linux/amd64`, `linux/arm/v7`."""

    os: str
    architecture: str
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(filter(None, (self.os, self.architecture, self.variant)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageTemplate:
    """An image of a project as it is configured.

    registry: its host, with the port where it has one: `docker.io`, `127.0.0.1:5000`
    repository: its path there: `octocat/hello-world`
    tag: with `{version}`, `{tag}` and `{line}` for those of a release
    platforms: those that it must have to be complete; none: it only has to be there
    """

    registry: str
    repository: str
    tag: str = "{tag}"
    platforms: tuple[Platform, ...] = ()

    def __str__(self) -> str:
        return f"{self.registry}/{self.repository}:{self.tag}"


@dataclass(frozen=True, slots=True, order=True)
class ImageName:
    """One image: `docker.io/octocat/hello-world:v1.2.0`."""

    registry: str
    repository: str
    tag: str

    def __str__(self) -> str:
        return f"{self.registry}/{self.repository}:{self.tag}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageAnswer:
    """What a registry said of an image.

    platforms: those that it names, sorted; None: the digest is the one that is known already, they were not read again
    digest: of the index or the manifest, "" where its registry names none
    trouble: why not all could be read of an image that is there, else ""; then it is to be read again
    """

    presence: Presence
    platforms: tuple[Platform, ...] | None = ()
    digest: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageState:
    """What is remembered of an image of a release. All times are of our own clock.

    must_have: the platforms that it must have
    presence: what the registry last said; unknown: it never answered
    platforms, digest: as in its answer
    before: of a tag that moves from release to release, the digest that it had before this one
    first_seen_at: when it was first there
    asked_at: when the registry was last asked, with or without an answer
    failures: how many times in a row it has not answered
    trouble: why it did not, or what could not be read, else ""
    """

    name: ImageName
    must_have: tuple[Platform, ...] = ()
    presence: Presence = "unknown"
    platforms: tuple[Platform, ...] = ()
    digest: str = ""
    before: str = ""
    first_seen_at: datetime | None = None
    asked_at: datetime | None = None
    failures: int = 0
    trouble: str = ""
