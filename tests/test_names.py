"""Names say what they hold: of all names that the code gives, next to none is a bare participle such as `found` or `told`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST = 0.003  # of all names: a table's column and a state are called so
PARTICIPLES = frozenset(
    [
        "allowed",
        "answered",
        "asked",
        "begun",
        "configured",
        "decided",
        "done",
        "ended",
        "failed",
        "found",
        "given",
        "gone",
        "got",
        "heard",
        "held",
        "kept",
        "known",
        "left",
        "looked",
        "lost",
        "made",
        "meant",
        "met",
        "named",
        "read",
        "said",
        "seen",
        "sent",
        "settled",
        "shown",
        "taken",
        "told",
        "typed",
        "wanted",
        "written",
    ]
)


def names_of(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every name that is given in a module, with its line: of variables, parameters, functions and classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno


def is_participle(name: str) -> bool:
    return name.strip("_").lower() in PARTICIPLES


def participles(tree: ast.AST) -> list[tuple[str, int]]:
    return [(name, line) for name, line in names_of(tree) if is_participle(name)]


@pytest.mark.parametrize("folder", ["chatbot", "tests"])
def test_names_say_what_they_hold(folder: str) -> None:
    total, bare = 0, list[str]()
    for path in sorted((ROOT / folder).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = list(names_of(tree))
        total += len(names)
        bare += [f"{path.relative_to(ROOT)}:{line}: {name}" for name, line in names if is_participle(name)]
    assert len(bare) < MOST * total, "\n".join(["say what these hold:", *bare])


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("found = 1", ["found"]),
        ("def told(): ...", ["told"]),
        ("class _Asked: ...", ["_Asked"]),
        ("def f(known, *, kept=1): return [seen for seen in known]", ["known", "kept", "seen"]),
        ("read_at, unread = found.known, told()", []),
        ("for match in found: print(match)", []),
    ],
)
def test_a_bare_participle_is_one(code: str, names: list[str]) -> None:
    assert sorted(name for name, _ in participles(ast.parse(code))) == sorted(names)
