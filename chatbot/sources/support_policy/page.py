"""A policy page's Markdown -> headings, paragraphs, list items and tables as plain words with their lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import unquote

from markdown_it.token import Token

from chatbot.core.text import patterns
from chatbot.sources.markdown.html_words import as_struck, html_tables, html_words
from chatbot.sources.support_policy.footnotes import MARK, annotated, definitions_in, first_words
from chatbot.sources.support_policy.rows.columns import Table
from chatbot.sources.support_policy.scan import has_digit

_STRIKES = patterns.compile(r"</?(?:del|s|strike)\s*>", ignore_case=True)
MAX_PIECES = 4000
_BEGINS = 30  # characters within which a line of a list names its version
_SPACED_LINE = patterns.compile(r"^(\s*[*_`~]{0,3}(?:v|[<>]=? ?)?\d[\w.]{0,20}[*_`~]{0,3})(?:  +|\t+)(\S.*)$")
_LISTED_LINE = patterns.compile(
    r"^\s*[*_`~]{0,3}(?:(?:versions?|releases?|branch|series) )?(?:v|[<>]=? ?)?\d[\w.]{0,20}[*_`~]{0,3}"
    r"(?: ?\([^()]{0,40}\)| lts)?"
    r"(?: ?:|\s[-–—=]+>?)\s",
    ignore_case=True,
)
_LABELLED_LINE = patterns.compile(
    r"^\s*[*_]{0,2}(?:[a-z]+ ){0,2}(?:(?:un)?(?:supported|maintained)|active|ended|eol|end of life|discontinued|retired"
    r"|deprecated)(?: (?:versions?|releases?|branch(?:es)?|lines?))?[*_]{0,2}:[*_]{0,2} .*\d",
    ignore_case=True,
)
_MAX_NOTE = 3  # characters of a footnote's mark
_MAX_PARTS = 8  # of a mark's text, emphasis and breaks counted
_MAX_HTML = 32 * 1024  # characters of HTML that are waited for until a table ends
_MAX_CODE = 200  # characters of indented text that may be an address


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph ("text"), list item ("item") or heading ("heading"); `line` from 1, `links` as (words, address), `under`: the
    words of the item that it is nested in."""

    kind: str
    words: str
    line: int
    level: int = 0
    links: tuple[tuple[str, str], ...] = ()
    under: str = ""


