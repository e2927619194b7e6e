"""A policy page's Markdown -> headings, paragraphs, list items and tables as plain words with their lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it.token import Token

from chatbot.sources.html_words import html_words
from chatbot.sources.security_tables import Table


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph ("text"), list item ("item") or heading ("heading") of a page; `line` from 1; `links` are its addresses."""

    kind: str
    words: str
    line: int
    level: int = 0
    links: tuple[str, ...] = ()


@dataclass(slots=True)
class Page:
    """What a page is made of, in its order; `heads` are (token index, heading piece)."""

    pieces: list[Piece | Table] = field(default_factory=list)
    heads: list[tuple[int, Piece]] = field(default_factory=list)


def page_of(tokens: Sequence[Token]) -> Page:
    """Walk the block tokens once."""
    page = Page()
    heading = before = html = ""
    in_list, fresh = 0, False
    at = 0
    while at < len(tokens):
        token = tokens[at]
        line = (token.map[0] if token.map else 0) + 1
        match token.type:
            case "heading_open":
                piece = _piece("heading", tokens[at + 1], line, level=int(token.tag[1]))
                page.pieces.append(piece)
                page.heads.append((at, piece))
                heading, before = piece.words, ""
                at += 2
            case "bullet_list_open" | "ordered_list_open":
                in_list += 1
            case "bullet_list_close" | "ordered_list_close":
                in_list -= 1
            case "list_item_open":
                fresh = True
            case "inline":
                piece = _piece("item" if in_list and fresh else "text", token, line, level=in_list)
                fresh = False
                broken = _broken_table(token, line, heading, before) if piece.kind == "text" else None
                page.pieces.append(broken or piece)
                before = piece.words if piece.kind == "text" else before
            case "table_open":
                table, at = _table(tokens, at, heading, before)
                page.pieces.append(table)
                before = ""
            case "html_block":
                html += token.content
                if "<table" not in html.casefold() or "</table" in html.casefold():
                    page.pieces.extend(_html_pieces(html, line, heading, before))
                    html = ""
            case _:
                pass
        at += 1
    return page


def _piece(kind: str, token: Token, line: int, *, level: int) -> Piece:
    words = words_of(token)
    links = tuple(
        str(child.attrs["href"])
        for child in token.children or ()
        if child.type == "link_open" and "href" in child.attrs
    )
    return Piece(kind, words, line, level, links)


def words_of(token: Token) -> str:
    """The plain words of an inline token."""
    parts = []
    for child in token.children or ():
        if child.type == "softbreak":
            parts.append(" ")
        elif child.type == "hardbreak" or (child.type == "html_inline" and child.content.casefold().startswith("<br")):
            parts.append("\n")
        elif child.type != "html_inline":
            parts.append(child.content)
    return "".join(parts).strip()


def _table(tokens: Sequence[Token], at: int, heading: str, before: str) -> tuple[Table, int]:
    rows: list[tuple[int, tuple[str, ...]]] = []
    cells: list[str] = []
    while at < len(tokens) and tokens[at].type != "table_close":
        token = tokens[at]
        if token.type == "tr_open":
            cells = []
        elif token.type == "inline":
            cells.append(words_of(token))
        elif token.type == "tr_close":
            rows.append((token_line(tokens, at), tuple(cells)))
        at += 1
    header = rows[0][1] if rows else ()
    return Table(header, tuple(rows[1:]), heading, before), at


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
    kept = [(line + at, row) for at, row in enumerate(rows) if any(cell.strip("-: ") for cell in row)]
    return Table(kept[0][1], tuple(kept[1:]), heading, before) if len(kept) > 1 else None


class _HtmlTables(HTMLParser):
    """Collects the rows of the tables in a piece of HTML, each with the line it begins on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[tuple[int, list[str]]]] = []
        self.in_cell = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag == "table" or (tag == "tr" and not self.tables):
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append((self.getpos()[0], []))
            self.in_cell = False
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self.tables[-1][-1][1].append("")
            self.in_cell = True
        elif tag == "br" and self.in_cell:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self.in_cell = False

    def handle_data(self, data: str) -> None:
        if self.in_cell:
            row = self.tables[-1][-1][1]
            row[-1] += data


def _html_pieces(html: str, line: int, heading: str, before: str) -> list[Piece | Table]:
    if "<tr" not in html.casefold():
        words = html_words(html)
        return [Piece("text", words, line)] if words else []
    reader = _HtmlTables()
    reader.feed(html)
    reader.close()
    found: list[Piece | Table] = []
    for rows in reader.tables:
        kept = [(line + at - 1, tuple(" ".join(cell.split()) for cell in cells)) for at, cells in rows if cells]
        if len(kept) > 1:
            found.append(Table(kept[0][1], tuple(kept[1:]), heading, before))
    return found
