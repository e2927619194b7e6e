"""Hostile texts for a pattern, made of its own alphabet, and how the time that it takes grows with them."""

import random
import re
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from re import _constants as op  # type: ignore[attr-defined] # how `re` itself takes a pattern apart has no types
from re import _parser as parser  # type: ignore[attr-defined]  # the same
from typing import Any

LARGEST = 8_192  # characters; what is quadratic takes some 30 ms or more there
MOST_GROWTH = 2.8  # of the time when the text is twice as long: 2 is linear, 4 quadratic
_WORTH_MEASURING = 0.002  # seconds; less is noise, and no harm at that length
_ENOUGH = 0.02
_NOTHING = 0.0002
_ATTEMPTS = 24
_FOR_EVER = 1.5  # seconds of the process
_ANYTHING = "a0 .-_,:;<>=()[]{}|/\\\"'`@#*~+!?\nAxvé—"
_ENDS = ("", "!", "\0", "x", "\n", " ", "-x", ".x", "0!", "<", ">", ")")

# How RE2 writes what `re` does not know, and something `re` knows that has such characters.
_DIALECT = (
    (re.compile(r"\\x\{([0-9A-Fa-f]+)\}"), lambda match: re.escape(chr(int(match[1], 16)))),
    (re.compile(r"\\p(?:L|\{L\})"), lambda _: "aé"),
    (re.compile(r"\\p(?:N|\{N[dlo]?\})"), lambda _: "07"),
    (re.compile(r"\\p(?:[A-Z]|\{[^}]*\})"), lambda _: "  "),
    (re.compile(r"\\z"), lambda _: r"\\Z"),
)


class _ForEver(Exception):
    """It takes so long that nobody waits for its end."""


def hostile_texts(pattern: str, seed: int = 0, count: int = 24) -> Iterator[Callable[[int], str]]:
    """Texts by their length: something the pattern begins with, then what it repeats over and over, then something unfit."""
    chance = random.Random(f"{pattern}{seed}")
    tree = _parsed(pattern)
    repeats = list(_repeats(tree, ()))
    alphabet = sorted({*_members(tree), " ", "\n", "-", "."})
    for number in range(count):
        before, body = chance.choice(repeats) if repeats else ((), ())
        pump = "".join(_sample(body, chance) for _ in range(chance.choice((1, 1, 1, 2))))
        if number % 3 == 2 or not pump:
            pump = "".join(chance.sample(alphabet, min(len(alphabet), chance.choice((1, 2, 2)))))
        elif chance.random() < 0.3:
            pump += chance.choice(alphabet)
        begin = _sample(before, chance) if chance.random() < 0.7 else ""
        begin = chance.choice((" ", "a", "0", "-", "foo", "\n")) + begin if chance.random() < 0.3 else begin
        end = chance.choice((*_ENDS, *alphabet))
        yield _pumped(begin, pump, end)


