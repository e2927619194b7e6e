"""The beginning of what is to be shown, before it is dressed: what is certainly cut off later costs nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chatbot.chats.discord.markup import flat
from chatbot.core.model.message import (
    Block,
    BulletList,
    CodeBlock,
    Heading,
    ListItem,
    Moment,
    Paragraph,
    Quote,
    Span,
    Spans,
)

# Of what fits, so many characters are looked at: more than that can be unseen ones only, and then the rest is left off.
LOOKED_AT = 2


def reduced(parts: Iterable[Block], room: int) -> tuple[list[Block], bool]:
    """The first blocks with so many characters that no more fit into `room`, and whether that is all."""
    budget = LOOKED_AT * room
    blocks_within: list[Block] = []
    for part in parts:
        if budget <= 0:
            return blocks_within, False
        size, less = _reduced(part, budget)
        blocks_within.append(less)
        budget -= size + 1
    return blocks_within, budget > 0


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
    parts: list[ListItem] = []
    budget = most
    for item in rows.items:
        if budget <= 0:
            break
        size, less = reduced_spans(item.spans, budget)
        parts.append(replace(item, spans=less))
        budget -= size + 1
    return min(most - budget, most), replace(rows, items=tuple(parts))


def _reduced_quote(blocks: Sequence[Block], most: int) -> tuple[int, Block]:
    parts: list[Block] = []
    budget = most
    for block in flat(blocks):
        if budget <= 0:
            break
        size, less = _reduced(block, budget)
        parts.append(less)
        budget -= size + 1
    return min(most - budget, most), Quote(tuple(parts))


def reduced_spans(parts: Iterable[Span], most: int) -> tuple[int, Spans]:
    """The first `most` characters of the words, in no more spans than that, and how many they are."""
    spans_within: list[Span] = []
    budget = most
    for part in parts:
        if budget <= 0:
            break
        if len(part.text) <= budget:
            spans_within.append(part)
        elif not isinstance(part, Moment):
            spans_within.append(replace(part, text=part.text[:budget]))
        budget -= max(len(part.text), 1)
    return min(most - budget, most), tuple(spans_within)
