"""The beginning of what is to be shown, before it is dressed: what is certainly cut off later costs nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chatbot.chats.discord.markup import flat
from chatbot.core.model.message import Block, BulletList, CodeBlock, Heading, ListItem, Paragraph, Quote, Span, Spans

# Of what fits, so many characters are looked at: more than that can be unseen ones only, and then the rest is left off.
LOOKED_AT = 2


def reduced(parts: Iterable[Block], room: int) -> tuple[list[Block], bool]:
    """The first blocks with so many characters that no more fit into `room`, and whether that is all."""
    left = LOOKED_AT * room
    kept: list[Block] = []
    for part in parts:
        if left <= 0:
            return kept, False
        size, less = _reduced(part, left)
        kept.append(less)
        left -= size + 1
    return kept, left > 0


def _reduced(part: Block, most: int) -> tuple[int, Block]:
    """The beginning of a block, and how many characters it has; `most` where there are more."""
    match part:
        case Paragraph(spans=spans) | Heading(spans=spans):
            size, less = reduced_spans(spans, most)
            return size, replace(part, spans=less)
        case CodeBlock(text=text):
            return min(len(text), most), CodeBlock(text[:most])
        case BulletList():
            return _reduced_items(part, most)
        case Quote(blocks=blocks):
            return _reduced_quote(blocks, most)


def _reduced_items(rows: BulletList, most: int) -> tuple[int, Block]:
    kept: list[ListItem] = []
    left = most
    for item in rows.items:
        if left <= 0:
            break
        size, less = reduced_spans(item.spans, left)
        kept.append(replace(item, spans=less))
        left -= size + 1
    return min(most - left, most), replace(rows, items=tuple(kept))


def _reduced_quote(blocks: Sequence[Block], most: int) -> tuple[int, Block]:
    kept: list[Block] = []
    left = most
    for block in flat(blocks):
        if left <= 0:
            break
        size, less = _reduced(block, left)
        kept.append(less)
        left -= size + 1
    return min(most - left, most), Quote(tuple(kept))


def reduced_spans(parts: Iterable[Span], most: int) -> tuple[int, Spans]:
    """The first `most` characters of the words, in no more spans than that, and how many they are."""
    kept: list[Span] = []
    left = most
    for part in parts:
        if left <= 0:
            break
        kept.append(part if len(part.text) <= left else replace(part, text=part.text[:left]))
        left -= max(len(part.text), 1)
    return min(most - left, most), tuple(kept)
