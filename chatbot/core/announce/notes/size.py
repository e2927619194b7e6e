"""How much of a screen blocks take, and blocks cut to a size: at items, lines and words, never inside of a character."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chatbot.core.model.message import Block, BulletList, CodeBlock, Heading, Paragraph, Quote, Span, Spans, Text, plain

WIDTH = 100  # columns of a line in a chat
_WIDE = ("W", "F")  # https://www.unicode.org/reports/tr11/
_JOINING = "\u200d"
_NEAR = 30  # characters from the end in which a blank is looked for
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Size:
    """What is taken, or what there is room for.

    lines: as long as a chat shows them
    columns: of all lines together; a wide character takes two
    """

    lines: int
    columns: int

    def __add__(self, other: "Size") -> "Size":
        return Size(self.lines + other.lines, self.columns + other.columns)

    def __sub__(self, other: "Size") -> "Size":
        return Size(self.lines - other.lines, self.columns - other.columns)

    def within(self, room: "Size") -> bool:
        """Whether it fits."""
        return self.lines <= room.lines and self.columns <= room.columns

    def part(self, share: float) -> "Size":
        """A part of it."""
        return Size(int(self.lines * share), int(self.columns * share))


NOTHING = Size(0, 0)


def columns(text: str) -> int:
    """How wide a text is shown."""
    if text.isascii():
        return len(text)
    return sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def of_words(text: str) -> Size:
    """The size of a text that wraps at the end of a line."""
    widths = [columns(line) for line in text.split("\n")]
    return Size(sum(max(1, -(-width // WIDTH)) for width in widths), sum(widths))


def of_block(block: Block) -> Size:
    """The size of a block, without the space around it."""
    match block:
        case Paragraph(spans=spans) | Heading(spans=spans):
            return of_words(plain(spans))
        case BulletList(items=items):
            return sum((of_words(plain(item.spans)) for item in items), NOTHING)
        case CodeBlock(text=text):
            return of_words(text)
        case Quote(blocks=blocks):
            return of_blocks(blocks)


def of_blocks(blocks: Iterable[Block]) -> Size:
    """The size of several blocks."""
    return sum(map(of_block, blocks), NOTHING)


def beginning(block: Block, room: Size) -> Block | None:
    """As much of a block that does not fit as fits: whole items and lines, and words only where not even the first item fits.
    None where that is nothing."""
    match block:
        case Paragraph(spans=spans):
            words = shortened(spans, room)
            return replace(block, spans=words) if words else None
        case BulletList():
            return _items(block, room)
        case CodeBlock(text=text):
            return _lines(text, room)
        case Quote(blocks=blocks):
            within = _first_blocks(blocks, room)
            return Quote(tuple(within)) if within else None
        case Heading():
            return None


def _items(block: BulletList, room: Size) -> BulletList | None:
    items = block.items[: _fitting([of_words(plain(item.spans)) for item in block.items], room)]
    while items and len(items) < len(block.items) and block.items[len(items)].depth > items[-1].depth:
        items = items[:-1]  # it introduces what is cut off
    if items:
        return replace(block, items=items)
    first = block.items[0]
    words = shortened(first.spans, room)
    return replace(block, items=(replace(first, spans=words),)) if words else None


def _lines(text: str, room: Size) -> CodeBlock | None:
    lines = text.split("\n")
    count = _fitting([of_words(line) for line in lines], room - Size(1, 1))
    return CodeBlock("\n".join((*lines[:count], _ELLIPSIS))) if count > 0 else None


def _first_blocks(blocks: Sequence[Block], room: Size) -> list[Block]:
    count = _fitting([of_block(block) for block in blocks], room)
    within = list(blocks[:count])
    rest = beginning(blocks[count], room - of_blocks(within)) if not within and count < len(blocks) else None
    return [*within, rest] if rest is not None else within


def _fitting(sizes: Sequence[Size], room: Size) -> int:
    """How many of these fit."""
    total = NOTHING
    for count, size in enumerate(sizes):
        total += size
        if not total.within(room):
            return count
    return len(sizes)


def shortened(spans: Spans, room: Size) -> Spans:
    """The first words that fit, ended at a blank where one is near, with an ellipsis. A link is whole or left out."""
    room = Size(room.lines, min(room.columns, room.lines * WIDTH))
    text, kept_spans = plain(spans), list[Span]()
    if of_words(text).within(room):
        return spans
    end = _end_of_words(text, room)
    for span in spans:
        if end <= 0:
            break
        if len(span.text) <= end:
            kept_spans.append(span)
        elif isinstance(span, Text):
            kept_spans.append(Text(span.text[:end]))
        end -= len(span.text)
    words = "".join(span.text for span in kept_spans)
    if not words.strip():
        return ()
    if isinstance(kept_spans[-1], Text):
        kept_spans[-1] = Text(kept_spans[-1].text.rstrip() + _ELLIPSIS)
        return tuple(kept_spans)
    return (*kept_spans, Text(_ELLIPSIS))


def _end_of_words(text: str, room: Size) -> int:
    """After how many characters of the text the room is taken, an ellipsis included."""
    lines, width, total = 1, 1, 1
    for at, character in enumerate(text):
        size = 0 if character == "\n" else _columns_of(character)
        if character == "\n" or width + size > WIDTH:
            lines, width = lines + 1, 1
        width, total = width + size, total + size
        if lines > room.lines or total > room.columns:
            return _at_a_word(text, at)
    return len(text)


def _at_a_word(text: str, end: int) -> int:
    blank = max(text.rfind(" ", max(end - _NEAR, 0), end), text.rfind("\n", max(end - _NEAR, 0), end))
    if blank > 0:
        return blank
    while 0 < end < len(text) and (unicodedata.combining(text[end]) or _JOINING in text[end - 1 : end + 1]):
        end -= 1
    return end
