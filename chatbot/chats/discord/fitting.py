"""Spans and blocks cut to Discord's limits, at a boundary, in time that grows with what is shown and not with what is cut off."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice

from chatbot.chats.discord.escaping import code_block
from chatbot.chats.discord.markup import between, block, blocks, flat, item, joined, quoted, spans
from chatbot.chats.discord.reducing import LOOKED_AT, reduced, reduced_spans
from chatbot.core.model.message import (
    Block,
    BulletList,
    CodeBlock,
    Heading,
    Link,
    Moment,
    Paragraph,
    Quote,
    Span,
    Spans,
    Text,
)

_NEAR = 30  # characters from the end in which a blank is looked for


def fitting(parts: Sequence[Block], room: int) -> tuple[str, bool]:
    """As much of the blocks as fits into `room` characters, and whether that is all of it.

    It is cut where a section begins if that keeps half of what fits, else between blocks, items, lines or words.
    """
    looked_at, all_of_it = reduced(parts, room)
    leading, sizes, rest = _leading(looked_at, room)
    if rest is None:
        return blocks(leading), all_of_it
    sections = [n for n, part in enumerate(leading) if isinstance(part, Heading) and n > 0]
    size = sizes[-1] if sizes else 0
    if sections and 2 * sizes[sections[-1] - 1] >= room:
        leading = leading[: sections[-1]]
    elif not leading or isinstance(leading[-1], Heading) or size < room // 2:
        piece = _piece(rest, room - size - 2)
        leading = [*leading, piece] if piece is not None else leading
    while leading and isinstance(leading[-1], Heading):
        leading.pop()
    return blocks(leading), False


def _leading(parts: Sequence[Block], room: int) -> tuple[list[Block], list[int], Block | None]:
    """The first blocks that fit as a whole, how long the text is with each of them, and the first that does not fit."""
    blocks: list[Block] = []
    sizes: list[int] = []
    size = 0
    for part in parts:
        text = block(part)
        if not text.strip():
            continue
        size += len(between(blocks[-1] if blocks else None, part)) + len(text)
        if size > room:
            return blocks, sizes, part
        blocks.append(part)
        sizes.append(size)
    return blocks, sizes, None


def _piece(part: Block, room: int) -> Block | None:
    """The beginning of a block that is too long as a whole."""
    match part:
        case Paragraph(inner):
            words = _words(inner, room)
            return Paragraph(words) if words else None
        case BulletList():
            return _items(part, room)
        case CodeBlock(text):
            lines = code_block(text).split("\n")[1:-1]
            count = _fit(map(len, lines), 1, room - 2 * len("```\n"))
            return CodeBlock("\n".join(lines[:count])) if count else None
        case Quote(inner):
            within = flat(inner)
            count = _fit((len(quoted(block(each))) for each in within), len("\n> \n"), room)
            return Quote(within[:count]) if count else None
        case _:
            return None


def _items(rows: BulletList, room: int) -> BulletList | None:
    numbers = rows.numbers()
    if count := _fit(map(len, map(item, rows.items, numbers)), 1, room):
        return replace(rows, items=rows.items[:count])
    first = rows.items[0]
    words = _words(first.spans, room - len(item(replace(first, spans=()), numbers[0])))
    return replace(rows, items=(replace(first, spans=words),)) if words else None


def _words(parts: Spans, room: int) -> Spans:
    """As many of the words as fit with their dress; no more than `room` characters of them can. A label that is cut may look
    like another address, and is then the whole one: what counts is the text that is shown in the end."""
    short = shortened(joined(parts), max(room, 0))
    most = sum(len(part.text) for part in short)
    return shortened(short, _most(most, lambda n: len(spans(shortened(short, n))) <= room))


def _fit(lengths: Iterable[int], between_them: int, room: int) -> int:
    """How many of these fit into the room, with so much between each two."""
    size, count = -between_them, 0
    for length in islice(lengths, max(room, 0) + 1):
        size += between_them + length
        if size > room:
            break
        count += 1
    return count


def _most(size: int, fits: Callable[[int], bool]) -> int:
    """The largest n up to `size` that fits, where less fits too."""
    low, high = 0, size
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def shortened(parts: Iterable[Span], room: int) -> Spans:
    """The first `room` characters of the words, ended at a blank where one is near and marked with an ellipsis."""
    spans_within: list[Span] = []
    for part in parts:
        if len(part.text) <= room:
            spans_within.append(part)
            room -= len(part.text)
            continue
        if isinstance(part, Moment):
            break
        words = part.text[: max(room - 1, 0)]
        near = words.rfind(" ")
        words = words[:near] if near > len(words) - _NEAR and near > 0 else words
        if words or room > 0:
            spans_within.append(replace(part, text=words.rstrip() + "…"))
        break
    return tuple(spans_within)


def fitted_spans(parts: Spans, room: int) -> str:
    """A line of spans within `room` characters as Discord counts them, markup included."""
    size, looked_at = reduced_spans(parts, LOOKED_AT * room)
    text = spans(looked_at)
    if len(text) <= room and size < LOOKED_AT * room:
        return text
    text = spans(_words(looked_at, room))
    if len(text) <= room:
        return text
    unlinked = [
        Text(part.text) if isinstance(part, Link) else part for part in looked_at
    ]  # an address alone is too long
    return spans(_words(tuple(unlinked), room))


def fitted(text: str, room: int) -> str:
    """Escaped foreign words within `room` characters."""
    return fitted_spans((Text(text),), room)
