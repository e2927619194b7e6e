"""Every pattern of the package takes time in proportion to its text, in the way it is used, whatever the text is."""

import ast
import gc
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

import chatbot
from chatbot.core.text import patterns
from tests.pattern_cost import hostile_texts, slowness

_ONCE = ("search", "match", "fullmatch")
_OVER_AND_OVER = ("finditer", "findall", "split", "sub", "subn")
_ALL = frozenset((*_ONCE, *_OVER_AND_OVER))
_USE = re.compile(rf"(\w+)\s*\.\s*({'|'.join(sorted(_ALL))})\b")
_PLAIN = (str, bytes, int, float, type(None))
_SOURCES = sorted(path for path in Path(chatbot.__file__).parent.rglob("*.py") if "migrations" not in path.parts)
Compiled = patterns.Pattern | re.Pattern[str] | re.Pattern[bytes]


def _modules() -> list[object]:
    names = [
        module.name
        for module in pkgutil.walk_packages(chatbot.__path__, "chatbot.")
        if ".migrations" not in module.name
    ]
    return [importlib.import_module(name) for name in names]


def _held_by(name: str, value: object) -> Iterator[tuple[str, Compiled]]:
    """The patterns in a value and in the containers and classes in it, with the names they have there."""
    waiting = [(name, value, 0)]
    while waiting:
        name, value, depth = waiting.pop()
        if isinstance(value, (patterns.Pattern, re.Pattern)):
            yield name, value
        elif depth < 4 and isinstance(value, (tuple, list, set, frozenset)):
            waiting += [(name, each, depth + 1) for each in value if not isinstance(each, _PLAIN)]
        elif depth < 4 and isinstance(value, dict):
            parts = [(str(key), part) for key, each in list(value.items()) for part in (key, each)]
            waiting += [(key, part, depth + 1) for key, part in parts if not isinstance(part, _PLAIN)]
        elif depth < 2 and isinstance(value, type) and value.__module__.startswith("chatbot"):
            waiting.append((name, dict(vars(value)), depth + 1))


def _ways_of(texts: Iterable[str]) -> dict[str, set[str]]:
    """How each name of a pattern is used: `_NAME.search(…)`. Words are enough: to walk through every tree takes seconds."""
    ways: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for name, way in _USE.findall(text):
            ways[name].add(way)
    return ways


@cache
def _findings() -> tuple[list[str], frozenset[str], frozenset[str | None]]:
    """Where patterns hide, and what is imported whole and in part: the trees, kept, would weigh hundreds of megabytes."""
    hidden, names, froms = list[str](), set[str](), set[str | None]()
    for path in _SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                froms.add(node.module)
        if path.name != "patterns.py":
            hidden += [f"{path.relative_to(_SOURCES[0].parent)}:{node.lineno}" for node in _hidden(tree)]
    return hidden, frozenset(names), frozenset(froms)


_WAYS = _ways_of(path.read_text("utf-8") for path in _SOURCES)


def _every_pattern() -> dict[str, tuple[Compiled, frozenset[str]]]:
    """Each pattern by where it stands, with the ways it is used; by all of them where it is used without its name."""
    by_id: dict[int, tuple[str, Compiled]] = {}
    for module in _modules():
        for name, value in vars(module).items():
            for inner, pattern in _held_by(name, value):
                by_id.setdefault(id(pattern), (f"{getattr(module, '__name__', '')}.{inner}", pattern))
    held_elsewhere = [each for each in gc.get_objects() if type(each) is patterns.Pattern and id(each) not in by_id]
    by_id |= {id(each): (f"somewhere: {each.pattern[:40]}", each) for each in held_elsewhere}
    ways = {name: frozenset(_WAYS.get(name.rpartition(".")[2], _ALL)) or _ALL for name, _ in by_id.values()}
    return {
        f"{name} {number}": (pattern, ways[name])
        for number, (name, pattern) in enumerate(sorted(by_id.values(), key=lambda each: each[0]))
    }


_PATTERNS = _every_pattern()


def _runs(pattern: Compiled, ways: frozenset[str]) -> Iterator[Callable[[str], object]]:
    """What to do with a text: each way that is not part of another."""
    each: dict[str, Callable[[str], object]] = {name: getattr(_over_text(pattern), name) for name in _ONCE}
    each["finditer"] = lambda text: sum(1 for _ in _over_text(pattern).finditer(text))
    used = {way if way in _ONCE else "finditer" for way in ways}
    yield from (each[way] for way in sorted(used))


def _over_text(pattern: Compiled) -> patterns.Pattern | re.Pattern[str]:
    if isinstance(pattern.pattern, bytes):
        return re.compile(pattern.pattern.decode("latin-1"), pattern.flags | re.ASCII)
    return pattern


