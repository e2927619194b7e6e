"""Which versions a statement is about, in a few plain words: `2.1.x`, `< 2.0`, `the latest two minors`."""

from chatbot.core.support.rows import Latest, Range, Row, start_of
from chatbot.core.versions.tags.tails import END
from chatbot.core.versions.version import Key

_COUNTS = ("", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_LEVELS = {"release": "release", "minor": "minor", "major": "major", "line": "release line"}
_MOST_RANGES = 8
_MOST_LABEL = 60  # characters
_WHOLE = 3  # numbers of one release
_JUST_AFTER = (END, END)  # behind a release, before its patches: where a row that names one release ends


def what_it_covers(row: Row) -> str:
    """The versions that a row is about; its own label where it names none that can be read."""
    ranges = [range_words(each, row.label) for each in row.ranges]
    more = f" and {len(ranges) - _MOST_RANGES} more" if len(ranges) > _MOST_RANGES else ""
    parts = [", ".join(ranges[:_MOST_RANGES]) + more] if ranges else []
    if row.latest is not None:
        parts.insert(0, rule_words(row.latest))
    parts += [", ".join(sorted(row.names))] if row.names and not ranges else []
    if row.rest:
        parts.append("all other versions" if row.rest == "all" else "older versions")
    stage = " prereleases" if row.stage == "pre" else ""
    return (", ".join(parts) or row.label.strip()[:_MOST_LABEL] or "nothing that can be read") + stage


def everything_before(rule: Latest) -> str:
    """What a sentence such as “earlier minors are end-of-life” denies support to."""
    return f"everything before {rule_words(rule)}"


def rule_words(rule: Latest) -> str:
    """A rule that moves with the releases: `the latest two minors of 2.x`."""
    words = _LEVELS[rule.level]
    size = rule.count - rule.skip
    if rule.count == 1:
        name = f"the latest {words}"
    elif rule.skip == 0:
        name = f"the latest {number_word(rule.count)} {words}s"
    elif size == 1 and rule.skip == 1:
        name = f"the previous {words}"
    else:
        name = f"{number_word(size)} {words}s before the latest {number_word(rule.skip)}"
    within = f" of {range_words(rule.within)}" if rule.within else ""
    name += within + (" of the latest major" if rule.of_major else "")
    return f"everything before {name}" if rule.older else name


def number_word(number: int) -> str:
    """`two`, `three`; digits above ten, and for one."""
    return _COUNTS[number] if 1 < number < len(_COUNTS) else str(number)


def range_words(span: Range, label: str = "") -> str:
    """A range as a table may write it: `2.1.x`, `2.1.4`, `>= 2.1, < 2.4`. Numbers are spelled as in `label` where it has them."""
    if (name := _one_name(span)) is not None:
        return name
    parts = []
    if span.low is not None:
        parts.append(f">= {_bound(span.low, label)}")
    if span.high is not None:
        inclusive = span.high[1] == _JUST_AFTER
        parts.append(f"<= {_whole(span.high[0])}" if inclusive else f"< {_bound(span.high, label)}")
    return ", ".join(parts) or "every version"


def _one_name(span: Range) -> str | None:
    """`2.1.x` for all of a line, `2.1.4` for one release; None for another range."""
    if span.low is None or span.high is None or span.low[1]:
        return None
    low, high = span.low[0], span.high[0]
    if span.high == (low, _JUST_AFTER):
        return _whole(low)
    size = len(high)
    start = (*low, *(0,) * size)[:size]
    one_line = len(low) <= size and start[:-1] == high[:-1] and start[-1] + 1 == high[-1]
    return f"{_joined(start)}.x" if one_line and span.high == start_of(high) else None


def _bound(key: Key, label: str) -> str:
    numbers, tail = key
    spellings = [_joined((*numbers, *(0,) * zeros)) for zeros in range(_WHOLE)]
    spelled = max((each for each in spellings if each in label), key=len, default=spellings[0])
    stages = [f"{word}{number or ''}" for _, number, word in tail if word or number]
    return "-".join([spelled, *stages])


def _whole(numbers: tuple[int, ...]) -> str:
    return _joined((*numbers, 0, 0)[: max(len(numbers), _WHOLE)])


def _joined(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))
