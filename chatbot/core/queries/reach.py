"""Which projects somebody may ask about in a place, and which one is meant where none is named."""

from collections.abc import Sequence

from chatbot.core.model.watches import Project, Room
from chatbot.core.queries.commands import CommandRequest, Right


def in_reach(ask: CommandRequest, projects: Sequence[Project], rooms: Sequence[Room]) -> tuple[Project, ...]:
    """The projects that exist for this asker here: public ones, those the room hears, those the asker maintains.

    A private project does not exist anywhere else, and no answer may hint at it.
    """
    here = {name for room in rooms if ask.room and room.address == ask.room for name in room.projects}
    return tuple(project for project in projects if project.public or project.id in here or maintains(ask, project))


def maintains(ask: CommandRequest, project: Project) -> bool:
    """Whether the asker is listed among the project's maintainers; checked at the moment of the call."""
    return not ask.stranger and bool({ask.asker, *ask.also} & set(project.maintainers))


def among_others(ask: CommandRequest, project: Project, rooms: Sequence[Room]) -> bool:
    """Whether others read along for whom the project does not exist: a maintainer asks about a private one in a foreign room."""
    watching = any(room.address == ask.room and project.id in room.projects for room in rooms)
    return bool(ask.room) and not (project.public or watching or ask.room == project.maintainers_room)


def rights_in(ask: CommandRequest, project: Project | None) -> frozenset[Right]:
    """What the asker may do about the project here: what the chat proved, and the configuration's word."""
    if project is not None and maintains(ask, project):
        return ask.rights | {Right.MAINTAINER}
    return ask.rights


def project_meant(ask: CommandRequest, projects: Sequence[Project], rooms: Sequence[Room]) -> Project | str:
    """The project that is asked about, or a sentence that says what to name.

    A named one counts; else the room's only one; else, where the room has none, the only public one or the only one in reach.
    """
    reach = in_reach(ask, projects, rooms)
    text = ask.arguments.get("project", "").lower()
    if text:
        matches = [project for project in reach if text in (project.id.lower(), project.name.lower())]
        return matches[0] if matches else f"I know no project “{text[:40]}” here. {_which(reach)}"
    watched = {name for room in rooms if ask.room and room.address == ask.room for name in room.projects}
    here = [project for project in reach if project.id in watched]
    public = [project for project in reach if project.public]
    for candidates in (here or public, reach):
        if len(candidates) == 1:
            return candidates[0]
    return _which(reach) if reach else "I watch no project here yet."


def _which(reach: Sequence[Project]) -> str:
    names = ", ".join(project.id for project in reach[:20])
    return f"Name one of these as the last word: {names}." if reach else "I watch no project here yet."
