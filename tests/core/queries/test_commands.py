"""How a typed line is read: words fill parameters, and a line that is no command gets a reason."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatbot.core.queries.commands import COMMANDS, LONGEST_LINE, Command, CommandError, Kind, find, read_line, usage


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
    ],
)
def test_lines_that_are_commands(line: str, name: str, arguments: dict[str, str]) -> None:
    parsed = read_line(line)
    assert not isinstance(parsed, CommandError), parsed
    assert (parsed[0].name, parsed[1]) == (name, arguments)


@pytest.mark.parametrize(
    ("line", "reason", "near"),
    [
        ("", "Nothing was asked. Try /help.", ""),
        ("  / ", "Nothing was asked. Try /help.", ""),
        ('""', "I do not know /. Try /help.", ""),
        ("suported 0.11", "I do not know /suported. Did you mean /supported?", "supported"),
        ("brew coffee", "I do not know /brew. Try /help.", ""),
        ("affected", "Which version? It is /affected version [project]", ""),
        ("affected project:mail", "Which version? It is /affected version [project]", ""),
        ("help me", "I do not know what to do with “me”. It is /help", ""),
        ("latest 0.11 mail x", "I do not know what to do with “x”. It is /latest [line] [project]", ""),
        ("x" * 40, f"I do not know /{'x' * 32}. Try /help.", ""),
        ("x" * (LONGEST_LINE + 1), f"That is longer than {LONGEST_LINE} characters. Try /help.", ""),
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
        assert parsed.reason
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
    assert projects in ([], list(command.parameters[-1:])), "the project is the optional last argument"
    assert not any(parameter.required for parameter in projects)


def test_names_are_unique_and_an_unknown_name_is_no_command() -> None:
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)
    assert find("nothing") is None


def test_usage() -> None:
    supported = find("supported")
    assert supported is not None
    assert usage(supported) == "/supported [version] [project]"


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
