"""One project that a room watches by command, and the rooms as they are with all of those."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from chatbot.core.announce.messages import short_hash
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.watches import Project, Room
from chatbot.core.text import patterns
from chatbot.core.watching.options import YES, filter_of, value_of, zone_in

_LONGEST_NAME = 40  # characters of a repository's name in the id of its project
_REPOSITORY = patterns.compile(
    r"(?:https://github\.com/)?(?P<owner>[A-Za-z0-9][A-Za-z0-9_-]{0,99})/(?P<name>[A-Za-z0-9_.-]{0,99}[A-Za-z0-9_-])/?"
)
_SIGN = "~"  # stands in no configured id


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomWatch:
    """One project that a room watches by command.

    options: as in `core.watching.options`
    repository: `owner/name` where nobody configured the project, else ""
    server: the server that the room belongs to, as its chat calls it
    began_at: when it was asked for, by our clock
    """

    room: RoomAddress
    project: ProjectId
    options: Mapping[str, str] = field(default_factory=dict)
    repository: str = ""
    server: str = ""
    began_at: datetime

    @property
    def pair(self) -> tuple[ProjectId, RoomAddress]:
        """What it is known by."""
        return (self.project, self.room)


def repository_project(repository: str) -> Project:
    """The project of a repository that nobody configured: its id has a sign that no configured one can have, and it exists
    only in the rooms that watch it."""
    name = repository.partition("/")[2]
    number = short_hash("repository", repository.casefold())[:12]
    project = ProjectId(f"{name[:_LONGEST_NAME].casefold()}{_SIGN}{number}")
    return Project(id=project, name=name, repository=repository, public=False)


def repository_named(text: str) -> str:
    """The repository that is meant by `owner/name` or its address on the web; "" where none can be meant."""
    match = _REPOSITORY.fullmatch(text.strip())
    return f"{match['owner']}/{match['name']}" if match else ""


def is_of_repository(project: ProjectId) -> bool:
    """Whether a project's id is that of a repository which nobody configured."""
    return _SIGN in project


def projects_now(projects: Sequence[Project], watches: Sequence[RoomWatch]) -> tuple[Project, ...]:
    """The configured projects, then the repositories that rooms watch by command."""
    repositories = {watch.project: watch.repository for watch in watches if watch.repository}
    return (*projects, *(repository_project(each) for _, each in sorted(repositories.items())))


def rooms_now(
    projects: Sequence[Project],
    rooms: Sequence[Room],
    watches: Sequence[RoomWatch],
    zone_of: Callable[[str], tzinfo],
) -> tuple[Room, ...]:
    """The configured rooms as they stand, then what rooms watch by command. What the operator says of a room and a project
    counts alone, and a project that is not public is watched only where the operator says so."""
    public = {project.id for project in projects if project.public}
    by_file = {(project, room.address) for room in rooms for project in room.projects}
    return (
        *rooms,
        *(
            Room(
                address=watch.room,
                projects=(watch.project,),
                watch_filter=filter_of(watch.options, zone_of),
                line_roles=value_of(watch.options, "line_roles") == YES,
                zone=zone_in(watch.options, zone_of),
            )
            for watch in sorted(watches, key=lambda each: each.pair)
            if (watch.project in public or watch.repository) and watch.pair not in by_file
        ),
    )


def can_be_watched(projects: Sequence[Project], rooms: Sequence[Room], room: RoomAddress) -> list[Project]:
    """The configured projects that a room may watch: public ones, and those that the operator named for it. `rooms` are the
    configured ones."""
    here = {name for each in rooms if each.address == room for name in each.projects}
    return [project for project in projects if project.public or project.id in here]
