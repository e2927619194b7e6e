"""The rooms and projects as they are, from the file and from commands."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.core.watching.room_watch import (
    RoomWatch,
    can_be_watched,
    is_of_repository,
    projects_now,
    repository_project,
    rooms_now,
)

NOW = datetime(2031, 3, 1, tzinfo=UTC)
FERRY = Project(id=ProjectId("ferry"), name="Ferry", repository="harbour/ferry")
TUG = Project(id=ProjectId("tug"), name="Tug", repository="harbour/tug")
SECRET = Project(id=ProjectId("lantern"), name="Lantern", repository="smugglers/lantern", public=False)
PROJECTS = (FERRY, TUG, SECRET)
QUAY = Room(address=RoomAddress("discord:1"), projects=(ProjectId("ferry"),), watch_filter=WatchFilter(notes="full"))


def watch(room: str, project: str, repository: str = "", **options: str) -> RoomWatch:
    return RoomWatch(
        room=RoomAddress(room), project=ProjectId(project), options=options, repository=repository, began_at=NOW
    )


def pairs(*watches: RoomWatch, projects: tuple[Project, ...] = PROJECTS) -> list[tuple[str, str]]:
    return [(room.address, name) for room in rooms_now(projects, [QUAY], watches, ZoneInfo) for name in room.projects]


@pytest.mark.parametrize(
    ("watches", "more"),
    [
        ([], []),
        ([watch("discord:2", "ferry")], [("discord:2", "ferry")]),
        ([watch("discord:1", "tug")], [("discord:1", "tug")]),  # a room of the file gets another project
        ([watch("discord:1", "ferry", notes="none")], []),  # the file says it already
        ([watch("discord:2", "lantern")], []),  # it became private
        ([watch("discord:2", "galleon")], []),  # nobody configures it any more
    ],
)
def test_the_file_counts_before_commands(watches: list[RoomWatch], more: list[tuple[str, str]]) -> None:
    assert pairs(*watches) == [("discord:1", "ferry"), *more]


def test_each_project_of_a_room_has_its_own_filter() -> None:
    rooms = rooms_now(PROJECTS, [QUAY], [watch("discord:1", "tug", min_severity="high")], ZoneInfo)
    assert [(room.projects, room.watch_filter.min_severity, room.watch_filter.notes) for room in rooms] == [
        (("ferry",), Severity.LOW, "full"),
        (("tug",), Severity.HIGH, "short"),
    ]


def test_a_repository_is_a_project_of_the_rooms_that_watch_it() -> None:
    project = repository_project("Wharf/Crane")
    assert not project.public
    assert is_of_repository(project.id)
    assert not any(is_of_repository(each.id) for each in PROJECTS)
    assert project.id == repository_project("wharf/crane").id, "GitHub's names have no case"
    assert project.id != repository_project("wharf2/crane").id
    watches = [watch("discord:1", project.id, "Wharf/Crane"), watch("discord:2", project.id, "Wharf/Crane")]
    assert projects_now(PROJECTS, watches) == (*PROJECTS, project)
    assert pairs(*watches)[1:] == [("discord:1", project.id), ("discord:2", project.id)]


@pytest.mark.parametrize("repository", ["a/b", f"{'o' * 39}/{'r' * 100}", "Wharf/.github", "w/A_b-c.d"])
def test_its_id_can_be_a_part_of_every_name(repository: str) -> None:
    project = repository_project(repository)
    assert "/" not in project.id
    assert len(project.id) <= 64
    subject = SubjectId("release", project.id, "v1/2")
    assert SubjectId.parse(str(subject)) == subject


@pytest.mark.parametrize(
    ("room", "names"), [("discord:1", ["ferry", "tug"]), ("discord:9", ["ferry", "tug", "lantern"])]
)
def test_a_private_project_is_for_the_rooms_that_the_file_names(room: str, names: list[str]) -> None:
    cellar = Room(address=RoomAddress("discord:9"), projects=(ProjectId("lantern"),), watch_filter=WatchFilter())
    assert [project.id for project in can_be_watched(PROJECTS, [QUAY, cellar], RoomAddress(room))] == names
