"""Foreign Markdown -> blocks, once: no markup survives, HTML becomes its words, and links are kept only when safe."""

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from chatbot.core.model.message import (
    Block,
    BulletList,
    CodeBlock,
    Heading,
    ListItem,
    Paragraph,
    Quote,
    Span,
    Spans,
    Text,
    plain,
)
from chatbot.core.text.visible import visible
from chatbot.sources.markdown import limits
from chatbot.sources.markdown.html_blocks import html_blocks
from chatbot.sources.markdown.limits import closed_up, limited
from chatbot.sources.markdown.spans import spans_of

MAX_CHARACTERS = 64 * 1024
MAX_BLOCKS = limits.MAX_BLOCKS
_MAX_ITEM = 2000  # pieces of one list item
_MAX_NESTING = 20


def _any_link(url: str) -> bool:
    """Every link is kept here, for `safe_url` to judge."""
    return bool(url)


_PARSER = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING}).enable(["table", "strikethrough"])
_PARSER.validateLink = _any_link  # type: ignore[method-assign] # the parser would leave a refused link's markup as text


class Unparseable(Exception):
    """The Markdown parser gave up on a text."""


def tokens_of(text: str, parser: MarkdownIt = _PARSER) -> list[Token]:
    """The block tokens of a text, their `map` in its lines; raises Unparseable where the parser itself fails."""
    try:
        return parser.parse(clean(text))
    except (RecursionError, ValueError, IndexError, KeyError, AttributeError) as failure:
        raise Unparseable("The text cannot be read as Markdown.") from failure


def clean(text: str) -> str:
    """The text without what nobody sees or what turns the direction of writing; line ends are newlines."""
    return visible(text, tabs=True)


def read_markdown(text: str, *, base_url: str = "") -> tuple[tuple[Block, ...], bool]:
    """The blocks of a text, and whether it was cut: after 64 Ki characters (at a line's end), 400 blocks, or within one.

    Relative links are resolved against `base_url`, and are plain words without one; what was cut leads there at its end.
    Never raises: what the parser cannot read is one code block.
    """
    cut = len(text) > MAX_CHARACTERS
    if cut:
        text = text[:MAX_CHARACTERS]
        text = text[: text.rfind("\n") + 1] or text
    try:
        tokens = tokens_of(text)
    except Unparseable:
        return limited((CodeBlock(clean(text)),), base_url, cut=True)
    return limited(blocks_of(tokens, base_url=base_url), base_url, cut=cut)


def blocks_of(tokens: Sequence[Token], *, base_url: str = "") -> tuple[Block, ...]:
    """The blocks of a run of whole block tokens, MAX_BLOCKS and one at most."""
    return tuple(_Blocks(tokens, base_url).read())


