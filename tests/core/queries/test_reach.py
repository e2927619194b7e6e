"""Which projects a request can ask about: a private one only in rooms that watch it, and by its maintainers."""

from dataclasses import replace

import pytest

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.core.queries.commands import CommandRequest
from chatbot.core.queries.reach import among_others, in_reach, maintains, project_meant
from tests.core import make

MAIL = make.project
WEB = replace(MAIL, id=ProjectId("web"), name="Web Server")
HIDDEN = replace(MAIL, id=ProjectId("hidden"), name="Hidden", public=False, maintainers=("matrix:@alice:example.org",))
LURKING = replace(MAIL, id=ProjectId("lurking"), name="Lurking", public=False, maintainers=("discord:role:2",))

BOTH = Room(
    address=RoomAddress("discord:both"), projects=(ProjectId("mail"), ProjectId("web")), watch_filter=WatchFilter()
)
INSIDE = Room(
    address=RoomAddress("matrix:!inside:example.org"), projects=(ProjectId("hidden"),), watch_filter=WatchFilter()
)
OUTSIDE = Room(address=RoomAddress("discord:outside"), projects=(ProjectId("mail"),), watch_filter=WatchFilter())
ROOMS = (BOTH, INSIDE, OUTSIDE)


def ask(room: str = "", asker: str = "discord:user:1", also: tuple[str, ...] = (), project: str = "") -> CommandRequest:
    arguments = {"project": project} if project else {}
    return CommandRequest(
        command="latest",
        arguments=arguments,
        asker=RoomAddress(asker),
        also=also,
        room=RoomAddress(room),
        asked_at=make.START,
    )


@pytest.mark.parametrize(
    ("command", "ids"),
    [
        (ask(), ["mail", "web"]),
        (ask("discord:outside"), ["mail", "web"]),
        (ask("discord:unknown"), ["mail", "web"]),
        (ask("matrix:!inside:example.org"), ["mail", "web", "hidden"]),
        (ask(asker="matrix:@alice:example.org"), ["mail", "web", "hidden"]),
        (ask("discord:outside", also=("discord:role:2",)), ["mail", "web", "lurking"]),
        (ask(asker="matrix:@alice:example.org.evil.example"), ["mail", "web"]),
    ],
)
def test_which_projects_are_in_reach(command: CommandRequest, ids: list[str]) -> None:
    assert [project.id for project in in_reach(command, (MAIL, WEB, HIDDEN, LURKING), ROOMS)] == ids


@pytest.mark.parametrize(
    ("command", "projects", "expected"),
    [
        (ask("discord:outside"), (MAIL, WEB), "mail"),  # the room's only one
        (ask(), (MAIL,), "mail"),  # the only one in reach
        (ask(asker="matrix:@alice:example.org"), (MAIL, HIDDEN), "mail"),  # the only public one
        (ask(asker="matrix:@alice:example.org"), (HIDDEN,), "hidden"),
        (ask("matrix:!inside:example.org"), (MAIL, WEB, HIDDEN), "hidden"),
        (ask("discord:both", project="WEB"), (MAIL, WEB), "web"),
        (ask("discord:both", project="web server"), (MAIL, WEB), "web"),
        (ask("discord:outside", project="web"), (MAIL, WEB), "web"),  # public: may be asked about anywhere
    ],
)
def test_which_project_is_meant(command: CommandRequest, projects: tuple[Project, ...], expected: str) -> None:
    project = project_meant(command, projects, ROOMS)
    assert isinstance(project, Project)
    assert project.id == expected


@pytest.mark.parametrize(
    ("command", "projects", "sentence"),
    [
        (ask("discord:both"), (MAIL, WEB, HIDDEN), ""),
        (ask(), (MAIL, WEB, HIDDEN), ""),
        (ask(), (HIDDEN,), ""),
        (ask(), (), ""),
        (ask(project="hidden"), (HIDDEN,), "There is no project “hidden” here."),
    ],
)
def test_which_projects_are_offered_where_none_is_named(
    command: CommandRequest, projects: tuple[Project, ...], sentence: str
) -> None:
    assert project_meant(command, projects, ROOMS) == sentence


def test_a_private_project_is_answered_like_one_that_does_not_exist() -> None:
    for room in ("", "discord:both", "discord:outside"):
        hidden = project_meant(ask(room, project="hidden"), (MAIL, WEB, HIDDEN), ROOMS)
        nothing = project_meant(ask(room, project="nothng"), (MAIL, WEB, HIDDEN), ROOMS)
        assert isinstance(hidden, str)
        assert isinstance(nothing, str)
        assert hidden.replace("hidden", "nothng") == nothing


def test_maintainers_are_those_in_the_configuration() -> None:
    alice, other = ask(asker="matrix:@alice:example.org"), ask()
    assert maintains(alice, HIDDEN)
    assert not maintains(other, HIDDEN)
    assert not maintains(other, MAIL)


def test_a_stranger_has_no_maintainer_rights() -> None:
    group = replace(ask("discord:group", also=("discord:role:2",)), stranger=True)
    assert not maintains(group, LURKING)
    assert in_reach(group, (MAIL, LURKING), ROOMS) == (MAIL,)


@pytest.mark.parametrize(
    ("room", "project", "others"),
    [
        ("discord:outside", LURKING, True),  # a maintainer asks where others may not know of the project
        ("discord:outside", MAIL, False),
        ("", LURKING, False),
        ("matrix:!inside:example.org", HIDDEN, False),
        ("discord:ops", replace(LURKING, maintainers_room=RoomAddress("discord:ops")), False),
    ],
)
def test_where_people_read_along_who_may_not_know_of_a_project(room: str, project: Project, *, others: bool) -> None:
    assert among_others(ask(room), project, ROOMS) is others
