"""Plain English: phrases that a reader has to decode stand in no text that people read, and renamed words in no name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Core's answers and announcements are held by their golden texts; what is listed here is what the shell, the log and errors say.
SPOKEN = ("cli", "runtime", "store", "chats", "sources", "demo", "ports.py")
DROPPED = re.compile(
    r"\b(?:shall|anew|mend(?:s|ed|ing)?|by (?:it|them)sel(?:f|ves)|as far as (?:has|is|was)|told of|decided of"
    r"|nothing waits for|for your eyes only|for you alone|out of reach|could not be said|not said"
    r"|(?:is|are) no (?:setting|text|list|table|version|whole number|date|JSON|TOML|room that)"
    r"|no mistake|called again|whoever may|in other clothes)\b"
    r"|(?:^|[.:] )Who (?!(?:reported|may|can|is|are|has|have|asked)\b)[^?]*$"
    r"|(?:^|\n)Mind:"
)
# Classes and functions that got the field's own words (docs/glossary.md).
RENAMED = frozenset(
    [
        "Allowance", "Ask", "Attendance", "Desk", "Hearing", "Intake", "Known", "KnownPolicy", "Look", "Looked",
        "Manner", "Misread", "Noticing", "Picture", "Plot", "Point", "Returning", "Road", "Running", "Said", "Saying", "Speech",
        "UnderWay", "Vault", "dress", "hasten", "lengthen", "line_up", "open_road", "redress", "set_right", "wall",
    ]
)  # fmt: skip


def spoken_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The texts of a module that have at least two words, with their lines; docstrings are for its readers."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docstrings:
            continue
        if " " in node.value.strip() and "\\" not in node.value:
            yield node.lineno, node.value


def dropped_in(text: str) -> list[str]:
    return [match.group() for match in DROPPED.finditer(text)]


def modules(*places: str) -> list[Path]:
    paths = [ROOT / "chatbot" / place for place in places]
    return sorted(each for path in paths for each in ([path] if path.is_file() else path.rglob("*.py")))


@pytest.mark.parametrize("path", modules(*SPOKEN), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_the_program_says_is_plain_english(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [(line, words) for line, text in spoken_in(tree) for words in dropped_in(text)] == []


@pytest.mark.parametrize(
    "path", modules("cli", "runtime", "store", "demo"), ids=lambda path: str(path.relative_to(ROOT))
)
def test_mistakes_are_denied_in_plain_english(path: Path) -> None:
    """`is not a room`, and not `is no room`; `there is no such file` is fine."""
    denied = re.compile(r"(?<!here )\b(?:is|are) no (?!longer\b|more\b)\w+|^(?:names|holds) no \w+")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [(line, text) for line, text in spoken_in(tree) if denied.search(text)] == []


def test_no_class_or_function_has_a_name_of_the_private_language() -> None:
    names = [
        (str(path.relative_to(ROOT)), node.name)
        for path in modules(".")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name.strip("_") in RENAMED
    ]
    assert names == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("so that it shall work", ["shall"]),
        ("reads the rooms anew", ["anew"]),
        ("nothing to mend.", ["mend"]),
        ("it is told of under B", ["told of"]),
        ("'x' is no setting; remove it", ["is no setting"]),
        ("Who left that chat is not written to.", ["Who left that chat is not written to."]),
        ("recommend an amended mended thing", ["mended"]),
        ("Who reported it?", []),
        ("unknown setting; did you mean token?", []),
    ],
)
def test_a_phrase_is_found_where_it_stands(text: str, words: list[str]) -> None:
    assert dropped_in(text) == words
