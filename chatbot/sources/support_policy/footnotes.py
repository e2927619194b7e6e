"""The footnotes of a page's tables: what a mark in a cell (`[^1]`, `*`, `[2]`, a raised digit) leads to, beside its row.

A tick with a footnote "only for paying customers" is no tick: the words of the note stand in a column of notes of their own, and
are read like any other remark. A sign is a mark only where the page explains it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from chatbot.core.text import patterns
from chatbot.sources.support_policy.rows.columns import Table

MARK = patterns.compile(r"\[\^([^\]]{1,20})\]")
_MAX_TEXT = 400  # characters of one note
_MAX_NOTES = 100
_RAISED = "¹²³⁴⁵⁶⁷⁸⁹"
_DAGGERS = "†‡§"
_DEFINITION = patterns.compile(
    r"^\s*(?:\[\^(?P<named>[^\]]{1,20})\]:|<sup>\s*(?P<raised>[^<]{1,3})\s*</sup>|\[(?P<boxed>\d{1,2}|[a-z]|\*{1,3})\]:?"
    rf"|\((?P<bracketed>\d{{1,2}})\)|(?P<sign>(?:\\?\*){{1,3}}|[{_DAGGERS}{_RAISED}]))\s*(?P<text>.+)$",
    ignore_case=True,
)
_TRAILING = patterns.compile(
    rf"^(?P<words>.*?)\s*(?:\[(?P<boxed>\d{{1,2}}|[a-z]|\*{{1,3}})\]|\((?P<bracketed>\d{{1,2}})\)|(?P<sign>\*{{1,3}}|[{_DAGGERS}{_RAISED}]))$",
    ignore_case=True,
    dot_all=True,
)
_STARTS = ("[", "<", "(", "\\", "*", *_DAGGERS, *_RAISED)
_ENDS = ("]", ")", "*", *_DAGGERS, *_RAISED)


def definitions_in(markdown: str) -> Iterator[tuple[str, str]]:
    """The notes that a paragraph explains, as (mark, words); a line that begins with no mark goes on with the note before it."""
    if not markdown.lstrip().startswith(_STARTS):
        return
    mark, words = "", ""
    for line in markdown.split("\n"):
        match = _DEFINITION.match(line) if line.lstrip().startswith(_STARTS) else None
        if match is None:
            words = f"{words} {line.strip()}"
            continue
        if mark:
            yield mark, words[:_MAX_TEXT]
        mark, words = _mark_of(match), str(match["text"]).strip()
    if mark:
        yield mark, words[:_MAX_TEXT]


def annotated(table: Table, marks: Sequence[Sequence[str]], notes: Mapping[str, str]) -> Table:
    """The table with the words of its footnotes in a last column; itself where it has none.

    `marks`: those of the header and of each row, where the text of a cell no longer shows them.
    """
    header, above = _unmarked(table.header, notes)
    above = [*(marks[0] if marks else ()), *above]
    rows, texts = [], []
    for at, (line, cells) in enumerate(table.rows, 1):
        plain, ends = _unmarked(cells, notes)
        every = dict.fromkeys([*(marks[at] if at < len(marks) else ()), *ends, *above])
        rows.append((line, plain))
        texts.append(" ".join(notes[mark] for mark in every if mark in notes)[:_MAX_TEXT])
    if not any(texts):
        return table
    width = max(len(header), *(len(cells) for _, cells in rows))
    return replace(
        table,
        header=(*header, *[""] * (width - len(header)), "Notes"),
        rows=tuple(
            (line, (*cells, *[""] * (width - len(cells)), text))
            for (line, cells), text in zip(rows, texts, strict=True)
        ),
    )


def first_words(notes: Iterator[tuple[str, str]]) -> dict[str, str]:
    """The first words of each mark, of at most so many marks."""
    first: dict[str, str] = {}
    for mark, words in notes:
        if len(first) < _MAX_NOTES:
            first.setdefault(mark, words)
    return first


def _unmarked(cells: Sequence[str], notes: Mapping[str, str]) -> tuple[tuple[str, ...], list[str]]:
    """The cells without the marks that they end with, and these; `2.*` is a version and ends with none."""
    plain, marks = [], []
    for cell in cells:
        match = _TRAILING.match(cell) if cell.endswith(_ENDS) else None
        mark = _mark_of(match) if match else ""
        if match and mark in notes and not match["words"].endswith((".", "-")):
            plain.append(match["words"])
            marks.append(mark)
        else:
            plain.append(cell)
    return tuple(plain), marks


def _mark_of(match: patterns.Match) -> str:
    """A mark by its sign alone: a raised 1 in any writing is `1`."""
    sign = next((words for name, words in match.groupdict().items() if words and name not in ("text", "words")), "")
    sign = sign.strip().replace("\\", "").casefold()
    return str(_RAISED.index(sign) + 1) if len(sign) == 1 and sign in _RAISED else sign
