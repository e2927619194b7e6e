"""The shape of the code: small modules that say what lives in them, no cycle, the layers of ARCHITECTURE.md, no project by name."""

import ast
import graphlib
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

from tests.patience import PATIENCE

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "chatbot").rglob("*.py"))
PACKAGES = sorted({path.parent for path in MODULES if "migrations" not in path.parts})
LONGEST = 300  # lines
MOST = 15  # modules in a package
MOST_FOR = {
    "chats/discord": 25,
    "chats/matrix": 25,
    "cli": 25,
}  # a chat stays in one place; the CLI has a module for each command


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_modules_are_found() -> None:
    assert ROOT / "chatbot" / "cli" / "__init__.py" in MODULES
    assert len(MODULES) > 200
    assert len(PACKAGES) > 20


def test_modules_are_small() -> None:
    lengths = {name_of(path): len(text_of(path).splitlines()) for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def modules_in(package: Path) -> list[str]:
    return [path.stem for path in package.glob("*.py") if path.stem != "__init__"]


def test_packages_are_small() -> None:
    sizes = {str(package.relative_to(ROOT / "chatbot")): len(modules_in(package)) for package in PACKAGES}
    assert {name: size for name, size in sizes.items() if size > MOST_FOR.get(name, MOST)} == {}


def common_prefixes(package: Path) -> list[str]:
    """What three or more modules and packages of a package begin with: `tag`, `tags` and `tag_list` begin alike."""
    within = {path.parent.name for path in package.glob("*/__init__.py")}
    prefixes = Counter(name.split("_")[0].removesuffix("s") for name in {*modules_in(package), *within})
    return [prefix for prefix, times in prefixes.items() if times >= 3]


def test_three_modules_with_a_common_prefix_are_a_package() -> None:
    prefixes = {name_of(package): common_prefixes(package) for package in PACKAGES}
    assert {name: common for name, common in prefixes.items() if common} == {}


def says_what_lives_there(path: Path) -> bool:
    docstring = ast.get_docstring(ast.parse(text_of(path))) or ""
    return docstring.split("\n\n")[0].rstrip().endswith((".", "?"))


def test_modules_say_in_their_first_sentence_what_lives_there() -> None:
    assert [name_of(path) for path in MODULES if not says_what_lives_there(path)] == []


def test_the_code_knows_no_project_by_name() -> None:
    assert [name_of(path) for path in MODULES if "stalwart" in text_of(path).lower()] == []


def test_what_silences_a_check_has_its_reason_on_the_line() -> None:
    silenced = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b(?!(?:: [A-Z0-9, ]+|\[[a-z, -]+\])\s+(?:#|-|–) \S)")
    lines = [(name_of(path), line) for path in MODULES for line in text_of(path).splitlines()]
    assert [(name, line) for name, line in lines if silenced.search(line)] == []


@pytest.mark.parametrize("word", ["utils", "util", "helpers", "helper", "common", "base", "manager", "service", "misc"])
def test_no_module_is_called_by_a_word_that_says_nothing(word: str) -> None:
    assert not [path for path in MODULES if word in path.relative_to(ROOT).with_suffix("").parts]


def test_no_import_goes_round_in_a_circle() -> None:
    graph = grimp.build_graph("chatbot", cache_dir=None)
    sorter = graphlib.TopologicalSorter(
        {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    )
    sorter.prepare()  # raises CycleError, which names the circle


def test_the_layers_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert run.returncode == 0, run.stdout


CHAT_NAMES = re.compile(r"(?<![a-z])(discord|matrix|console)(?![a-z])", re.IGNORECASE)
# Where a chat's name may stand, beside its own package: the list of profiles, its settings table, the list of clients, and the
# shell's command for an application's slash commands, which no other chat has, with the examples of what one types; and
# `chatbot init`, which asks for the account that each needs.
CHATS_ARE_NAMED_IN = re.compile(
    r"chatbot/(chats/|runtime/settings/|runtime/chats\.py|cli/(__init__|discord|examples|init/[a-z_]+)\.py)"
)
RICH = re.compile(r"rich\.console Console|ConsoleRenderer|^Console$")  # rich's own words, and structlog's


def words_of(path: Path) -> Iterator[tuple[int, str]]:
    """Names, imports and texts of a module, with their lines; what is written for its readers is left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute | ast.arg | ast.keyword | ast.FunctionDef | ast.ClassDef):
            word = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "arg", None)
            yield getattr(node, "lineno", 0), str(word or getattr(node, "name", ""))
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, f"{node.module} {' '.join(alias.name for alias in node.names)}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


FORGES_ARE_NAMED_IN = re.compile(
    r"chatbot/(sources/|demo/|cli/|store/migrations/|runtime/(settings/|forges\.py|services\.py|app\.py|ingest/quota\.py))"
)


def chats_spelled(word: str) -> bool:
    return CHAT_NAMES.search(word if word.startswith("chatbot.") else RICH.sub("", word)) is not None


def forge_spelled(word: str) -> bool:
    return "GitHub" in word or word.startswith("github")


def test_only_a_chat_or_a_forge_itself_its_settings_and_the_lists_spell_its_name() -> None:
    """In one test: to parse and report each module for each rule takes longer than to look at it."""
    words = [(name_of(path), line, word) for path in MODULES for line, word in words_of(path)]
    assert len(words) > 50_000
    assert [each for each in words if chats_spelled(each[2]) and not CHATS_ARE_NAMED_IN.match(each[0])] == []
    assert [each for each in words if forge_spelled(each[2]) and not FORGES_ARE_NAMED_IN.match(each[0])] == []


def fixtures_in(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Name and body of each fixture of a module; a docstring is no part of the body."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            yield node.name, "\n".join(map(ast.unparse, body))


def test_no_fixture_is_declared_twice() -> None:
    """What two files of tests need stands in the nearest `conftest.py`, once."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("*.py")):
        text = text_of(path)
        for name, body in fixtures_in(ast.parse(text)) if "fixture" in text else ():
            places[body].append(f"{name_of(path)}: {name}")
    assert len(places) > 50
    assert [each for each in places.values() if len(each) > 1] == []


IDS = {
    "ProjectId": {"project", "project_id", "projects"},
    "RoomAddress": {"room", "rooms", "address", "maintainers_room", "bridged_with", "dm", "home"},
}
PLAIN_TEXT = re.compile(r"(?:(?:tuple|list|set|frozenset|Sequence|Collection|Iterable)\[)?str\b")
PLAIN_ALL_THE_SAME = {
    r"chatbot/chats/matrix/.* room": "Matrix's own id of a room, which is no address of ours",
    r"chatbot/core/queries/answers/status\.py room": "what people call the room",
    r"chatbot/core/digests/.* projects?": "what people call the projects",
    r"chatbot/(core/text|core/support|core/announce/notes|sources)/.* address": "the address of a page",
    r"chatbot/runtime/(ops/systemd|settings/.*)\.py address": "of a socket, or not checked yet",
}


def plain_ids_in(path: Path) -> Iterator[tuple[int, str]]:
    """Parameters and fields of a module that are called as ids are, and annotated as text."""
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.arg):
            name, kind = node.arg, node.annotation
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name, kind = node.target.id, node.annotation
        else:
            continue
        if kind is not None and name in set().union(*IDS.values()) and PLAIN_TEXT.match(ast.unparse(kind)):
            yield node.lineno, name


def test_ids_are_values() -> None:
    """A project's id is a `ProjectId`, the address of a room or a person a `RoomAddress`: no name or subject passes for one."""
    plain = {f"{name_of(path)} {name}": line for path in MODULES for line, name in plain_ids_in(path)}
    assert [
        f"{each}:{line}" for each, line in plain.items() if not any(re.fullmatch(p, each) for p in PLAIN_ALL_THE_SAME)
    ] == []
    unused = [pattern for pattern in PLAIN_ALL_THE_SAME if not any(re.fullmatch(pattern, each) for each in plain)]
    assert unused == []