class Page:
    """One walk over the block tokens: `pieces` in page order, `heads` are (token index, heading piece). `cut`: there are more."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.pieces: list[Piece | Table] = []
        self.heads: list[tuple[int, Piece]] = []
        self._heading = self._before = self._html = ""
        self._depth, self._fresh = 0, False
        self._above: list[str] = []  # the words of the items that what follows may be nested in
        self._bullet = ""
        self._notes: list[tuple[str, str]] = []
        self._marks: dict[int, list[list[str]]] = {}  # of footnotes, by the place of their table among the pieces
        at = 0
        while at < len(tokens) and len(self.pieces) < MAX_PIECES:
            at = self._take(tokens[at], at) + 1
        self.cut = at < len(tokens)
        self._end_html(0)
        if notes := first_words(iter(self._notes)):
            for place, piece in enumerate(self.pieces):
                if isinstance(piece, Table):
                    self.pieces[place] = annotated(piece, self._marks.get(place, ()), notes)

    def _take(self, token: Token, at: int) -> int:
        """Take one token, or the table that begins with it; the index of the last token taken."""
        line = (token.map[0] if token.map else 0) + 1
        match token.type:
            case "heading_open":
                self._head(at, line)
                return at + 2
            case "bullet_list_open" | "ordered_list_open" | "bullet_list_close" | "ordered_list_close":
                self._depth += token.nesting
            case "list_item_open":
                self._fresh, self._bullet = True, token.markup
            case "inline":
                self._inline(token, line)
            case "code_block" if len(token.content) <= _MAX_CODE:
                self.pieces.append(
                    Piece("code", token.content.strip(), line)
                )  # to Markdown, an indented address is code
            case "table_open":
                began = at
                table, at, marks = _table(self.tokens, at, self._heading, self._before)
                self._notes.extend(note for each in self.tokens[began:at] for note in _linked_notes(each))
                if any(marks):
                    self._marks[len(self.pieces)] = marks
                self.pieces.append(table)
                self._before = ""
            case "html_block":
                self._take_html(token.content, line)
        return at

    def _head(self, at: int, line: int) -> None:
        piece = _piece("heading", self.tokens[at + 1], line, level=int(self.tokens[at].tag[1]))
        self.pieces.append(piece)
        self.heads.append((at, piece))
        self._heading, self._before = piece.words, ""

    def _inline(self, token: Token, line: int) -> None:
        if self._depth and self._fresh:
            self._fresh = False
            self._item(_piece("item", token, line, level=self._depth))
            return
        self._notes.extend(definitions_in(token.content))
        if labels := _as_labels(token):
            self.pieces.extend(Piece("text", words, line + at, self._depth) for at, words in enumerate(labels))
            return
        if listed := _as_list(token):
            self.pieces.extend(Piece("item", words, line + at, 1) for at, words in enumerate(listed))
            return
        piece = _piece("text", token, line, level=self._depth)
        self.pieces.append(_broken_table(token, line, self._heading, self._before) or piece)
        self._before = piece.words

    def _item(self, piece: Piece) -> None:
        if self._bullet == "*" and self.pieces and isinstance(self.pieces[-1], Table):
            self._notes.append(("*", piece.words))  # "* only with a contract" below a table is a list to Markdown
        del self._above[self._depth - 1 :]
        under = self._above[-1] if self._above and self._depth > 1 else ""
        self._above.append(piece.words)
        self.pieces.append(replace(piece, under=under) if under else piece)

    def _take_html(self, html: str, line: int) -> None:
        """Blank lines cut a table in HTML into blocks; it is read when it is whole."""
        self._html += html
        lowered = self._html.casefold()
        if "<table" not in lowered or "</table" in lowered or len(lowered) > _MAX_HTML:
            self._end_html(line)

    def _end_html(self, line: int) -> None:
        self.pieces.extend(_html_pieces(self._html, line, self._heading, self._before))
        self._html = ""


def _piece(kind: str, token: Token, line: int, *, level: int) -> Piece:
    return Piece(kind, words_of(token), line, level, tuple(_links(token)))


def _links(token: Token) -> Iterator[tuple[str, str]]:
    href, words = "", ""
    for child in token.children or ():
        if child.type == "link_open":
            href, words = str(child.attrs.get("href", "")), ""
        elif child.type == "link_close":
            yield words.strip(), href
        else:
            words += child.content


def _as_list(token: Token) -> list[str]:
    """The lines of a paragraph of which each begins with a version and a pause, as in a list without its bullets; else none.
    Blanks that make a column (`5.1.x      supported`) are a pause too."""
    lines = token.content.split("\n")
    if (
        not has_digit(lines[0][:_BEGINS])
        or not all(map(has_digit, lines))
        or (len(lines) == 1 and lines[0].endswith("."))
    ):
        return []
    if all(_LISTED_LINE.match(line) for line in lines):
        return words_of(token, breaks="\n").split("\n")
    spaced = [_SPACED_LINE.match(line) for line in lines]
    return [f"{each[1].strip()}: {each[2].strip()}" for each in spaced if each] if all(spaced) else []


def _as_labels(token: Token) -> list[str]:
    """The lines of a paragraph of which each has a label with a word on support, as paragraphs of their own: `Supported: 7.x` and
    `Unsupported: 6.x`; else none."""
    lines = token.content.split("\n")
    return words_of(token, breaks="\n").split("\n") if len(lines) > 1 and all(map(_LABELLED_LINE.match, lines)) else []


def words_of(token: Token, marks: list[str] | None = None, *, breaks: str = " ") -> str:
    """The plain words of an inline token; the marks of footnotes in it are left out, and added to `marks`."""
    marks = [] if marks is None else marks
    parts: list[str] = []
    note, struck = 0, False
    for child in token.children or ():
        if child.type == "softbreak":
            parts.append(breaks)
        elif child.type == "hardbreak" or (child.type == "html_inline" and child.content.casefold().startswith("<br")):
            parts.append("\n")
        elif child.type in ("s_open", "s_close") or (child.type == "html_inline" and _STRIKES.match(child.content)):
            struck = child.type == "s_open" or (child.type == "html_inline" and child.content[1] != "/")
        elif child.type == "html_inline":
            note = _noted(parts, child.content.casefold(), note, marks)
        elif child.content.startswith("^") and "[^" in token.content:
            marks.append(child.content[1:].casefold())
        else:
            parts.append(as_struck(child.content) if struck else child.content)
    words = "".join(parts).strip()
    if "[^" in words:
        marks += [mark.casefold() for mark in MARK.findall(words)]
        words = MARK.sub("", words)
    return words


def _linked_notes(token: Token) -> Iterator[tuple[str, str]]:
    """The notes of one word that a cell's marks lead to: to Markdown, `[^1]: discontinued` is the address of a link."""
    if "[^" in token.content:
        for words, address in _links(token):
            if words.startswith("^"):
                yield words[1:].casefold(), unquote(address)


