"""A range of versions: alternatives of bounds, asked whether a version is within, and said in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, assert_never

from chatbot.core.text import patterns
from chatbot.core.text.words import listed
from chatbot.core.versions.ecosystems import Scheme, place, text_for
from chatbot.core.versions.ranges.text import Step, read_steps
from chatbot.core.versions.tags.habits import PLAIN, Habits
from chatbot.core.versions.version import Version, read_tag

_EPOCH = patterns.compile("[0-9]:[0-9]")  # a distribution's: what is before it is no version
Op = Literal["<", "<=", ">", ">=", "="]

_WORDS: dict[Op, str] = {"<": "before {}", "<=": "{} and earlier", ">": "after {}", ">=": "{} and later", "=": "{}"}
_LOWER: frozenset[Op] = frozenset({">", ">="})
_UPPER: frozenset[Op] = frozenset({"<", "<="})


@dataclass(frozen=True, slots=True)
class Bound:
    """One comparison. With `line` only the leading numbers count, as in `1.2.x` or `<= 9.0.*`; `text` are then those numbers."""

    op: Op
    text: str
    line: bool = False

    def holds(self, text: str, scheme: Scheme) -> bool:
        """Whether a version meets it; both must be readable in the scheme."""
        own, right = (_line_places if self.line else _places)(self, text, scheme)
        match self.op:
            case "<":
                return bool(own < right)
            case "<=":
                return not right < own
            case ">":
                return bool(right < own)
            case ">=":
                return not own < right
            case "=":
                return not own < right and not right < own
            case _ as unreachable:
                assert_never(unreachable)


@dataclass(frozen=True, slots=True)
class Range:
    """Alternatives, each a tuple of bounds that hold together; an alternative without bounds holds every version.

    `scheme` orders the versions (`core.ecosystems`); `text` is the range as published.
    """

    text: str
    scheme: Scheme
    alternatives: tuple[tuple[Bound, ...], ...]

    def contains(self, version: Version | str) -> bool | None:
        """Whether the version is within; None where the scheme cannot read the version."""
        text = text_for(self.scheme, version) if isinstance(version, Version) else version
        if place(self.scheme, text) is None:
            return None
        return any(all(bound.holds(text, self.scheme) for bound in bounds) for bounds in self.alternatives)

    def words(self, last_before: Callable[[str], str] = lambda _: "") -> str:
        """The range for people: `1.0 – 1.3 and 2.0`, `1.0 and later, before 1.4`. `last_before` gives the last version before
        one, "" where nobody knows which that is: then the one that is not affected is named."""
        parts = [_in_words([_closed(bound, last_before) for bound in bounds]) for bounds in self.alternatives]
        return "; ".join(parts) if any("," in part or " and " in part for part in parts) else listed(parts)

    @property
    def ends(self) -> tuple[str, ...]:
        """The versions that are named as the first beyond it (`< 0.13.3`), in the order of the text."""
        return tuple(
            bound.text for bounds in self.alternatives for bound in bounds if bound.op == "<" and not bound.line
        )


def _places(bound: Bound, text: str, scheme: Scheme) -> tuple[Any, Any]:
    return place(scheme, text), place(scheme, bound.text)


def _line_places(bound: Bound, text: str, scheme: Scheme) -> tuple[Any, Any]:
    """The leading numbers of both, as many as the bound names."""
    line = tuple(int(number) for number in bound.text.split("."))
    habits = scheme if isinstance(scheme, Habits) else PLAIN
    version = read_tag(text, habits)
    numbers = version.numbers if version else ()
    here = (numbers + (0,) * len(line))[: len(line)]
    return (version.numbering if version else 0, here), (habits.numbering("", line[0]), line)


def _closed(bound: Bound, last_before: Callable[[str], str]) -> Bound:
    """`< 1.4` as `<= 1.3`, where that is known to be the last before it."""
    last = last_before(bound.text) if bound.op == "<" and not bound.line else ""
    return replace(bound, op="<=", text=last) if last else bound


def _in_words(bounds: Sequence[Bound]) -> str:
    if not bounds:
        return "every version"
    match sorted(bounds, key=lambda bound: bound.op in _UPPER):
        case [Bound(op=">=") as first, Bound(op="<=") as last]:
            return _name(first) if _name(first) == _name(last) else f"{_name(first)} – {_name(last)}"
        case [first, Bound(op="<=") as last]:
            return f"{_WORDS[first.op].format(_name(first))}, up to {_name(last)}"
        case ordered:
            return ", ".join(_WORDS[bound.op].format(_name(bound)) for bound in ordered)


def _name(bound: Bound) -> str:
    return bound.text + (".x" if bound.line else "")


def read_range(text: str, scheme: Scheme = "project") -> Range | None:
    """Read a range as people publish it: `< 0.13.3`, `>= 1.0, < 2`, `1.0 - 1.4`, `1.2.x`, `0.12.0 through 0.13.2`, `*`.

    None where nothing is stated, where a word or a version cannot be read, or where it could mean two things (`< 1.2, < 2.3`).
    """
    steps = read_steps(text)
    if not steps or _EPOCH.search(text):
        return None
    if steps[0].op == "*":
        return Range(text, scheme, ((),))
    alternatives: list[list[Bound]] = []
    for step in steps:
        bound = _bound(step)
        if place(scheme, bound.text) is None:
            return None
        if not alternatives or step.alternative or _starts_anew(alternatives[-1], bound, scheme):
            alternatives.append([])
        alternatives[-1].append(bound)
    if not all(_makes_sense(bounds, scheme) for bounds in alternatives):
        return None
    return Range(text, scheme, tuple(tuple(bounds) for bounds in alternatives))


def _starts_anew(bounds: list[Bound], bound: Bound, scheme: Scheme) -> bool:
    """Whether a bound belongs to a new alternative: `< 1.2.3, >= 2.0, < 2.0.5` are two, `< 2, >= 1` is one."""
    if bound.op == "=" or bounds[-1].op == "=":
        return True
    if bound.op not in _LOWER:
        return False
    return any(other.op in _LOWER or not other.holds(bound.text, scheme) for other in bounds)


def _makes_sense(bounds: list[Bound], scheme: Scheme) -> bool:
    """At most one bound of each side, and something between them."""
    lower = [bound for bound in bounds if bound.op in _LOWER]
    upper = [bound for bound in bounds if bound.op in _UPPER]
    return len(lower) < 2 and len(upper) < 2 and all(end.holds(bound.text, scheme) for bound in lower for end in upper)


def _bound(step: Step) -> Bound:
    assert step.op != "*"  # noqa: S101 - for the type: read_steps gives it alone, or not at all
    return Bound(step.op, step.text, step.line)
