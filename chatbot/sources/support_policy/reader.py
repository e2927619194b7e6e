"""SECURITY.md -> policy: the page is parsed once; whatever it is, there is an answer, and what is not found is absent."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from markdown_it.token import Token

from chatbot.core.support.policy import Policy, Section
from chatbot.core.support.rows import Latest, Mark, Row
from chatbot.core.text import patterns
from chatbot.sources.markdown.document import Unparseable, blocks_of, tokens_of
from chatbot.sources.support_policy.clocks import clocks_of
from chatbot.sources.support_policy.contacts import contacts_of
from chatbot.sources.support_policy.denials.pages import ends_project, is_sold_only
from chatbot.sources.support_policy.denials.versions import may_deny
from chatbot.sources.support_policy.page import MAX_PIECES, Page, Piece
from chatbot.sources.support_policy.rows.columns import Table, of_images
from chatbot.sources.support_policy.rows.items import HISTORY, SAYS_SUPPORT, context_of, item_of, labelled, statement_of
from chatbot.sources.support_policy.rows.marks import legend_of
from chatbot.sources.support_policy.rows.selectors import read_selector
from chatbot.sources.support_policy.rows.sentences import denials_of, sentence_rows
from chatbot.sources.support_policy.rows.split_numbers import joined
from chatbot.sources.support_policy.rows.tables import rows_of
from chatbot.sources.support_policy.scan import has_digit, sentences_of
from chatbot.sources.support_policy.terms import terms_of
from chatbot.sources.support_policy.text import MAX_ROWS, refusal
from chatbot.sources.support_policy.words.hints import may_speak
from chatbot.sources.support_policy.words.languages import english, language_of
from chatbot.sources.support_policy.words.lexicon import Language

_TEMPLATE = (("5.1.x", "yes"), ("5.0.x", "no"), ("4.0.x", "yes"), ("< 4.0", "no"))
_MAX_PROSE = 64 * 1024  # characters of paragraphs and items that may speak of support
_CUT = f"The page is too long: only its first {MAX_PIECES} paragraphs and {MAX_ROWS} statements on versions were read."
_ABOUT_VERSIONS = patterns.compile(r"support|version|release|maint|life|\beol\b|branch|updates|receive|lts")
_GENERIC = patterns.compile(
    r"stable|unstable|lts|current|active|legacy|unsupported|obsolete|archived|old|older|newer|development|testing|maintained|unmaintained"
    r"|(?:stable|unstable|old|older|current|active|unsupported|maintained|eol) (?:versions?|releases?|branches|lines)"
    r"|(?:end[- ]of[- ](?:life|support)|eol)(?: \(eol\))?(?: (?:schedule|dates?|versions?|releases?|table))?"
    r"|(?:release|support|lifecycle|maintenance) (?:schedule|calendar|policy|status|table|lifecycle|timeline)"
    r"|security|supported|supported versions?|versions?|support|policy|security policy|tl;?dr",
    ignore_case=True,
)


def read_policy(text: str) -> Policy:
    """Read the text of a SECURITY.md. Never raises: a page that is too large (256 KiB, 2,000 table rows), binary, or not
    to be parsed gives a policy that is not readable, with the reason."""
    problem, fix = refusal(text)
    if problem:
        return Policy(readable=False, problem=problem, fix=fix)
    try:
        tokens = tokens_of(text)
    except Unparseable:
        return Policy(readable=False, problem="The page cannot be read as Markdown.", fix="Simplify its Markdown.")
    page = Page(tokens)
    language = language_of(text)
    _bound(page)
    rows = _completed(_unless_ended(page, language, tuple(islice(_rows(page, language), MAX_ROWS + 1))))
    cut = _CUT if page.cut or len(rows) > MAX_ROWS else ""
    policy = _terms(page, Policy(rows=rows[:MAX_ROWS], sections=_sections(tokens, page), cut=cut))
    if _is_template([row for row in rows if row.kind == "table"]):
        problem = "The page is GitHub's template, unedited: it says nothing of this project's versions."
        fix = "Replace its table by one of the project's own versions: version, supported, end of support."
        return replace(policy, rows=(), readable=False, problem=problem, fix=fix)
    return policy


def _is_template(rows: Sequence[Row]) -> bool:
    """Whether the rows are those that GitHub's own template gives to everyone, unedited."""
    pairs = tuple((" ".join(row.label.casefold().split()), row.mark) for row in rows)
    return pairs in (_TEMPLATE, _TEMPLATE[:3])


def _bound(page: Page) -> None:
    """Leave out what comes after so much prose that may speak of support; the page says then that it is cut."""
    prose = 0
    for at, piece in enumerate(page.pieces):
        prose += len(piece.words) if isinstance(piece, Piece) and _is_read(piece.words) else 0
        if prose > _MAX_PROSE:
            page.cut = True
            del page.pieces[at:]
            return


