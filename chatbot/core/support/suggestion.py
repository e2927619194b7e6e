"""A table that says the same as a page, without doubt: made from its statements, and believed only when it is read back alike."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, pairwise

from chatbot.core.support.covered import range_words, rule_words
from chatbot.core.support.policy import Policy, Status, line_style, status
from chatbot.core.support.reading import read_lines, statements
from chatbot.core.support.rows import Mark, Range, Row, exactly, line_range
from chatbot.core.versions.version import Key, Version, line_numbers, read_version

_MOST_ROWS = 60
_MOST_LINES = 200  # released lines that are asked about
_MOST_CELL = 120  # characters
_SIGNS: Mapping[Mark, str] = {"yes": "✅", "no": "❌", "open": "?", "": "?"}
_MARKS: Mapping[str, Mark] = {"supported": "yes", "ended": "no", "unknown": ""}
_MARKUP = str.maketrans(dict.fromkeys("|\\`*_[]\n\r\t", " "))
_NO_PROMISE = {"unknown", "not_listed"}
_FAR = 99  # a patch that no release has reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Releases:
    """What is known of the project's full releases: all versions of the page's package, and the days they came out."""

    versions: Sequence[Version] = ()
    published: Mapping[Version, date] = field(default_factory=dict)

    @property
    def newest(self) -> Version | None:
        return max((each for each in self.versions if not each.prerelease), key=lambda each: each.order, default=None)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row to suggest. `end` is a day, or the page's words for the release that ends support."""

    line: str
    mark: Mark
    end: str = ""
    component: str = ""


