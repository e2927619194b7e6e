"""SECURITY.md -> policy: the page is parsed once; whatever it is, there is an answer, and what is not found is absent."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from markdown_it.token import Token

from chatbot.core.support.policy import Policy, Section
from chatbot.core.support.rows import Latest, Row
from chatbot.sources.markdown.document import Unparseable, blocks_of, tokens_of
from chatbot.sources.support_policy.beside.clocks import clocks_of
from chatbot.sources.support_policy.beside.contacts import contacts_of
from chatbot.sources.support_policy.beside.terms import terms_of
from chatbot.sources.support_policy.denials.pages import ends_project, is_sold_only
from chatbot.sources.support_policy.page import MAX_PIECES, Page, Piece
from chatbot.sources.support_policy.rows.columns import Table
from chatbot.sources.support_policy.scan import sentences_of
from chatbot.sources.support_policy.statements import is_read, rows_of_page
from chatbot.sources.support_policy.text import MAX_ROWS, refusal
from chatbot.sources.support_policy.words.languages import english, language_of
from chatbot.sources.support_policy.words.lexicon import Language

_TEMPLATE = (("5.1.x", "yes"), ("5.0.x", "no"), ("4.0.x", "yes"), ("< 4.0", "no"))
_MAX_PROSE = 64 * 1024  # characters of paragraphs and items that may speak of support
_CUT = f"The page is too long: only its first {MAX_PIECES} paragraphs and {MAX_ROWS} statements on versions were read."


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
    if len(text) > _MAX_PROSE:
        _bound(page)
    rows = _completed(_unless_ended(page, language, tuple(islice(rows_of_page(page, language), MAX_ROWS + 1))))
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
        prose += len(piece.words) if isinstance(piece, Piece) and is_read(piece.words) else 0
        if prose > _MAX_PROSE:
            page.cut = True
            del page.pieces[at:]
            return


def _completed(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows with what they mean beside each other: where nothing else is said, "old releases" are all but the newest; and
    "the current series" is the one that the page names as the latest."""
    singular = next((row for row in rows if row.ranges and row.latest is not None and row.mark == "yes"), None)
    alone = all(row.rest == "older" for row in rows)
    completed: list[Row] = []
    for row in _without_implied(rows):
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


def _without_implied(rows: tuple[Row, ...]) -> Iterator[Row]:
    """The rows without what "security fixes for the previous major for six months" implies for all of the newest major, where the
    page says itself that of this it supports the latest minor."""
    windows = {row.text for row in rows if row.event is not None and row.event.tentative}
    rules = [row.latest for row in rows if row.latest is not None and row.mark == "yes" and row.text not in windows]
    finer = any(rule.level in ("minor", "release") for rule in rules)
    for row in rows:
        if not (finer and row.kind == "sentence" and row.text in windows and (row.latest or row.event)):
            yield row


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