def _pumped(begin: str, pump: str, end: str) -> Callable[[int], str]:
    return lambda length: begin + pump * max(1, length // len(pump)) + end


def slowness(run: Callable[[str], object], text: Callable[[int], str], largest: int = LARGEST) -> str:
    """Why the time that it takes grows faster than the text; "" where it does not.

    What takes long enough to be measured is measured again and again before it is called slow: another process on the
    machine costs time, but never at each of several attempts, and only this thread's own time counts.
    """
    try:
        return _growth(run, text, largest)
    except _ForEver:
        return f"more than {_FOR_EVER} s for at most {largest} characters like {text(40)!r}"


def _growth(run: Callable[[str], object], text: Callable[[int], str], largest: int) -> str:
    size = _long_enough(run, text, largest)
    if _time(run, text(size)) < _WORTH_MEASURING:
        return ""
    half = whole = _FOR_EVER
    for attempt in range(_ATTEMPTS):
        half, whole = min(half, _time(run, text(size // 2))), min(whole, _time(run, text(size)))
        if whole <= MOST_GROWTH * half and attempt > 1:
            return ""
    return (
        f"{whole / half:.1f} times the time for twice the text ({whole:.3f} s for {size} characters like {text(40)!r})"
    )


def _long_enough(run: Callable[[str], object], text: Callable[[int], str], largest: int) -> int:
    """A length at which time can be measured, reached in small steps where it grows fast: some would take for ever."""
    size, spent, fast = 8, 0.0, False
    while size < largest and spent < _ENOUGH:
        longer = min(size + size // 8 if fast else size * 2, largest)
        before, spent = max(spent, _NOTHING), _time(run, text(longer))
        fast = spent / before > (longer / size) ** 1.5
        size = longer
    return size


def _time(run: Callable[[str], object], text: str) -> float:
    """Seconds of this thread's own time (that of the process is coarse while its timer runs). Raises _ForEver where it is too
    much: `re` looks for signals while it goes back."""
    before = signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, _FOR_EVER)
    begin = time.thread_time()
    try:
        run(text)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return time.thread_time() - begin


def _give_up(*_: object) -> None:
    raise _ForEver


def _parsed(pattern: str) -> Sequence[tuple[Any, Any]]:
    for spelled, meaning in _DIALECT:
        pattern = spelled.sub(meaning, pattern)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # FutureWarning: a set in a set
        parsed: Sequence[tuple[Any, Any]] = parser.parse(pattern)
    return parsed


_LOOPS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


def _children(code: Any, value: Any) -> list[Any]:
    if code in _LOOPS:
        return [value[2]]
    if code is op.SUBPATTERN:
        return [value[3]]
    if code is op.BRANCH:
        return list(value[1])
    if code in (op.ASSERT, op.ASSERT_NOT):
        return [value[1]]
    return [value] if code is op.ATOMIC_GROUP else []


def _repeats(tree: Any, before: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """What is repeated, with what stands before it."""
    for code, value in tree:
        if code in _LOOPS and (value[1] is op.MAXREPEAT or value[1] >= 4):
            yield before, value[2]
        for inner in _children(code, value):
            yield from _repeats(inner, before)
        before = (*before, (code, value))


def _members(tree: Any) -> Iterator[str]:
    for code, value in tree:
        if code in (op.LITERAL, op.NOT_LITERAL):
            yield chr(value)
        elif code is op.IN:
            yield from (each for each in _ANYTHING if _has(value, each))
            yield from (chr(member) for kind, member in value if kind is op.LITERAL)
        for inner in _children(code, value):
            yield from _members(inner)


def _has(members: Any, character: str) -> bool:
    word, digit, blank = character.isalnum() or character == "_", character.isdigit(), character.isspace()
    categories = {
        op.CATEGORY_DIGIT: digit, op.CATEGORY_NOT_DIGIT: not digit, op.CATEGORY_SPACE: blank,
        op.CATEGORY_NOT_SPACE: not blank, op.CATEGORY_WORD: word, op.CATEGORY_NOT_WORD: not word,
    }  # fmt: skip
    present = any(
        (kind is op.LITERAL and value == ord(character))
        or (kind is op.RANGE and value[0] <= ord(character) <= value[1])
        or (kind is op.CATEGORY and categories.get(value, False))
        for kind, value in members
    )
    return present != any(kind is op.NEGATE for kind, _ in members)


def _sample(tree: Any, chance: random.Random) -> str:
    return "".join(_one(code, value, chance) for code, value in tree)


def _one(code: Any, value: Any, chance: random.Random) -> str:
    if code is op.LITERAL:
        return chr(value)
    if code is op.NOT_LITERAL:
        return chance.choice([each for each in _ANYTHING if ord(each) != value])
    if code is op.ANY:
        return chance.choice("a0 .-<")
    if code is op.IN:
        return chance.choice(
            [each for each in _ANYTHING if _has(value, each)] or list(_members([(code, value)])) or ["a"]
        )
    if code is op.BRANCH:
        return _sample(chance.choice(value[1]), chance)
    if code in _LOOPS:
        times = min(max(value[0], chance.choice((0, 1, 1, 2))), value[1] if value[1] is not op.MAXREPEAT else 9)
        return "".join(_sample(value[2], chance) for _ in range(times))
    if code is op.ASSERT:
        return _sample(value[1], chance) if value[0] == 1 else ""
    return (
        _sample(value[3], chance)
        if code is op.SUBPATTERN
        else _sample(value, chance)
        if code is op.ATOMIC_GROUP
        else ""
    )