Table = tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` is Markdown to copy; `unclear` are the lines of it that stay open, because the page leaves them open."""

    text: str
    unclear: tuple[str, ...] = ()


def suggest(
    policy: Policy, reader: Callable[[str], Policy], *, today: date, releases: Releases | None = None
) -> Suggestion | None:
    """A Markdown table that answers as the page does for every line that is known; None where the page says nothing about
    versions, or no table was read back alike.

    `reader` reads a page. Rules such as "the latest two minors" stay rules where they can, else they become the lines that they
    mean on the day; known lines are those that the page names, and those of the releases.
    """
    rows = statements(policy) if policy.readable and not policy.cut else []
    if not rows or len(rows) > _MOST_ROWS:
        return None
    releases = releases or Releases()
    asked_about = list(_questions(rows, releases))
    answers = [_answer(policy, *question, today, releases) for question in asked_about]
    for table in map(tuple, map(dict.fromkeys, _candidates(policy, rows, today, releases))):
        if not 0 < len(table) <= _MOST_ROWS:
            continue
        text = markdown(table)
        again = reader(text)
        answers_again = (_answer(again, *each, today, releases) for each in asked_about)
        alike = (
            one == other or (_is_ahead(version, releases) and {one[0], other[0]} == _NO_PROMISE)
            for one, other, (version, _) in zip(answers, answers_again, asked_about, strict=True)
        )
        if again.readable and all(alike):
            return Suggestion(text, tuple(each.line for each in read_lines(again, today) if each.state == "unknown"))
    return None


def markdown(table: Sequence[TableRow]) -> str:
    """The table as text, with a heading, and without a column that is empty in all rows."""
    has_parts, has_ends = any(row.component for row in table), any(row.end for row in table)
    titles = [*(["Component"] if has_parts else []), "Version", "Supported", *(["End of support"] if has_ends else [])]
    lines = [titles, ["---"] * len(titles)]
    for row in table:
        first = [row.component] if has_parts else []
        lines.append([*first, row.line, _SIGNS[row.mark], *([row.end] if has_ends else [])])
    body = "\n".join(f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in lines)
    return f"## Supported versions\n\n{body}\n"


def _candidates(policy: Policy, rows: Sequence[Row], today: date, releases: Releases) -> Iterator[Table]:
    """Tables that may say the same, the ones that stay right the longest first."""
    firm = [row for row in rows if row.kind != "sentence"]
    yield tuple(_as_written(firm))
    yield tuple(_as_written(rows))
    yield tuple(_spelled_out(policy, rows, today, releases))


# ---- statement by statement ---------------------------------------------------------------------------------------------


def _as_written(rows: Sequence[Row]) -> Iterator[TableRow]:
    for row in rows:
        end = row.until.isoformat() if row.until else _cell(row.event.text) if row.event else ""
        for line in _names(row):
            yield TableRow(line, row.mark, end, _cell(row.component))
    if any(row.only and row.mark == "yes" for row in rows) and not any(row.rest for row in rows):
        yield TableRow("All other versions", "no")


def _names(row: Row) -> Iterator[str]:
    """What a statement covers, one row for each."""
    plain = not row.stage
    if plain and row.ranges and row.latest is None:
        yield from (range_words(each, row.label) for each in row.ranges)
    elif plain and row.latest is not None and not row.ranges:
        words = rule_words(row.latest).removeprefix("the ")
        yield words[:1].upper() + words[1:]
    elif plain and row.names and not row.ranges:
        yield from sorted(row.names)
    elif plain and row.rest and not row.ranges:
        yield "All other versions" if row.rest == "all" else "Older versions"
    elif label := _cell(row.label):
        yield label


def _cell(words: str) -> str:
    """Foreign words as plain text for a cell."""
    return " ".join(words.translate(_MARKUP).split())[:_MOST_CELL]


# ---- line by line -------------------------------------------------------------------------------------------------------


def _spelled_out(policy: Policy, rows: Sequence[Row], today: date, releases: Releases) -> Iterator[TableRow]:
    """One row for each stretch of versions of which the page says the same, with what it says on the day."""
    for component in dict.fromkeys(row.component for row in rows):
        yield from _stretches(policy, rows, component, today, releases)
    for name in sorted({name for row in rows for name in row.names}):
        yield from _row_of(name, _answer_of(policy, name, "", today, releases), rows)


def _stretches(
    policy: Policy, rows: Sequence[Row], component: str, today: date, releases: Releases
) -> Iterator[TableRow]:
    judged: list[tuple[Range, Status]] = []
    for span in _spans(rows, releases):
        version = _inside(span, releases)
        if version is not None:
            ahead = span.high is None and _is_ahead(version, releases)
            answer = _answer_of(policy, version, component, today, releases)
            judged += [(span, answer)] if not (ahead and answer.state == "unknown") else []
    for _, group in groupby(reversed(judged), key=lambda item: (item[1].state, item[1].until, item[1].row)):
        together = list(group)
        whole = Range(together[-1][0].low, together[0][0].high)
        yield from _row_of(range_words(whole), together[0][1], rows, component)


def _row_of(line: str, answer: Status, rows: Sequence[Row], component: str = "") -> Iterator[TableRow]:
    """The row for an answer; none where the page says nothing."""
    if answer.state == "not_listed":
        return
    row = next((row for row in rows if row.text == answer.row), None)
    event = row.event.text if row is not None and row.event is not None and answer.state == "supported" else ""
    end = answer.until.isoformat() if answer.until else _cell(event)
    yield TableRow(line, _MARKS[answer.state], end, _cell(component))


def _spans(rows: Sequence[Row], releases: Releases) -> Iterator[Range]:
    """The stretches between all versions at which the page may begin to say something else, the lowest first."""
    bounds: set[Key] = set()
    ranges = [each for row in rows for each in row.ranges]
    newest_of: dict[tuple[int, ...], Version] = {}
    for version in releases.versions:
        line = line_numbers(version)
        newest_of[line] = max(newest_of.get(line, version), version, key=lambda each: each.order)
    by_release = any(row.latest is not None and row.latest.level == "release" for row in rows)
    ranges += [line_range(line) for line in newest_of]
    ranges += [exactly(version) for version in newest_of.values()] if by_release else []
    for span in ranges:
        bounds |= {key for key in (span.low, span.high) if key is not None}
    yield from (Range(low, high) for low, high in pairwise([None, *sorted(bounds), None]))


def _inside(span: Range, releases: Releases) -> Version | None:
    """A version of a stretch: one that was released, else the first that may be; None where none is known."""
    released = [each for each in releases.versions if span.covers(each)]
    if released:
        return released[0]
    candidates = (
        [*_around(span.low), *(_around(span.high) if span.low is None else ())] if span.low or span.high else []
    )
    return next((each for each in candidates if span.covers(each) and not each.prerelease), None)


# ---- the same answers ---------------------------------------------------------------------------------------------------


def _questions(rows: Sequence[Row], releases: Releases) -> Iterator[tuple[Version | str, str]]:
    """What is asked of the page and of the table: every line that is known, and every name, of every part."""
    versions = dict.fromkeys([*_of_lines(releases.versions), *_of_ranges(rows)])
    names = sorted({name for row in rows for name in row.names})
    for component in dict.fromkeys(["", *(row.component for row in rows)]):
        yield from ((each, component) for each in versions)
        yield from ((each, component) for each in names)


def _is_ahead(version: Version | str, releases: Releases) -> bool:
    """Whether it is newer than every release, so that nobody asks about it yet."""
    newest = releases.newest
    return newest is not None and isinstance(version, Version) and version.order > newest.order


def _of_lines(versions: Sequence[Version]) -> Iterator[Version]:
    """Of each line its newest two releases and its first one."""
    lines: dict[tuple[int, ...], list[Version]] = {}
    for version in sorted(versions, key=lambda each: each.order, reverse=True):
        lines.setdefault(version.numbers[:2], []).append(version)
    for members in list(lines.values())[:_MOST_LINES]:
        yield from dict.fromkeys([*members[:2], members[-1]])


def _of_ranges(rows: Iterable[Row]) -> Iterator[Version]:
    """Versions about the bounds of every range: inside, just before, and just behind it."""
    staged = any(row.stage for row in rows)
    for row in rows:
        for span in row.ranges:
            for key in (span.low, span.high):
                around = _around(key) if key is not None else []
                yield from (each for each in around if staged or not each.prerelease)


def _around(key: Key | None) -> list[Version]:
    """Versions at a bound: that number, one within, the ones before, and its prerelease."""
    if key is None:
        return []
    numbers = (*key[0], 0, 0)[: max(len(key[0]), 3)]
    last = max((at for at, number in enumerate(numbers) if number), default=None)
    names = [numbers, (*numbers[:-1], numbers[-1] + 1)]
    if last is not None:
        before = (*numbers[:last], numbers[last] - 1, *(_FAR for _ in numbers[last + 1 :]))
        names += [before, (*numbers[:last], numbers[last] - 1, *(0 for _ in numbers[last + 1 :]))]
    texts = [".".join(map(str, each)) for each in names]
    return [version for text in (*texts, f"{texts[0]}-rc.1") if (version := read_version(text)) is not None]


def _answer(
    policy: Policy, version: Version | str, component: str, today: date, releases: Releases
) -> tuple[str, date | None]:
    answer = _answer_of(policy, version, component, today, releases)
    return answer.state, answer.until


def _answer_of(policy: Policy, version: Version | str, component: str, today: date, releases: Releases) -> Status:
    return status(
        policy,
        version,
        today=today,
        releases=list(releases.versions) or None,
        newest=releases.newest,
        published=releases.published,
        component=_cell(component),
        lines=line_style(policy),
    )
