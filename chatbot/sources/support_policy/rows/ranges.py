"""One version with its comparison (`< 4.0`, `^1.2`, `5.1.x`) -> a range, and several of them -> the ranges they amount to."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.core.support.rows import Range, exactly, line_range, prereleases_of, start_of
from chatbot.core.text import patterns
from chatbot.core.versions.version import Key, Version, read_tag

_PATTERN = patterns.compile(
    r"v?\.?(?:(?P<numbers>\d+(?:\.\d+)*)(?:\.(?:x+|\*|y|z|n))*|(?P<joined>\d+|\d+(?:\.\d+)*\.\d{3,})[x*])",
    ascii_only=True,
)
_BEFORE_LINE = patterns.compile(
    r"(v?\d+(?:\.\d+)*\.[x*])-(?:dev|alpha|beta|rc|snapshot|pre|preview)(?:\.?\d*|\.[x*])", ascii_only=True
)
_EARLY = patterns.compile(
    r"(v?\d+\.\d+(?:\.\d+)*)-(?:dev|alpha|beta|rc|snapshot|pre|preview)[.-]?[x*]+", ascii_only=True
)  # `1.0.0-rc.x`
_ALL = patterns.compile(r"v?[x*](?:\.[x*])*")  # `x.y.z` is a template's place for a version


@dataclass(slots=True)
class Bound:
    """A range on its way: `half` says which end a comparison has left open ("low", "high")."""

    range: Range
    half: str = ""
    joined: str = ""


def comparison(text: str, operator: str) -> Bound | None:
    """The range of `5.1.x`, `5.1`, `5.1.2` or `2.0+` under an operator ("" for none); None where it is no version."""
    text = text.rstrip(".")
    plus = text.endswith("+")
    text = text.rstrip("+.")
    if _ALL.fullmatch(text):
        return Bound(Range())
    base = _base(text)
    if base is None:
        return None
    if plus:
        return Bound(Range(base.low, None))
    line = _line(text)
    match operator:
        case "<":
            return Bound(Range(None, base.low), "low")
        case "<=":
            return Bound(Range(None, line.high if line else base.high), "low")
        case ">":
            return Bound(Range(line.high if line else base.high, None), "high")
        case ">=":
            return Bound(Range(base.low, None), "high")
        case "^" | "~" | "~>" if line is not None and base.low is not None:
            return Bound(Range(base.low, _compatible(text, operator)))
        case "!=":
            return None
    return Bound(base)


def _numbers(text: str) -> tuple[int, ...] | None:
    match = _PATTERN.fullmatch(text)
    if not match:
        return None
    return tuple(int(part) for part in (match["numbers"] or match["joined"]).split("."))


def _prereleases(text: str) -> Range | None:
    """The prereleases of a line's first release: `3.4.x-dev`; those of a release: `1.0.0-rc.x`."""
    if (early := _EARLY.fullmatch(text)) and (release := read_tag(early[1])) is not None:
        return prereleases_of(release)
    match = _BEFORE_LINE.fullmatch(text)
    numbers = _numbers(match[1]) if match else None
    first = read_tag(".".join(map(str, (*numbers, 0)))) if numbers else None
    return Range(start_of(numbers), first.key) if numbers and first is not None else None


def _line(text: str) -> Range | None:
    """All versions that begin with the numbers; None where the text has more than numbers."""
    numbers = _numbers(text)
    return line_range(numbers) if numbers else None


def _base(text: str) -> Range | None:
    """`5.1.x`, `5.1` and `5` are lines; `5.1.2` and `1.1.1w` are themselves."""
    numbers = _numbers(text)
    if (early := _prereleases(text)) is not None:
        return early
    if numbers is not None and (len(numbers) < 3 or any(mark in text for mark in "x*yzn")):
        return line_range(numbers)
    return _exact(text)


def _exact(text: str) -> Range | None:
    version: Version | None = read_tag(text)
    return exactly(version) if version is not None else None


def _compatible(text: str, operator: str) -> Key:
    """The end of what `^1.2`, `~1.2.3` (npm) and `~> 1.2` (RubyGems) allow."""
    numbers = _numbers(text) or (0,)
    if operator == "^":
        significant = next((at for at, number in enumerate(numbers) if number), len(numbers) - 1)
        return line_range(numbers[: significant + 1]).high or start_of(numbers)
    size = min(2, len(numbers)) if operator == "~" else max(1, len(numbers) - 1)
    return line_range(numbers[:size]).high or start_of(numbers)


def end_of_run(text: str, last: Range) -> Key | None:
    """The end of a range whose last part is this: `3.6 - 3.9` has 3.9.5."""
    line = _line(text.rstrip("+."))
    return line.high if line is not None else last.high


def merged(items: Sequence[Bound]) -> list[Range]:
    """Neighbouring comparisons that bound each other are one range: `>= 3, < 4`; all else stands for itself."""
    ranges_merged: list[Range] = []
    open_half = ""
    for item in items:
        last = ranges_merged[-1] if ranges_merged else None
        if last is not None and item.half and open_half and item.half != open_half and item.joined != "or":
            both = Range(last.low or item.range.low, last.high or item.range.high)
            if both.low is not None and both.high is not None and both.low < both.high:
                ranges_merged[-1], open_half = both, ""
                continue
        ranges_merged.append(item.range)
        open_half = item.half
    return ranges_merged