def _why_slow(pattern: Compiled, ways: frozenset[str], count: int) -> str:
    spelled = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    for run in _runs(pattern, ways):
        for text in hostile_texts(spelled, count=count):
            if why := slowness(run, text):
                return why
    return ""


@pytest.mark.parametrize("name", _PATTERNS)
def test_a_text_of_twice_the_length_takes_twice_the_time(name: str) -> None:
    pattern, ways = _PATTERNS[name]
    assert not _why_slow(pattern, ways, count=14)


@pytest.mark.parametrize(
    ("pattern", "flags", "way"),
    [
        pytest.param(r"(?:[-_.]+(?:v|ver|version|rel|release|tag)?)+$", re.IGNORECASE, "sub", id="tags, as they were"),
        pytest.param(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL, "match", id="pages, as they were"),
        pytest.param(
            r"\b(?:(?P<n1>two|three|four|five|couple|[2-9]) (?:\w+ )?)?(?:latest|newest|most recent(?:ly released)?|current|last|recent)\b"
            r"(?P<words>(?:[ -][\w.’'-]+){0,4}?)[ -](?P<noun>versions?|releases?|patch|tags?|builds?|series|lines?|majors?|minors?)\b",
            0, "search", id="sentences, as they were",
        ),
        pytest.param(r"(?m)^(\s*)(#{1,3}|-#|[->+]|>>>)(?=\s|#|$|>)|^(\s*\d+)([.)])(?=\s|$)", 0, "sub", id="line starts, as they were"),
        pytest.param(r"\s+$", 0, "search", id="blanks at the end"),
        pytest.param(r"(\w+\s*)+:", 0, "match", id="a repeat in a repeat"),
        pytest.param(r"a.*b|a", re.DOTALL, "finditer", id="looking far and taking little"),
        pytest.param(r"x*y", 0, "findall", id="a repeat at the start"),
    ],
)  # fmt: skip
def test_it_finds_what_is_slow(pattern: str, flags: int, way: str) -> None:
    assert _why_slow(re.compile(pattern, flags), frozenset({way}), count=40)


def test_the_linear_engine_is_slow_only_where_each_step_looks_far() -> None:
    assert not _why_slow(patterns.compile(r"(\w+\s*)+:"), _ALL, count=16)
    assert not _why_slow(patterns.compile(r"a.*b|a", dot_all=True), frozenset(_ONCE), count=16)
    assert _why_slow(patterns.compile(r"a.*b|a", dot_all=True), frozenset({"sub"}), count=40)


def test_no_pattern_is_made_where_this_test_does_not_see_it() -> None:
    """`re.search(…)` and the like have their pattern in the call, and what a function compiles is gone when it returns."""
    hidden, _, _ = _findings()
    assert hidden == []


def _hidden(tree: ast.Module) -> Iterator[ast.Call]:
    functions = [
        node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
    ]
    called_later = {node.id for function in functions for node in ast.walk(function) if isinstance(node, ast.Name)}
    inside = {  # but for functions that only the module itself calls, once: what they make stays
        id(node)
        for function in functions
        if not (isinstance(function, ast.FunctionDef) and function.name[0] == "_" and function.name not in called_later)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            continue
        module, called = node.func.value.id, node.func.attr
        if (module == "re" and called in _ALL) or (
            module in ("re", "patterns") and called == "compile" and id(node) in inside
        ):
            yield node


@pytest.mark.parametrize(
    ("source", "hidden"),
    [
        ("import re\nA = re.compile('x')", False),
        ("class A:\n    B = patterns.compile('x')", False),
        ("import re\nB = re.search('x', 'y')", True),
        ("def a():\n    return re.compile('x')", True),
        ("def _a(x):\n    return patterns.compile(x)\nB = _a('x')", False),
        ("def _a(x):\n    return patterns.compile(x)\ndef b():\n    return _a('x')", True),
        ("a = lambda: patterns.compile('x')", True),
        ("async def a():\n    re.sub('x', '', 'y')", True),
    ],
)
def test_it_sees_a_pattern_that_hides(source: str, hidden: bool) -> None:
    assert bool(list(_hidden(ast.parse(source)))) == hidden


def test_no_other_engine_that_goes_back_is_imported() -> None:
    """`fnmatch` may be: each of its stars takes the first fit and never goes back, and the globs are the operator's."""
    _, names, froms = _findings()
    assert {"asyncio", "json"} <= names
    assert not {"regex", "sre_compile"} & (names | froms)
    assert "re" not in froms