def _noted(parts: list[str], tag: str, note: int, marks: list[str]) -> int:
    """Take out what stood between `<sup>` and `</sup>` where it is the mark of a footnote; the place where one begins."""
    if tag.startswith("<sup"):
        return len(parts)
    if tag.startswith("</sup"):
        if len(parts) - note <= _MAX_PARTS and len("".join(parts[note:])) <= _MAX_NOTE:
            marks.append("".join(parts[note:]).strip(" []()").casefold())
            del parts[note:]
        return len(parts)
    return note


def _table(tokens: Sequence[Token], at: int, heading: str, before: str) -> tuple[Table, int, list[list[str]]]:
    """The table that begins at a token, the index of its last one, and the marks of footnotes in its header and each row."""
    marks: list[list[str]] = []
    rows: list[tuple[int, tuple[str, ...]]] = []
    cells: list[str] = []
    while at < len(tokens) and tokens[at].type != "table_close":
        token = tokens[at]
        if token.type == "tr_open":
            cells = []
            marks.append([])
        elif token.type == "inline":
            cells.append(words_of(token, marks[-1] if marks else None))
        elif token.type == "tr_close":
            rows.append((token_line(tokens, at), tuple(cells)))
        at += 1
    header = rows[0][1] if rows else ()
    return Table(header, tuple(rows[1:]), heading, before), at, marks


def token_line(tokens: Sequence[Token], at: int) -> int:
    """The line of the row that closes here: that of its opening token, some tokens before."""
    while at > 0 and tokens[at].type != "tr_open":
        at -= 1
    mapped = tokens[at].map
    return mapped[0] + 1 if mapped else 0


def _broken_table(token: Token, line: int, heading: str, before: str) -> Table | None:
    """A table without its line of dashes, which shows as a paragraph of bars."""
    lines = token.content.split("\n")
    if len(lines) < 2 or any(each.count("|") < 2 for each in lines):
        return None
    rows = [tuple(cell.strip(" *`") for cell in each.strip().strip("|").split("|")) for each in lines]
    numbered = [(line + at, row) for at, row in enumerate(rows) if any(cell.strip("-: ") for cell in row)]
    return Table(numbered[0][1], tuple(numbered[1:]), heading, before) if len(numbered) > 1 else None


def _html_pieces(html: str, line: int, heading: str, before: str) -> list[Piece | Table]:
    if "<tr" not in html.casefold():
        kind = "item" if "<li" in html.casefold() else "text"
        return [Piece(kind, words, line, 1 if kind == "item" else 0) for words in html_words(html).split("\n") if words]
    tables = (_one_header(rows) for rows in html_tables(html, line) if len(rows) > 1)
    return [Table(rows[0][1], tuple(rows[1:]), heading, before) for rows in tables]


def _one_header(rows: list[tuple[int, tuple[str, ...]]]) -> list[tuple[int, tuple[str, ...]]]:
    """The rows with a header of two rows as one: below `Support` over two columns stand `Bug fixes` and `Security fixes`."""
    (line, upper), (_, lower) = rows[0], rows[1]
    spans = any(one and one == other for one, other in pairwise(upper))
    if not spans or len(rows) < 3 or len(upper) != len(lower) or any(map(str.isdigit, "".join(lower))):
        return rows
    both = tuple(one if one == other else f"{one} {other}".strip() for one, other in zip(upper, lower, strict=True))
    return [(line, both), *rows[2:]]
