"""The pieces of a page -> rows: tables, list items and sentences in its order, each with what its heading says of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from chatbot.core.support.rows import Mark, Row
from chatbot.core.text import patterns
from chatbot.sources.support_policy.denials.versions import may_deny
from chatbot.sources.support_policy.page import Page, Piece
from chatbot.sources.support_policy.rows.columns import Table, of_images
from chatbot.sources.support_policy.rows.items import HISTORY, SAYS_SUPPORT, context_of, item_of, labelled, statement_of
from chatbot.sources.support_policy.rows.marks import legend_of
from chatbot.sources.support_policy.rows.selectors import read_selector
from chatbot.sources.support_policy.rows.sentences import denials_of, doubts_of, sentence_rows
from chatbot.sources.support_policy.rows.split_numbers import joined
from chatbot.sources.support_policy.rows.tables import rows_of
from chatbot.sources.support_policy.scan import has_digit, sentences_of
from chatbot.sources.support_policy.words.hints import may_speak
from chatbot.sources.support_policy.words.languages import english
from chatbot.sources.support_policy.words.lexicon import Language

_SECTION_NUMBER = patterns.compile(r"^\W*\d{1,2}(?:\.\d{1,2}){0,2}(?:[.)\\]+ +| +(?P<head>[A-Z]))")
_EXAMPLES = patterns.compile(r"\W*(?:for )?examples?\b", ignore_case=True)
_ABOUT_VERSIONS = patterns.compile(r"support|version|release|maint|life|\beol\b|branch|updates|receive|lts")
_GENERIC = patterns.compile(
    r"stable|unstable|lts|current|active|legacy|unsupported|obsolete|archived|old|older|newer|development|testing|maintained|unmaintained"
    r"|(?:stable|unstable|old|older|current|active|unsupported|maintained|eol) (?:versions?|releases?|branches|lines)"
    r"|(?:end[- ]of[- ](?:life|support)|eol)(?: \(eol\))?(?: (?:schedule|dates?|versions?|releases?|table))?"
    r"|(?:release|support|lifecycle|maintenance) (?:schedule|calendar|policy|status|table|lifecycle|timeline)"
    r"|security|supported|supported versions?|versions?|support|policy|security policy|tl;?dr",
    ignore_case=True,
)


def is_read(words: str) -> bool:
    return may_speak(words) or may_deny(words)


def rows_of_page(page: Page, language: Language | None) -> Iterator[Row]:
    """The rows of the page in its order; sentences count below a heading about versions, or where the page has no other. Where a
    section ticks versions, what is not understood in it puts those in doubt that it names."""
    tables = [piece for piece in page.pieces if isinstance(piece, Table)]
    legend = legend_of(_explaining(page, language)) if tables else ()
    rows_by_table = {id(table): rows_of(joined(_prepared(table, legend, language))) for table in tables}
    several = sum(any(row.ranges for row in rows) for rows in rows_by_table.values()) > 1
    section = _Section()
    unread: list[tuple[Piece, list[Row]]] = []
    is_ticked = False
    for piece in page.pieces:
        if isinstance(piece, Table):
            rows = [_with_component(row, piece) if several else row for row in rows_by_table[id(piece)]]
        elif piece.kind == "heading":
            yield from _doubts(unread, language) if is_ticked else ()
            unread, is_ticked = [], False
            section = _Section(_unnumbered(english(piece.words, language)), above=_unnumbered(piece.words))
            rows = list(_of_heading(piece, language))
        else:
            rows = list(_of_piece(piece, language, section))
            unread.append((piece, rows))
        is_ticked = is_ticked or any(row.ranges and row.mark != "no" for row in rows)
        yield from rows
    yield from _doubts(unread, language) if is_ticked else ()


@dataclass(slots=True)
class _Section:
    """Where on the page the walk is: the heading, the words that introduce what follows, and the heading again while nothing
    else stands below it."""

    heading: str = ""
    intro: str = ""
    above: str = ""


def _unnumbered(heading: str) -> str:
    """A heading without the number of its section: `1. Supported versions`, `2.1 Supported versions`."""
    match = _SECTION_NUMBER.match(heading) if has_digit(heading[:4]) else None
    return heading[match.start("head") if match["head"] else match.end() :] if match else heading


def _of_heading(piece: Piece, language: Language | None) -> Iterator[Row]:
    if has_digit(piece.words):  # "2.x is no longer supported", as a heading
        for row in _sentence_rows(piece, language):
            if row.mark == "no" and row.ranges and row.until is None:
                yield row


def _of_piece(piece: Piece, language: Language | None, section: _Section) -> Iterator[Row]:
    """The rows of a paragraph or an item; none of an example."""
    if piece.kind == "code" or (piece.kind == "item" and _EXAMPLES.match(section.intro or piece.under)):
        return
    if piece.kind != "text":
        yield from _listed(piece, language, section.heading, section.intro)
        return
    words = english(piece.words, language)
    answers = context_of(section.intro) if section.intro.endswith("?") else ""  # "Which get fixes?" "The latest two."
    context = context_of(section.heading) or answers
    row = statement_of(words, piece.line, context, section.heading if section.above else "")
    yield from (row,) if row else _sentence_rows(piece, language, context)
    section.above = ""
    if piece.words.endswith((":", "：", "?", "？")) or not section.intro:
        section.intro = words


def _doubts(pieces: Sequence[tuple[Piece, Sequence[Row]]], language: Language | None) -> Iterator[Row]:
    for piece, rows in pieces:
        yield from _unread(piece, language, rows)


def _unread(piece: Piece, language: Language | None, rows: Sequence[Row]) -> Iterator[Row]:
    """The doubts that those sentences of a paragraph or an item leave which no row has been made of."""
    if piece.kind == "code" or not has_digit(piece.words) or any(row.kind == "list" for row in rows):
        return
    for sentence in sentences_of(" ".join(piece.words.split())):
        if has_digit(sentence) and not any(row.text in sentence or sentence in row.text for row in rows):
            for row in doubts_of(english(sentence, language), piece.line, translated=language is not None):
                yield replace(row, text=sentence, label=sentence[:80])


def _explaining(page: Page, language: Language | None) -> Iterator[str]:
    """The texts that may say what a sign means: paragraphs, items, and rows of a table that begin with a sign."""
    for piece in page.pieces:
        if isinstance(piece, Piece):
            yield english(piece.words, language)
        elif len(piece.header) == 2:
            yield from (
                english(" ".join(cells), language) for _, cells in piece.rows if cells and not cells[0].isascii()
            )


def _prepared(table: Table, legend: tuple[tuple[str, Mark], ...], language: Language | None) -> Table:
    """The table in English words, each cell with what the page has there."""
    if language is None:
        return replace(table, legend=legend) if legend else table
    shown = {english(cell, language): cell for _, cells in table.rows for cell in cells}
    return Table(
        header=tuple(english(head, language) for head in table.header),
        rows=tuple((line, tuple(english(cell, language) for cell in cells)) for line, cells in table.rows),
        heading=english(table.heading, language),
        caption=english(table.caption, language),
        legend=legend,
        shown=tuple(shown.items()),
    )


def _listed(piece: Piece, language: Language | None, heading: str, intro: str) -> Iterator[Row]:
    """The rows of an item: of one in a list about versions, and of any that says itself what it says of which version."""
    under = english(piece.under, language)
    if under and read_selector(under).ranges and not context_of(under):
        words = english(piece.words, language)
        if SAYS_SUPPORT.search(words) and (row := item_of(f"{under.strip(' :')}: {words}", piece.line, "")):
            yield row
    elif context_of(under) or context_of(intro) or context_of(heading) or _about_versions(heading):
        yield from _item(piece, language, context_of(under) or context_of(intro) or context_of(heading))
    elif piece.words.lstrip(" *`_~<>=v")[:1].isdigit() and not HISTORY.search(f"{heading} {intro}"):
        words = english(piece.words, language)
        if SAYS_SUPPORT.search(words) and (row := item_of(words, piece.line, "")):
            yield row if language is None else replace(row, text=" ".join(piece.words.split()))
        else:
            yield from _denied(piece, language)
    else:
        yield from _denied(piece, language)


def _denied(piece: Piece, language: Language | None) -> Iterator[Row]:
    """What an item takes back that stands in a list about something else."""
    if has_digit(piece.words):
        for sentence in sentences_of(" ".join(piece.words.split())):
            yield from denials_of(english(sentence, language), piece.line)


@lru_cache(maxsize=256)
def _about_versions(heading: str) -> bool:
    return _ABOUT_VERSIONS.search(heading.casefold()) is not None


def _item(piece: Piece, language: Language | None, context: Mark) -> Iterator[Row]:
    row = item_of(english(piece.words, language), piece.line, context)
    if row is not None:
        yield row if language is None else replace(row, text=" ".join(piece.words.split()))
    else:
        yield from _sentence_rows(piece, language, context)


def _sentence_rows(piece: Piece, language: Language | None, context: Mark = "") -> Iterator[Row]:
    """The rows that the sentences of a paragraph or an item amount to."""
    if language is None and not context and not is_read(piece.words):
        return
    rows: list[Row] = []
    for sentence in sentences_of(" ".join(piece.words.split())):
        words = english(sentence, language)
        labelled_row = None if has_digit(words.partition(":")[0]) else labelled(words, piece.line)
        promised = (labelled_row,) if labelled_row else sentence_rows(words, piece.line, context=context)
        rows.extend(
            promised if language is None else (replace(row, text=sentence, label=sentence[:80]) for row in promised)
        )
    denied = any(row.rest and row.mark == "no" for row in rows)
    for row in rows:  # "We support the latest minor. Older versions are not supported."
        yield replace(row, only=True) if denied and row.latest and not row.ranges and row.mark == "yes" else row


def _with_component(row: Row, table: Table) -> Row:
    """A row of one of several tables is of the part that the words before the table or its heading name."""
    row = _as_name(row) if of_images(table) else row
    if row.component:
        return row
    component = table.caption if table.caption and len(table.caption) <= 80 else table.heading
    return row if _GENERIC.fullmatch(component.strip(" :")) else replace(row, component=component.strip(" :"))


def _as_name(row: Row) -> Row:
    """The row as one about an image tag of that name."""
    return replace(row, ranges=(), latest=None, rest="", names=frozenset({row.label.casefold()}))
