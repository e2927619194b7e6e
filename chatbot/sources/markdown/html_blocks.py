"""HTML -> blocks, as its readers see them: lists, tables, headings, quotes and code, with their links; in one pass."""

from collections.abc import Callable

from chatbot.core.model.message import (
    Block,
    BulletList,
    Code,
    CodeBlock,
    Heading,
    Link,
    ListItem,
    Paragraph,
    Quote,
    Span,
    Spans,
    Text,
    plain,
)
from chatbot.core.text import patterns
from chatbot.sources.markdown.html_words import LONGEST_TAG, attribute, html_parts
from chatbot.sources.markdown.limits import MAX_BLOCKS, closed_up
from chatbot.sources.markdown.spans import add, add_words, as_image, joined, target, trimmed

_NUMBER = patterns.compile(r"[0-9]{1,6}")
_MOST_NESTED = 20  # quotes and lists in one another; deeper ones belong to the last of them
_PARAGRAPHS = frozenset(
    {"p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "figure", "figcaption"}
)
_PARAGRAPHS |= {"center", "details", "summary", "dl", "dt", "dd", "address", "form", "hr"}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS, _CELLS = frozenset({"ul", "ol"}), frozenset({"td", "th"})
_STRUCK = frozenset({"del", "s", "strike"})


def html_blocks(html: str, base_url: str = "") -> list[Block]:
    """The blocks of a piece of HTML, MAX_BLOCKS and one at most. Whatever is left open ends with it."""
    walk = _Walk(base_url)
    for kind, value, at in html_parts(html):
        if len(walk.blocks) > MAX_BLOCKS:
            break
        if kind == "text":
            walk.words(value)
        elif kind == "start":
            walk.start(value, html[at : at + LONGEST_TAG].partition(">")[0])
        else:
            walk.end(value)
    return walk.finish()


class _Walk:
    """What is open at one place of the text."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.blocks: list[Block] = []
        self.outer: list[list[Block]] = []  # what stood before each open quote
        self.spans: list[Span] = []
        self.level = 0  # of the open heading
        self.lists: list[int | None] = []  # of each open list the number of its next item, None for bullets
        self.items: list[tuple[list[Span], int, int | None]] = []  # of the outermost open list
        self.rows: list[ListItem] | None = None  # of the open table
        self.cells: list[Spans] = []
        self.names = 0  # of columns, in the open row
        self.header = False  # the open table begins with names of its columns
        self.code: list[str] | None = None  # of the open <pre>
        self.link: tuple[str, list[str]] | None = None
        self.struck = self.mono = False

    def words(self, words: str) -> None:
        if self.code is not None:
            self.code.append(words)
            return
        text = f"{' ' if words[:1].isspace() else ''}{' '.join(words.split())}{' ' if words[-1:].isspace() else ''}"
        self._say(" " if not words.strip() else text)

    def _say(self, words: str) -> None:
        if self.link is not None:
            self.link[1].append(words)
        elif self.mono and words.strip():
            add(self.spans, Code(words))
        else:
            add_words(self.spans, words, strong=False, struck=self.struck)

    def _describe(self, words: str, address: str) -> None:
        """What an image shows stands in its place."""
        at = len(self.spans)
        self._say(words)
        as_image(self.spans, at, target(address, self.base_url))

    def start(self, name: str, tag: str) -> None:
        match name:
            case "br":
                self.code.append("\n") if self.code is not None else self._say("\n")
            case "img":
                self._describe(attribute(tag, "alt"), attribute(tag, "src"))
            case "a":
                self._end_link()
                self.link = (target(attribute(tag, "href"), self.base_url), [])
            case "code" | "tt" | "samp":
                self.mono = True
            case "li":
                self._start_item()
            case _ if name in _STRUCK:
                self.struck = True
            case _:
                self._start_block(name, tag)

    def _start_item(self) -> None:
        self._flush()
        number = self.lists[-1] if self.lists else None
        self.items.append(([], max(len(self.lists) - 1, 0), number))
        if number is not None:
            self.lists[-1] = number + 1

    def _start_block(self, name: str, tag: str) -> None:
        if (
            name in _PARAGRAPHS
            or name in _HEADINGS
            or name in ("pre", "blockquote", "table", "tr")
            or name in _LISTS | _CELLS
        ):
            self._flush()
        match name:
            case "pre":
                self.code = [] if self.code is None else self.code
            case "blockquote" if not self.items and self.rows is None and len(self.outer) < _MOST_NESTED:
                self.outer.append(self.blocks)
                self.blocks = []
            case "table" if self.rows is None and not self.items:
                self.rows = []
            case "tr":
                self._end_row()
            case "th":
                self.names += 1
            case _ if name in _LISTS and len(self.lists) < _MOST_NESTED and self.rows is None:
                first = attribute(tag, "start")
                self.lists.append(None if name == "ul" else int(first) if _NUMBER.fullmatch(first) else 1)
            case _ if name in _HEADINGS:
                self.level = int(name[1])

    def end(self, name: str) -> None:
        ends: dict[str, Callable[[], None]] = {
            "a": self._end_link,
            "pre": self._end_code,
            "blockquote": self._end_quote,
            "table": self._end_table,
            "tr": self._end_row,
        }
        if name in ("code", "tt", "samp"):
            self.mono = False
        elif name in _STRUCK:
            self.struck = False
        elif name in ends:
            ends[name]()
        elif name in _LISTS:
            self._end_list()
        elif name in _PARAGRAPHS or name in _HEADINGS or name in _CELLS or name == "li":
            self._flush(lead=name == "summary")
            self.level = 0

    def finish(self) -> list[Block]:
        self._end_link()
        self._end_code()
        self._end_table()
        self.lists = self.lists[:1]
        self._end_list()
        while self.outer:
            self._end_quote()
        self._flush()
        return self.blocks

    def _flush(self, *, lead: bool = False) -> None:
        """What was said since the last block: a heading, a cell, a part of an item, or a paragraph (a `lead`)."""
        spans, self.spans = trimmed(joined(self.spans)), []
        if not plain(spans).strip():
            return
        if self.rows is not None:
            self.cells.append(spans)
        elif self.items:
            item = self.items[-1][0]
            item.extend((Text("\n"), *spans) if item else spans)
        elif self.level:
            self.blocks.append(Heading(self.level, spans))
        else:
            self.blocks.append(Paragraph(spans, lead))

    def _end_link(self) -> None:
        if self.link is None:
            return
        (url, parts), self.link = self.link, None
        words = " ".join("".join(parts).split())
        blank = " " if parts and parts[-1][-1:].isspace() else ""
        if url:
            add(self.spans, Link(words or url, url))
        else:
            add(self.spans, Text(words))
        add(self.spans, Text(blank))

    def _end_code(self) -> None:
        if self.code is None:
            return
        code, self.code = closed_up("".join(self.code).strip("\n").rstrip()), None
        if not code:
            return
        if self.rows is not None or self.items:
            add(self.spans, Code(code))
            self._flush()
        else:
            self.blocks.append(CodeBlock(code))

    def _end_quote(self) -> None:
        self._flush()
        if not self.outer or self.items or self.rows is not None:
            return
        inner, self.blocks = self.blocks, self.outer.pop()
        self.blocks += [Quote(tuple(inner))] if inner else []

    def _end_row(self) -> None:
        self._flush()
        names, self.names = self.names, 0
        if self.rows is None or not self.cells:
            return
        row: list[Span] = []
        starts: list[int] = []
        size = 0
        for spans in self.cells:
            cell = (Text(" | "), *spans) if row else spans
            starts.append(size + len(" | ") if row else 0)
            size += len(plain(cell))
            for span in cell:
                add(row, span)
        self.header = names >= len(starts) if not self.rows else self.header
        self.rows.append(ListItem(tuple(joined(row)), cells=tuple(starts)))
        self.cells = []

    def _end_table(self) -> None:
        self._end_row()
        rows, self.rows = self.rows, None
        if rows:
            self.blocks.append(BulletList(tuple(rows[: MAX_BLOCKS + 1]), header=self.header))
        self.header = False

    def _end_list(self) -> None:
        self._flush()
        outermost = self.lists.pop() if self.lists else None
        if self.lists or not self.items:
            return
        items = tuple(ListItem(trimmed(spans), depth, number) for spans, depth, number in self.items if spans)
        self.items = []
        if items:
            self.blocks.append(BulletList(items[: MAX_BLOCKS + 1], ordered=outermost is not None))
