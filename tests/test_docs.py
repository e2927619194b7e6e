"""The documentation: every setting and command is in it, nothing is in it that is not there, and its examples run as they stand."""

import ast
import importlib
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from pydantic import BaseModel

from chatbot import cli
from chatbot.core.queries.commands import COMMANDS
from chatbot.runtime.settings.settings import Settings
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS_PAGE = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")


def settings_of(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """Every key, as docs/reference/configuration.md writes it: `projects.tags`."""
    for name, field in model.model_fields.items():
        inner: Any = get_args(field.annotation)[0] if get_args(field.annotation) else field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from settings_of(inner, f"{above}{name}.")
        else:
            yield f"{above}{name}"


def test_every_setting_is_documented_and_nothing_else() -> None:
    page = (ROOT / "docs" / "reference" / "configuration.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `([a-z_.]+)` \|", page, re.MULTILINE)
    assert sorted(documented) == sorted(settings_of(Settings))


EXAMPLE = (ROOT / "config.example.toml").read_text(encoding="utf-8")


def keys_with_values(tree: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        if isinstance(inner, dict):
            yield from keys_with_values(inner, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def defaults_of(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, Any]]:
    """Every key that may be left out, with what it is then."""
    for name, field in model.model_fields.items():
        inner: Any = get_args(field.annotation)[0] if get_args(field.annotation) else field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from defaults_of(inner, f"{above}{name}.")
        elif not field.is_required():
            default = field.get_default(call_default_factory=False)
            plain = getattr(default, "get_secret_value", lambda value=default: value)()
            yield f"{above}{name}", list(plain) if isinstance(plain, tuple) else plain


def test_the_example_configuration_sets_nothing_but_defaults() -> None:
    """Whoever copies it and takes no # away has what they would have without it."""
    defaults = dict(defaults_of(Settings))
    assert {key: value for key, value in keys_with_values(tomllib.loads(EXAMPLE)) if defaults.get(key) != value} == {}


def test_the_example_configuration_has_every_key_and_shows_its_default() -> None:
    whole = dict(keys_with_values(tomllib.loads(re.sub(r"(?m)^#(?! |$)", "", EXAMPLE))))
    assert sorted(whole) == sorted(settings_of(Settings))
    defaults = dict(defaults_of(Settings))
    assert {key: value for key, value in whole.items() if key in defaults} == defaults
    assert set(whole) - set(defaults) == {"projects.id", "projects.repository", "rooms.address", "rooms.projects"}


def section_of(command: str) -> str:
    section = re.search(rf"^## `chatbot {re.escape(command)}`\n(.*?)(?=^##? )", COMMANDS_PAGE, re.MULTILINE | re.DOTALL)
    assert section, f"docs/reference/commands.md has no section for chatbot {command}"
    return section[1]


def leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The commands below a command, groups unfolded: `db upgrade`."""
    inner = getattr(command, "commands", None)
    if not inner:
        yield path, command
        return
    for name, each in inner.items():
        yield from leaves(each, f"{path} {name}".strip())


def program() -> Any:
    whole = typer.Typer()
    whole.callback()(lambda: None)
    for module, _ in cli.COMMANDS.values():
        importlib.import_module(f"chatbot.cli.{module}").register(whole)
    return typer.main.get_command(whole)


LEAVES = list(leaves(program(), ""))


def test_the_commands_are_where_the_command_line_looks_for_them() -> None:
    assert {path.split(maxsplit=1)[0] for path, _ in LEAVES} == set(cli.COMMANDS)
    for name, (module, _) in cli.COMMANDS.items():
        alone = typer.Typer()
        alone.callback()(lambda: None)
        importlib.import_module(f"chatbot.cli.{module}").register(alone)
        assert {path.split(maxsplit=1)[0] for path, _ in leaves(typer.main.get_command(alone), "")} >= {name}


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[path for path, _ in LEAVES])
def test_every_command_and_option_is_documented(path: str, command: Any) -> None:
    section = section_of(path.split(maxsplit=1)[0])
    assert f"chatbot {path}" in section
    for parameter in command.params:
        for name in parameter.opts if parameter.param_type_name == "option" else ():
            assert name in ("--help", "-h") or f"`{name}" in section


def test_no_command_is_documented_that_does_not_exist() -> None:
    assert set(re.findall(r"^## `chatbot ([a-z-]+)", COMMANDS_PAGE, re.MULTILINE)) == set(cli.COMMANDS)


def test_every_chat_command_is_documented_and_nothing_else() -> None:
    chat = COMMANDS_PAGE.partition("# In chat\n")[2]
    names = {command.name for command in COMMANDS}
    listed = re.findall(r"^\| `([a-z][^`]*)` \|", chat, re.MULTILINE)
    rows = {(two if (two := " ".join(row.split()[:2])) in names else row.split()[0]): row for row in listed}
    expected = {
        command.name: " ".join([command.name, *(p.name if p.required else f"[{p.name}]" for p in command.parameters)])
        for command in COMMANDS
        if not command.hidden
    }
    assert rows == expected


def examples() -> Iterator[Any]:
    """Each `$ chatbot …` of a console block with the lines that should follow; tests/test_tutorials.py follows the tutorials."""
    for page in DOCS:
        if page.parent.name == "tutorials":
            continue
        for block in re.findall(r"^```console\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            for line, expected in re.findall(r"^\$ chatbot (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                yield pytest.param(line, expected, id=f"{page.name}: {line}")


@pytest.mark.parametrize(("line", "expected"), list(examples()))
def test_an_example_runs_as_it_stands(line: str, expected: str) -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("chatbot"), *shlex.split(line)],
        cwd=ROOT / "docs" / "examples",
        env={name: value for name, value in os.environ.items() if not name.startswith("CHATBOT_")},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
    )
    assert run.stdout + run.stderr == expected
    assert run.returncode in (0, 1, 2)


def snippets() -> Iterator[Any]:
    """Each piece of configuration that a page shows."""
    for page in DOCS:
        text = page.read_text(encoding="utf-8")
        for number, (indent, block) in enumerate(
            re.findall(r"^( *)```toml\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
        ):
            lines = [line.removeprefix(indent) for line in block.splitlines()]
            yield pytest.param("\n".join(lines) + "\n", id=f"{page.name}-{number}")


def completed(snippet: str) -> str:
    """The snippet with what a whole configuration needs besides it."""
    tree = tomllib.loads(snippet)
    rooms, projects = tree.get("rooms", []), tree.get("projects", [])
    wanted_ids = [project for room in rooms for project in room["projects"]] or ["hello"]
    missing_ids = sorted(set(wanted_ids) - {project["id"] for project in projects}) if rooms or not projects else []
    more = [f'[[projects]]\nid = "{project}"\nrepository = "octocat/{project}"\n' for project in missing_ids]
    addresses = [room["address"] for room in rooms] + [project.get("maintainers_room", "") for project in projects]
    chats = {address.partition(":")[0] for address in addresses}
    if "discord" in chats - set(tree):
        more.append('[discord]\ntoken = "a-token-of-some-length"\n')
    if "matrix" in chats - set(tree):
        account = (
            'homeserver = "https://matrix.example.org"\nuser_id = "@bot:example.org"\npassword = "a-long-password"'
        )
        more.append(f"[matrix]\n{account}\n")
    return snippet + "".join(more)


@pytest.mark.parametrize("snippet", list(snippets()))
def test_a_configuration_that_a_page_shows_is_right(
    snippet: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in re.findall(r'_file = "([^"]+)"', snippet):
        secret = tmp_path / Path(path).name
        secret.write_text("a-secret-of-some-length\n", encoding="utf-8")
        secret.chmod(0o600)
        snippet = snippet.replace(f'"{path}"', f'"{secret}"')
    config = tmp_path / "config.toml"
    config.write_text(completed(snippet), encoding="utf-8")
    config.chmod(0o600)
    assert (cli.main(["check", "--config", str(config)]), capsys.readouterr().err) == (0, "")


@cache
def constants() -> list[str]:
    """All texts of the program; what is filled in is left out, and parts them."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "chatbot").rglob("*.py")]
    nodes = (node for tree in trees for node in ast.walk(tree))
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def messages() -> Iterator[Any]:
    """What tables about trouble say that the program prints."""
    for page in DOCS:
        for table in re.findall(r"^\| it says \|.*\n((?:\|.*\n)+)", page.read_text(encoding="utf-8"), re.MULTILINE):
            for message in re.findall(r"^\| `([^`]+)`", table, re.MULTILINE):
                yield pytest.param(message, id=f"{page.name}: {message}")


@pytest.mark.parametrize("message", list(messages()))
def test_a_message_that_a_page_explains_is_one_of_the_program(message: str) -> None:
    texts = constants()
    parts = [part for part in re.split(r"…|; ", message) if part.strip()]
    assert [part for part in parts if not any(part.strip(" ,") in text for text in texts)] == []


def test_every_room_that_the_architecture_names_exists() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`((?:core|sources|chats|store|runtime|web|cli|demo)/[a-z_/*]+)`", page))
    assert len(names) > 20
    assert not [room for room in names if not [*(ROOT / "chatbot").glob(f"{room}.py"), *(ROOT / "chatbot").glob(room)]]


def test_the_first_commands_of_the_readme_are_in_the_makefile() -> None:
    first = re.findall(r"^    make (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)[:2]
    assert first == ["demo", "test"]
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    names = {
        name for page in DOCS for name in re.findall(r"^    make (\w+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert names <= set(targets)


README_COMMANDS = re.findall(
    r"^    \.venv/bin/chatbot (.*docs/examples.*)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
)


@pytest.mark.parametrize("line", README_COMMANDS)
def test_a_command_shown_in_the_readme_runs(
    line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)  # where the reader stands
    assert cli.main(shlex.split(line)) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_leads_outside_the_repository(page: Path) -> None:
    assert "../shared" not in page.read_text(encoding="utf-8")


def links(page: Path) -> set[Path]:
    """The files and folders of the repository to which a page links."""
    targets = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8"))
    return {(page.parent / target).resolve() for target in targets}


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: str(page.relative_to(ROOT / "docs"))
)
def test_every_page_is_reached_from_the_documentations_first_page(page: Path) -> None:
    first = ROOT / "docs" / "README.md"
    assert first in links(ROOT / "README.md")
    assert page == first or page in links(first) or page.parent in links(first) or page.parent.name == "examples"
