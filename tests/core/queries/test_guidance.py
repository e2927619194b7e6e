"""Help: short, with examples that are the project's own, in the words of the chat."""

from dataclasses import replace

import pytest

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.model.watches import Project
from chatbot.core.queries.commands import COMMANDS, Command, CommandError, CommandRequest, Right, read_line
from chatbot.core.queries.guidance import MOST_LINES, Guide, example_of, helped, which_project
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.snapshot import build_snapshot
from chatbot.sources.support_policy.reader import read_policy
from tests.core import make

PAGE = read_policy("# Security\n\n## Reporting a vulnerability\n\nWrite to us.\n")
RELEASES = (make.release("v0.14.9", make.START), make.release("v0.15.5"))
CONTEXT = QueryContext(
    forge=make.FORGE,
    snapshot=build_snapshot(make.project, make.knowledge(RELEASES, [make.advisory()])),
    policy=PAGE,
    now=make.START,
)
ALONE = Guide(context=CONTEXT)
MATRIX = replace(ALONE, prefix="!")
SEVERAL = replace(ALONE, several=True, project=ProjectId("mail"))
MODERATOR = frozenset({Right.EVERYONE, Right.MODERATOR})
MENU = {"redirect": "Apps → Redirect"}


def lines(guide: Guide, **arguments: str) -> list[str]:
    return make.lines_of(helped(guide, arguments))


def test_the_list_is_short_and_has_examples_to_copy() -> None:
    assert lines(MATRIX) == [
        "What you can ask me about Mail Server",
        "• !supported 0.15.5 – Does my version still get security fixes?",
        "• !affected 0.15.5 – Which published advisories affect my version?",
        "• !upgrade 0.15.5 – How do I get from my version to the newest?",
        "• !latest 0.15 – The newest release, overall or of a line",
        "• !advisories high – The published advisories, the newest first",
        "• !subscribe 0.15.5 – Get alerts in a DM for the version you run",
        "• !report – How do I report a vulnerability, or a bug?",
        "Once you get alerts: !subscriptions, !unsubscribe, !upgraded, !snooze, !mute, !unmute, !my-data, !forget-me.",
        "Also: !advisory, !credits, !policy, !template, !why, !status.",
        "!help affected explains a command",
    ]


def test_projects_are_named_only_where_there_are_several() -> None:
    assert "project" not in "\n".join(lines(ALONE)).casefold()
    assert "• /supported 0.15.5 mail – Does my version still get security fixes?" in lines(SEVERAL)
    assert "There are several projects: name one at the end." in lines(SEVERAL)


@pytest.mark.parametrize(
    ("guide", "line", "there"),
    [
        (ALONE, "/redirect", False),
        (replace(ALONE, rights=MODERATOR), "/redirect", True),
        (replace(ALONE, rights=MODERATOR, in_menus=MENU), "/redirect", False),
        (replace(ALONE, rights=MODERATOR, in_menus=MENU), "Apps → Redirect", True),
        (replace(ALONE, in_menus=MENU), "Apps → Redirect", False),
    ],
)
def test_a_command_is_named_where_the_asker_may_use_it_and_as_the_chat_has_it(
    guide: Guide, line: str, there: bool
) -> None:
    assert (line in "\n".join(lines(guide))) is there