class _Blocks:
    """One walk over block tokens."""

    def __init__(self, tokens: Sequence[Token], base_url: str) -> None:
        self.tokens, self.base_url, self.at = tokens, base_url, 0

    def read(self, closing: str = "") -> list[Block]:
        blocks: list[Block] = []
        while self.at < len(self.tokens) and len(blocks) <= MAX_BLOCKS:
            token = self.tokens[self.at]
            self.at += 1
            if token.type == closing:
                break
            blocks.extend(block for block in self._block(token) if not _empty(block))
        return blocks

    def _block(self, token: Token) -> Iterator[Block]:
        match token.type:
            case "heading_open":
                yield Heading(int(token.tag[1]), self._inline())
            case "inline":
                yield Paragraph(spans_of(token, self.base_url))
            case "bullet_list_open" | "ordered_list_open":
                yield from self._list(token)
            case "blockquote_open":
                yield Quote(tuple(self.read("blockquote_close")))
            case "fence" | "code_block":
                yield CodeBlock(closed_up(token.content.rstrip()))
            case "html_block":
                yield from html_blocks(self._html(token), self.base_url)
            case "table_open":
                yield BulletList(tuple(self._table()), header=True)
            case _:
                pass  # paragraph_open, closing tokens, hr

    def _html(self, first: Token) -> str:
        """A piece of HTML with those that follow it: an empty line between them ends no list and no table."""
        pieces = [first.content]
        while self.at < len(self.tokens) and self.tokens[self.at].type == "html_block":
            pieces.append(self.tokens[self.at].content)
            self.at += 1
        return "".join(pieces)

    def _inline(self) -> Spans:
        token = self.tokens[self.at]
        self.at += 1
        return spans_of(token, self.base_url)

    def _list(self, opening: Token) -> Iterator[Block]:
        """The items of a list and of the lists in it, with their numbers. Quotes and code stand behind the outermost item that
        they are in, and the list goes on behind them."""
        part = _ListPart(ordered=opening.type == "ordered_list_open")
        numbers = [_first_number(opening)]  # of the next item, in this list and those in it
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type in ("bullet_list_close", "ordered_list_close"):
                numbers.pop()
                if not numbers:
                    break
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                numbers.append(_first_number(token))
            elif token.type == "list_item_open":
                if len(numbers) == 1:
                    yield from part.close()
                part.begin(len(numbers) - 1, numbers[-1])
                numbers[-1] = None if numbers[-1] is None else numbers[-1] + 1
            elif token.type == "inline":
                part.add(spans_of(token, self.base_url))
            elif token.type not in ("heading_open", "paragraph_open"):
                part.others.extend(block for block in self._block(token) if not _empty(block))
        yield from part.all()

    def _table(self) -> list[ListItem]:
        """A table's rows as items, cells set apart by ` | `."""
        items: list[ListItem] = []
        row: list[Span] = []
        cells: list[int] = []
        size = 0  # characters of the row
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                row, cells, size = [], [], 0
            elif token.type == "inline":
                spans = spans_of(token, self.base_url)
                cell = (Text(" | "), *spans) if row else spans or (Text(""),)
                cells.append(size + len(" | ") if row else 0)
                size += len(plain(cell))
                row.extend(cell)
            elif token.type == "tr_close" and any(span.text.strip() for span in row):
                items.append(ListItem(tuple(row), cells=tuple(cells)))
        return items[: MAX_BLOCKS + 1]


def _add_paragraph(item: list[Span], spans: Spans, *, first: bool) -> None:
    """Add a paragraph to a list item, up to a number of pieces that nobody reads to their end."""
    if len(item) < _MAX_ITEM:
        item.extend(spans if first else (Text("\n"), *spans))


def _empty(block: Block) -> bool:
    match block:
        case Paragraph(spans) | Heading(_, spans):
            return not plain(spans).strip()
        case BulletList(items):
            return not items
        case Quote(blocks):
            return not blocks
        case CodeBlock(words):
            return not words.strip()


class _ListPart:
    """What a list holds up to the next outermost item behind a quote or some code."""

    def __init__(self, *, ordered: bool) -> None:
        self.ordered = ordered
        self.items: list[tuple[list[Span], int, int | None]] = []
        self.others: list[Block] = []
        self._open_item: tuple[int, int | None] | None = None

    def begin(self, depth: int, number: int | None) -> None:
        self._open_item = (depth, number)

    def add(self, spans: Spans) -> None:
        if self._open_item is not None:
            self.items.append(([], *self._open_item))
            _add_paragraph(self.items[-1][0], spans, first=True)
            self._open_item = None
        elif self.others or not self.items:
            self.others.append(Paragraph(spans))
        else:
            _add_paragraph(self.items[-1][0], spans, first=False)

    def close(self) -> Iterator[Block]:
        """What stands before the next outermost item, where something else than items does."""
        return self.all() if self.others else iter(())

    def all(self) -> Iterator[Block]:
        items = [ListItem(tuple(spans), depth, number) for spans, depth, number in self.items if spans][
            : MAX_BLOCKS + 1
        ]
        if items:
            yield BulletList(tuple(items), ordered=self.ordered)
        yield from self.others
        self.items, self.others = [], []


def _first_number(opening: Token) -> int | None:
    """With which number a list begins, None for bullets."""
    if opening.type != "ordered_list_open":
        return None
    start = opening.attrGet("start")
    return start if isinstance(start, int) else 1
