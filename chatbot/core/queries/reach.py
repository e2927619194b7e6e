"""Which projects a request may ask about, and which one it means where it names none."""

from collections.abc import Collection, Sequence

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project, Room
from chatbot.core.queries.commands import CommandRequest


def in_reach(
    request: CommandRequest, projects: Sequence[Project], rooms: Sequence[Room], also: Collection[ProjectId] = ()
) -> tuple[Project, ...]:
    """The projects that this asker may ask about here: public ones, those the room watches, those the asker maintains, and
    `also` these: what they have subscribed to.

    Everywhere else a private project does not exist, and no answer may hint at it.
    """
    here = {name for room in rooms if request.room and room.address == request.room for name in room.projects}
    return tuple(
        project
        for project in projects
        if project.public or project.id in here or project.id in also or maintains(request, project)
    )


def is_watched_here(request: CommandRequest, project: Project, rooms: Sequence[Room]) -> bool:
    """Whether the room where it is asked watches the project."""
    return any(room.address == request.room and project.id in room.projects for room in rooms if request.room)


def maintains(request: CommandRequest, project: Project) -> bool:
    """Whether the asker is listed among the project's maintainers; checked for each request."""
    return not request.stranger and bool({request.asker, *request.also} & set(project.maintainers))


def among_others(request: CommandRequest, project: Project, rooms: Sequence[Room]) -> bool:
    """Whether people read along who may not know of the project: a maintainer asks about a private one in another room."""
    watching = any(room.address == request.room and project.id in room.projects for room in rooms)
    return bool(request.room) and not (project.public or watching or request.room == project.maintainers_room)


def names_of(project: Project) -> tuple[str, str, str]:
    """What the project may be called, in lower case."""
    return (project.id.lower(), project.name.lower(), project.repository.lower())


def project_meant(
    request: CommandRequest, projects: Sequence[Project], rooms: Sequence[Room], also: Collection[ProjectId] = ()
) -> Project | str:
    """The project that is asked about; else why nobody can tell: a sentence, or "" where none is named.

    A project that is named counts; else the room's only one; else, where the room has none, the only public one, or the
    only one in reach.
    """
    reach = in_reach(request, projects, rooms, also)
    text = request.arguments.get("project", "").lower()
    if text:
        matches = [project for project in reach if text in names_of(project)]
        return matches[0] if matches else f"There is no project “{text[:40]}” here."
    watched = {name for room in rooms if request.room and room.address == request.room for name in room.projects}
    here = [project for project in reach if project.id in watched]
    public = [project for project in reach if project.public]
    for candidates in (here or public, reach):
        if len(candidates) == 1:
            return candidates[0]
    return ""
