"""Plain English: phrases that a reader has to decode stand in no text that people read, and renamed words in no name.

The list is the project's own (docs/glossary.md, "How we write"). Words with a standard meaning, such as room, draft, fact, watch and
events, are not on it.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DROPPED = re.compile(
    r"\b(?:shall|anew|mend(?:s|ed|ing)?|by (?:it|them)sel(?:f|ves)|as far as (?:has|is|was)|(?:tell|tells|told|decided) of"
    r"|nothing waits for|for your eyes only|for you alone|out of reach|no mistakes?|called again|whoever may|in other clothes"
    r"|can(?:not)? be had|for certain not|takes none|remembers in|speaks (?:to|in)"
    r"|could not be said|not said|(?:is|are|be|been|being|was|were) said|said (?:twice|again|once|here|too)"
    r"|hears|does not hear|(?:which|that|rooms?|channels?) hear|calls? (?:nobody|somebody|anybody))\b"
    r"|(?<!\b[Tt]here )\b(?:is|are) (?:no|none of) (?!(?:longer|more|need|doubt|less|such)\b)\w+"
    r"|(?:^|[.:;] )[Ww]ho (?!(?:reported|may|can|is|are|has|have|asked)\b)[^?.:;]*(?=[.:;]|$)"
    r"|^(?:names|holds) no \w+|^Mind:",
    re.MULTILINE,
)
# What is left to be reworded, by file; an entry that is not needed any more fails.
ALLOWED: dict[str, frozenset[str]] = {}
# Classes and functions that got the field's own words (docs/glossary.md).
RENAMED = frozenset(
    [
        "Allowance", "Ask", "Attendance", "Desk", "Hearing", "Intake", "Known", "KnownPolicy", "Look", "Looked", "Manner", "Misread",
        "Noticing", "Picture", "Plot", "Point", "Returning", "Road", "Running", "Said", "Saying", "Speech", "UnderWay", "Vault",
        "Welcome", "draw", "dress", "hasten", "hears", "lengthen", "line_up", "mend", "open_road", "points", "redress", "set_right",
        "told", "wall",
    ]
)  # fmt: skip

DECLARED = re.compile(r"^ *(?:class|def|async def) (\w+)", re.MULTILINE)


def texts_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The texts of a module that have at least two words, with their lines; docstrings are for its readers."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docstrings:
            continue
        if " " in node.value.strip() and "\\" not in node.value:
            yield node.lineno, node.value


def prose_of(page: str) -> str:
    """A page without code, and without the words that the glossary tells to avoid; the lines keep their numbers."""

    def blank(match: re.Match[str]) -> str:
        return "\n" * match.group().count("\n")

    page = re.sub(r"^ *```.*?^ *```", blank, page, flags=re.MULTILINE | re.DOTALL)
    page = re.sub(r"^\| instead of \|.*\n(?:\|.*\n)+", blank, page, flags=re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "`…`", page)


def strings_in(document: object) -> Iterator[str]:
    """All texts of a JSON document."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict | list):
        for item in document.values() if isinstance(document, dict) else document:
            yield from strings_in(item)


def dropped_in(text: str) -> list[str]:
    return [match.group() for match in DROPPED.finditer(text)]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def phrases_of(path: Path) -> Iterator[tuple[str, int, str]]:
    """Each phrase of a file, with the file's name and its line where it has lines."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        texts = list(texts_in(ast.parse(text)))
    elif path.suffix == ".json":
        texts = [(0, each) for each in strings_in(json.loads(text))]
    else:
        texts = list(enumerate([prose_of(text)]))
    for line, each in texts:
        for match in DROPPED.finditer(each):
            here = line or (each[: match.start()].count("\n") + 1 if path.suffix != ".json" else 0)
            yield name_of(path), here, match.group()


MODULES = sorted((ROOT / "chatbot").rglob("*.py"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "config.example.toml"])
GOLDEN = sorted(ROOT.glob("tests/chats/*/golden/*.json"))


def test_what_people_read_is_plain_english() -> None:
    paths = [*MODULES, *PAGES]
    assert len(paths) > 500
    phrases = {name_of(path): list(phrases_of(path)) for path in paths}
    assert [
        phrase
        for name, inside in phrases.items()
        for phrase in inside
        if phrase[2] not in ALLOWED.get(name, frozenset())
    ] == []
    assert {
        name: unused
        for name, allowed in ALLOWED.items()
        if (unused := allowed - {words for _, _, words in phrases.get(name, [])})
    } == {}


def test_messages_are_plain_english() -> None:
    allowed = frozenset[str]().union(*ALLOWED.values())
    assert len(GOLDEN) > 100
    assert [phrase for path in GOLDEN for phrase in phrases_of(path) if phrase[2] not in allowed] == []


def test_no_class_or_function_has_a_name_of_the_private_language() -> None:
    names = {name_of(path): DECLARED.findall(path.read_text(encoding="utf-8")) for path in MODULES}
    assert sum(map(len, names.values())) > 3_000
    assert [(path, name) for path, declared in names.items() for name in declared if name.strip("_") in RENAMED] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("so that it shall work", ["shall"]),
        ("reads the rooms anew", ["anew"]),
        ("nothing to mend.", ["mend"]),
        ("it is told of under B", ["told of"]),
        ("'x' is no setting; remove it", ["is no setting"]),
        ("this is none of ours", ["is none of ours"]),
        ("this room hears high only", ["hears"]),
        ("it was said here before", ["was said"]),
        ("Who left that chat is not written to.", ["Who left that chat is not written to"]),
        ("a limit; who asks faster waits.\nNext.", ["; who asks faster waits"]),
        ("recommend an amended mended thing", ["mended"]),
        ("Mind: it is old", ["Mind:"]),
        ("names no store", ["names no store"]),
        ("Who reported it?", []),
        ("Who wrote it?", []),
        ("unknown setting; did you mean token?", []),
        ("there is no release line 0.9; it is no longer supported", []),
        ("The channel drafts watch events in a room.", []),
    ],
)
def test_a_phrase_is_found_where_it_stands(text: str, words: list[str]) -> None:
    assert dropped_in(text) == words


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("It `is no text` here.\n\n```toml\n# nothing to mend\n```\nanew\n", ["anew"]),
        ("| instead of | write |\n|---|---|\n| anew | again |\n\nIt shall be.\n", ["shall"]),
        ("  ```toml\n  # anew\n  ```\n", []),
    ],
)
def test_code_and_the_glossarys_list_are_no_prose(page: str, words: list[str]) -> None:
    assert dropped_in(prose_of(page)) == words


def test_every_text_of_a_document_is_read() -> None:
    assert list(strings_in({"a": ["one", {"b": "two"}], "c": 3, "d": None})) == ["one", "two"]