def _is_read(words: str) -> bool:
    return may_speak(words) or may_deny(words)


def _rows(page: Page, language: Language | None) -> Iterator[Row]:
    """The rows of the page in its order; sentences count below a heading about versions, or where the page has no other."""
    tables = [piece for piece in page.pieces if isinstance(piece, Table)]
    legend = legend_of(_explaining(page, language)) if tables else ()
    rows_by_table = {id(table): rows_of(joined(_prepared(table, legend, language))) for table in tables}
    several = sum(any(row.ranges for row in rows) for rows in rows_by_table.values()) > 1
    heading = intro = above = ""
    for piece in page.pieces:
        if isinstance(piece, Table):
            yield from (_with_component(row, piece) if several else row for row in rows_by_table[id(piece)])
        elif piece.kind == "heading":
            heading, intro, above = english(piece.words, language), "", piece.words
            if has_digit(piece.words):  # "2.x is no longer supported", as a heading
                yield from (
                    row
                    for row in _sentence_rows(piece, language)
                    if row.mark == "no" and row.ranges and row.until is None
                )
        elif piece.kind == "code":
            continue  # an example
        elif piece.kind == "text":
            answers = context_of(intro) if intro.endswith("?") else ""  # "Which versions get fixes?" "The latest two."
            context = context_of(heading) or answers
            row = statement_of(english(piece.words, language), piece.line, context, heading if above else "")
            yield from (row,) if row else _sentence_rows(piece, language, context)
            above = ""
            intro = (
                english(piece.words, language) if piece.words.endswith((":", "：", "?", "？")) or not intro else intro
            )
        else:
            yield from _listed(piece, language, heading, intro)


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
    if language is None and not context and not _is_read(piece.words):
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


def _completed(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows with what they mean beside each other: where nothing else is said, "old releases" are all but the newest; and
    "the current series" is the one that the page names as the latest."""
    singular = next((row for row in rows if row.ranges and row.latest is not None and row.mark == "yes"), None)
    alone = all(row.rest == "older" for row in rows)
    completed: list[Row] = []
    for row in rows:
        same = (
            singular is not None
            and row.latest is not None
            and not row.ranges
            and row.mark == "yes"
            and row.latest.count == 1
        )
        if alone and row.mark == "no" and row.denies_before is None:
            completed.append(replace(row, denies_before=Latest()))
        elif same and singular is not None:
            completed.append(replace(row, ranges=singular.ranges))
        else:
            completed.append(row)
    return tuple(completed)


def _unless_ended(page: Page, language: Language | None, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows of a page that says nowhere that the whole project has ended or that all fixes are sold; else no tick of it is
    believed."""
    texts = (piece.words for piece in page.pieces if isinstance(piece, Piece) and piece.kind in ("text", "heading"))
    if not any(row.mark in ("yes", "") for row in rows):
        return rows
    sentences = (english(sentence, language) for words in texts for sentence in sentences_of(words))
    if not any(ends_project(sentence) or is_sold_only(sentence) for sentence in sentences):
        return rows
    return tuple(replace(row, mark="open") if row.mark in ("yes", "") else row for row in rows)


def _terms(page: Page, policy: Policy) -> Policy:
    """What the page says beside its versions."""
    heading, under = "", []
    for piece in page.pieces:
        if isinstance(piece, Table):
            continue
        if piece.kind == "heading":
            heading = piece.words
        else:
            under.append((heading, piece))
    terms = terms_of((piece.kind, above, piece.words, piece.links) for above, piece in under)
    return replace(
        policy,
        contacts=contacts_of((above, piece.words, piece.links) for above, piece in under),
        clocks=clocks_of(piece.words for _, piece in under),
        required=tuple(terms.required),
        helpful=tuple(terms.helpful),
        scope_in=tuple(terms.scope_in),
        scope_out=tuple(terms.scope_out),
        safe_harbour=terms.safe_harbour,
        disclosure=terms.disclosure,
        pgp=terms.pgp,
        pgp_key=terms.pgp_key,
    )


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


def _sections(tokens: Sequence[Token], page: Page) -> tuple[Section, ...]:
    """The page cut at its headings; what stands before the first one has no heading."""
    starts = [(0, None), *page.heads]
    sections = []
    for (at, head), end in zip(starts, [*(at for at, _ in page.heads), len(tokens)], strict=True):
        blocks = blocks_of(tokens[at + 3 if head else at : end])
        if head or blocks:
            sections.append(
                Section(
                    heading=head.words if head else "",
                    level=head.level if head else 0,
                    blocks=blocks,
                    line=head.line if head else 1,
                )
            )
    return tuple(sections)
