"""Hostile texts and JSON, and the bounds that whatever reads them must keep: time in proportion to the input, little memory."""

import resource
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from chatbot.core.text.visible import INVISIBLE
from tests.cost import assert_cheap
from tests.examples import scaled

T = TypeVar("T")
LONGEST = 12_000  # characters of a pumped text
LARGEST_ITEM = 2_000_000  # characters of an item of JSON when it is written
_BASE, _EACH = (
    1.0,
    0.0002,
)  # seconds: for anything at all, and for each character; ten times what the slowest reader takes
_MEMORY = 300 << 20  # bytes that a file of tests may grow by

# 40 examples in `make test`, where the profile is Hypothesis' own of 100; 2,000 in `make fuzz`, where it is `long`.
effort = settings(
    max_examples=scaled(40),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to make a large message small takes minutes
)

_ODD = [
    *sorted(INVISIBLE)[:40],
    "\u202e",
    "\u200b",
    "\ud800",
    "\udfff",
    "\U000e0041",
    "\x1b[31m",
    "\x9b",
    "\u2028",
    "ſ",
    "K",
    "İ",
]
_COMMON = [
    " ",
    "\n",
    "\t",
    "-",
    ".",
    ",",
    ":",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "*",
    "`",
    "@",
    "#",
    "/",
    "\\",
    "0",
    "1.2.3",
    "a",
    "é",
]


def texts(atoms: Sequence[str], longest: int = LONGEST) -> st.SearchStrategy[str]:
    """Arbitrary text; words of a grammar in any order; and a few of them over and over, between others."""
    word = st.sampled_from([*atoms, *_COMMON, *_ODD])
    phrase = st.lists(word, max_size=30).map("".join)
    short = st.lists(word, min_size=1, max_size=4).map("".join)
    pumped = st.builds(
        lambda begin, pump, times, end: begin + (pump * times)[:longest] + end,
        phrase, short, st.sampled_from([3, 40, 700, 6_000]), phrase,
    )  # fmt: skip
    return st.one_of(
        st.text(max_size=200), phrase, pumped, st.lists(st.one_of(phrase, pumped), max_size=3).map("\n".join)
    )


def json_values(atoms: Sequence[str]) -> st.SearchStrategy[Any]:
    leaf = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from([10**400, -1, 2**63, "", "2030-01-01T00:00:00Z"]),
        texts(atoms, 400),
    )  # fmt: skip
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, max_size=6),
            st.dictionaries(st.sampled_from([*atoms, "id", "type", "value"]), inner, max_size=4),
        ),
    )


@st.composite
def altered(draw: st.DrawFn, item: Any, atoms: Sequence[str]) -> Any:
    """A good item of JSON with some of its values exchanged, left out, or many times there."""
    for _ in range(draw(st.integers(1, 4))):
        changed = _altered(draw, item, atoms)
        if written_size(changed, {}) > LARGEST_ITEM:
            break
        item = changed
    return item


def written_size(value: Any, sizes: dict[int, int]) -> int:
    """About how many characters JSON takes when it is written. What stands in it a thousand times is looked at once: three hundred
    times three hundred times the same list is small in memory, and hundreds of megabytes when it is written."""
    if not isinstance(value, (dict, list)):
        return len(value) if isinstance(value, str) else 20
    if id(value) not in sizes:
        inner = [*value, *value.values()] if isinstance(value, dict) else value
        sizes[id(value)] = 2 + sum(written_size(each, sizes) for each in inner)
    return sizes[id(value)]


def _altered(draw: st.DrawFn, value: Any, atoms: Sequence[str]) -> Any:
    deeper = isinstance(value, (dict, list)) and value and draw(st.integers(0, 4))
    if not deeper:
        return draw(json_values(atoms))
    if isinstance(value, list):
        at = draw(st.integers(0, len(value) - 1))
        return [
            *value[:at],
            *[_altered(draw, value[at], atoms)] * draw(st.sampled_from([0, 1, 1, 1, 300])),
            *value[at + 1 :],
        ]
    name = draw(st.sampled_from(sorted(value)))
    rest = {key: each for key, each in value.items() if key != name}
    return rest if draw(st.integers(0, 5)) == 0 else {**rest, name: _altered(draw, value[name], atoms)}


def bounded(work: Callable[[], T], size: int) -> T:
    """Do the work; it takes no more of this thread's time than an input of that size may."""
    return assert_cheap(work, _BASE + _EACH * size)


def allowing(run: Callable[[Any], object], *errors: type[Exception]) -> Callable[[Any], object]:
    """`run`, whose promised errors are answers too."""

    def tried(value: Any) -> object:
        try:
            return run(value)
        except errors as why:
            return str(why)

    return tried


@pytest.fixture(autouse=True, scope="module")
def little_memory() -> Iterator[None]:
    """The process has not grown by much when the tests of a file are done."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < _MEMORY