@pytest.mark.parametrize(
    ("guide", "name", "expected"),
    [
        (
            ALONE, "affected",
            ["Which published advisories affect my version?", "For example: /affected 0.15.5", "Form: /affected version", "• version – the version you run, or several"],
        ),
        (
            MATRIX, "!policy",
            [
                "What the security policy says, by section", "For example: !policy reporting a vulnerability", "Form: !policy [section]",
                "• section – a heading of the page; the list of them without one (optional)",
            ],
        ),
        (ALONE, "status", ["Is all well, and what does the bot watch?", "For example: /status"]),
        (ALONE, "report", ["How do I report a vulnerability, or a bug?", "For example: /report", "Only you can see the answer."]),
        (ALONE, "banana", ["There is no command “banana”", "What you can ask: /help"]),
        (ALONE, "afected", ["There is no command “afected”", "Did you mean /help affected?"]),
        (ALONE, "unwatch", ["Stop announcing a project's news here", "For example: /unwatch", "You don't have the right to use it here."]),
        (ALONE, "choose-end", ["There is no command “choose-end”", "What you can ask: /help"]),
        (
            replace(ALONE, rights=MODERATOR, in_menus=MENU), "redirect",
            ["Send somebody who wrote about a vulnerability in public the private way to report it", "Where: Apps → Redirect"],
        ),
    ],
)  # fmt: skip
def test_one_command_is_explained(guide: Guide, name: str, expected: list[str]) -> None:
    assert lines(guide, command=name) == expected


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("suported 0.11", "I don't know “suported”. Did you mean /supported 0.15.5?"),
        ("affected", "Which version? For example: /affected 0.15.5"),
        ("advisory", "Which advisory? For example: /advisory GHSA-aaaa-bbbb-cccc"),
        ("why", "Which release or advisory? For example: /why 0.15.5"),
        ("status mail x", "I don't know what “x” means here. Did you mean /status?"),
        ("brew coffee", "I don't know “brew”"),
        ("", "Nothing was asked"),
    ],
)
def test_an_error_comes_with_an_example_of_the_project(line: str, title: str) -> None:
    error = read_line(line)
    assert isinstance(error, CommandError)
    answer = helped(ALONE, error.help_arguments)
    assert (answer.title, answer.tone) == (title, Tone.UNSURE)


def test_a_near_miss_without_a_reason() -> None:
    assert helped(MATRIX, {"near": "supported"}).title == "Did you mean !supported 0.15.5?"
    assert helped(MATRIX, {"near": "nonsense"}).title == "What you can ask me about Mail Server"
    assert helped(MATRIX, {"near": "help"}).title == "What you can ask me about Mail Server"


@pytest.mark.parametrize("guide", [ALONE, SEVERAL, Guide(), replace(Guide(), several=True, project=ProjectId("mail"))])
@pytest.mark.parametrize("command", [each for each in COMMANDS if not each.hidden], ids=lambda command: command.name)
def test_every_example_can_be_sent(command: Command, guide: Guide) -> None:
    parsed = read_line(example_of(guide, command))
    assert not isinstance(parsed, CommandError), parsed
    assert parsed[0] is command
    assert parsed[1].get("project", "") == (
        guide.project if any(each.name == "project" for each in command.parameters) else ""
    )


WEB = Project(id=ProjectId("web"), name="Web Server", repository="example/web")


def question(projects: list[Project], reason: str = "") -> Message:
    request = CommandRequest(
        command="supported",
        arguments={"version": "2.1.0"},
        asker=RoomAddress("matrix:@a:example.org"),
        asked_at=make.START,
    )
    return which_project(request, projects, "!", reason)


def test_which_project_is_asked_with_lines_to_copy() -> None:
    answer = question([make.project, WEB], "There is no project “webb” here.")
    assert make.lines_of(answer) == [
        "Which project?",
        "There is no project “webb” here.",
        "Ask like this:",
        "• !supported 2.1.0 mail",
        "• !supported 2.1.0 web",
    ]
    assert [action.project for action in answer.actions] == ["mail", "web"]
    assert answer.private


def test_of_many_projects_a_few_lines_are_shown() -> None:
    many = [replace(WEB, id=ProjectId(f"web{number}")) for number in range(MOST_LINES + 2)]
    answer_lines = make.lines_of(question(many))
    assert len([line for line in answer_lines if line.startswith("• ")]) == MOST_LINES
    assert answer_lines[-1] == "Or with one of these: web5, web6."
    assert question([]).title == "I watch no project here yet"


def test_a_redirect_names_the_author_whose_message_may_be_gone() -> None:
    request = CommandRequest(
        command="redirect",
        asker=RoomAddress("matrix:@mod:hs.test"),
        target=RoomAddress("matrix:@eve:hs.test"),
        asked_at=make.START,
    )
    answer = which_project(request, [make.project, WEB], "!")
    assert make.lines_of(answer)[2:] == [
        "• !redirect @eve:hs.test project:mail",
        "• !redirect @eve:hs.test project:web",
    ]


def test_a_question_that_no_line_holds_names_the_projects() -> None:
    request = CommandRequest(
        command="policy", arguments={"section": "x" * 290}, asker=RoomAddress("a"), asked_at=make.START
    )
    assert make.lines_of(which_project(request, [make.project, WEB], "!"))[1:] == [
        "Ask again, with one of these: mail, web."
    ]
