"""How a typed line is read: words fill parameters, and a line that is no command gets a reason."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatbot.core.model.ids import ProjectId
from chatbot.core.queries.commands import (
    COMMANDS,
    LONGEST_LINE,
    Command,
    CommandError,
    Kind,
    Right,
    find,
    read_line,
    retyped,
    usage,
)


@pytest.mark.parametrize(
    ("line", "name", "arguments"),
    [
        ("supported", "supported", {}),
        ("supported 0.11", "supported", {"version": "0.11"}),
        ("/supported 0.11", "supported", {"version": "0.11"}),
        ("!supported 0.11", "supported", {"version": "0.11"}),
        ("  /SUPPORTED   0.11  ", "supported", {"version": "0.11"}),
        ("supported 0.11 mail", "supported", {"version": "0.11", "project": "mail"}),
        ("supported version:0.11 project:mail", "supported", {"version": "0.11", "project": "mail"}),
        ("supported project:mail 0.11", "supported", {"version": "0.11", "project": "mail"}),
        ("supported Project:mail", "supported", {"project": "mail"}),
        ("supported other:0.11", "supported", {"version": "other:0.11"}),
        ("supported version:", "supported", {"version": "version:"}),
        ('supported "0.11 5"', "supported", {"version": "0.11 5"}),
        ("supported 0.11'", "supported", {"version": "0.11'"}),  # an unpaired quote is an ordinary character
        ("affected v0.13.2", "affected", {"version": "v0.13.2"}),
        ("advisory GHSA-aaaa-bbbb-cccc", "advisory", {"id": "GHSA-aaaa-bbbb-cccc"}),
        ("advisories high 2026-01-31", "advisories", {"severity": "high", "since": "2026-01-31"}),
        ("policy", "policy", {}),
        ("policy how to report", "policy", {"section": "how to report"}),
        ("policy project:mail how to report", "policy", {"project": "mail", "section": "how to report"}),
        ("help", "help", {}),
        ("?", "help", {}),
        ("/?", "help", {}),
        ("? affected", "help", {"command": "affected"}),
        ("help affected", "help", {"command": "affected"}),
    ],
)
def test_lines_that_are_commands(line: str, name: str, arguments: dict[str, str]) -> None:
    parsed = read_line(line)
    assert not isinstance(parsed, CommandError), parsed
    assert (parsed[0].name, parsed[1]) == (name, arguments)


@pytest.mark.parametrize(
    ("line", "reason", "near"),
    [
        ("", "Nothing was asked", ""),
        ("  / ", "Nothing was asked", ""),
        ('""', "I don't know “”", ""),
        ("suported 0.11", "I don't know “suported”", "supported"),
        ("brew coffee", "I don't know “brew”", ""),
        ("affected", "Which version?", "affected"),
        ("affected project:mail", "Which version?", "affected"),
        ("advisory", "Which advisory?", "advisory"),
        ("why", "Which release or advisory?", "why"),
        ("redirect", "Whose message?", "redirect"),
        ("status mail x", "I don't know what “x” means here", "status"),
        ("latest 0.11 mail x", "I don't know what “x” means here", "latest"),
        ("x" * 40, f"I don't know “{'x' * 32}”", ""),
        ("x" * (LONGEST_LINE + 1), f"That is longer than {LONGEST_LINE} characters", ""),
    ],
)
def test_lines_that_are_no_commands(line: str, reason: str, near: str) -> None:
    assert read_line(line) == CommandError(reason, near)


_NAMES = st.sampled_from([command.name for command in COMMANDS])


@given(st.text() | st.builds("/{} {}".format, _NAMES, st.text()))
@example("\x00")
@example("supported \\")
@example("/" * 10**6)
def test_no_line_raises(line: str) -> None:
    parsed = read_line(line)
    if isinstance(parsed, CommandError):
        assert parsed.reason.strip()
        assert not parsed.reason.endswith(".")
    else:
        command, arguments = parsed
        assert command in COMMANDS
        assert set(arguments) <= {parameter.name for parameter in command.parameters}
        assert all(parameter.name in arguments for parameter in command.parameters if parameter.required)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_table_is_consistent(command: Command) -> None:
    assert find(command.name.upper()) is command
    names = [parameter.name for parameter in command.parameters]
    assert len(set(names)) == len(names)
    assert command.name.isascii()
    assert command.name.islower()
    assert len(command.name) <= 32  # Discord's limits for names, descriptions and choices
    assert all(len(parameter.description) <= 100 and len(parameter.choices) <= 25 for parameter in command.parameters)
    assert len(command.description) <= 100
    assert len(command.parameters) <= 25
    required = [parameter.required for parameter in command.parameters]
    assert required == sorted(required, reverse=True), "required parameters come first"
    projects = [parameter for parameter in command.parameters if parameter.kind is Kind.PROJECT]
    ends = [list(command.parameters[-1:]), list(command.parameters[:1])]
    assert projects in ([], *ends), "the project is the optional last argument, or comes before named options"
    assert not any(parameter.required for parameter in projects)


def test_names_are_unique_and_an_unknown_name_is_no_command() -> None:
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)
    assert find("nothing") is None


def test_usage() -> None:
    supported = find("supported")
    assert supported is not None
    assert usage(supported) == "/supported [version] [project]"
    assert usage(supported, several=False) == "/supported [version]"


@pytest.mark.parametrize(
    ("line", "again"),
    [
        ("supported 2.1.0", "supported 2.1.0 mail"),
        ("supported", "supported project:mail"),
        ("affected 2.1.0 2.0.3", "affected 2.1.0 2.0.3 mail"),
        ("report", "report mail"),
        ("advisories high", "advisories high project:mail"),
        ("policy how to report", "policy how to report project:mail"),
    ],
)
def test_the_same_question_about_one_project(line: str, again: str) -> None:
    parsed = read_line(line)
    assert not isinstance(parsed, CommandError)
    command, arguments = parsed
    assert retyped(command, arguments, ProjectId("mail")) == again
    assert read_line(again) == (command, {**arguments, "project": "mail"})


def test_a_project_whose_id_looks_like_a_version_is_named() -> None:
    affected = find("affected")
    assert affected is not None
    assert retyped(affected, {"version": "2.1.0"}, ProjectId("7zip")) == "affected 2.1.0 project:7zip"


def test_what_help_can_explain_is_what_everybody_may_use() -> None:
    help_command = find("help")
    assert help_command is not None
    everybody = [
        command.name
        for command in COMMANDS
        if command.right is Right.EVERYONE and command is not help_command and not command.hidden
    ]
    assert sorted(help_command.parameters[0].choices) == sorted(everybody)


def test_no_description_names_a_version_that_the_project_may_not_have() -> None:
    descriptions = [command.description for command in COMMANDS]
    descriptions += [each.description for command in COMMANDS for each in command.parameters]
    assert [words for words in descriptions if any(character.isdigit() for character in words)] == []


@pytest.mark.parametrize(
    "line",
    [
        "supported\u00a02.1.0",
        "\u200f/supported 2.1.0",
        "/supported \u20672.1.0\u2069",
        "\ufeff!supported\u3000\u200b2.1.0",
        "supp\u00adorted\u202f2.1\u2060.0",
    ],
)
def test_invisible_characters_are_ignored(line: str) -> None:
    parsed = read_line(line)
    assert not isinstance(parsed, CommandError)
    command, arguments = parsed
    assert (command.name, arguments) == ("supported", {"version": "2.1.0"})


@pytest.mark.parametrize(
    ("name", "arguments", "project", "line"),
    [
        ("advisories", {"since": "2026-01-31"}, "mailer", "advisories since:2026-01-31 project:mailer"),
        ("advisories", {"severity": "high"}, "mailer", "advisories high project:mailer"),
        ("affected", {"version": "2.1.0, 2.0.3"}, "mailer", "affected 2.1.0, 2.0.3 mailer"),
        ("affected", {"version": "2.1.0"}, "7zip", "affected 2.1.0 project:7zip"),
        ("policy", {"section": "project:x"}, "mailer", "policy section:project:x project:mailer"),
        ("advisory", {"id": "two words"}, "mailer", "advisory 'two words' mailer"),
        ("redirect", {"author": "@eve:hs.test"}, "mailer", "redirect @eve:hs.test project:mailer"),
        ("advisory", {}, "mailer", ""),
        ("policy", {"section": "x" * LONGEST_LINE}, "mailer", ""),
    ],
)
def test_a_question_is_typed_again_so_that_it_is_read_as_it_was(
    name: str, arguments: dict[str, str], project: ProjectId, line: str
) -> None:
    command = find(name)
    assert command is not None
    assert retyped(command, arguments, project) == line


@given(st.sampled_from([each for each in COMMANDS if each.name != "help" and not each.hidden]), st.data())
def test_whatever_is_typed_again_asks_the_same(command: Command, data: st.DataObject) -> None:
    texts = st.text(min_size=1, max_size=12) | st.sampled_from(
        ["2.1.0", "a b", "'", '"', "project:x", "id:1", "2.1.0, 2.0", "\\", "!x"]
    )
    names = [parameter.name for parameter in command.parameters if parameter.name != "project"]
    arguments = {name: data.draw(texts) for name in names if data.draw(st.booleans())}
    line = retyped(command, arguments, ProjectId("mailer"))
    assert not line or read_line(line) == (command, arguments | {"project": "mailer"})


@pytest.mark.parametrize(
    "command", [command for command in COMMANDS if command.hidden], ids=lambda command: command.name
)
def test_what_stands_behind_menus_is_typed_by_nobody(command: Command) -> None:
    assert find(command.name) is command
    parsed = read_line(f"{command.name} 1 never")
    assert isinstance(parsed, CommandError)
    assert parsed.near != command.name
    assert command.private
