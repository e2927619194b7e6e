"""Neutral spans and blocks as Discord's Markdown, cut at a boundary; foreign words are escaped, so that nothing in them acts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import assert_never

from chatbot.core import patterns
from chatbot.core.message import (
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
    Strong,
    Struck,
    Text,
)

_DEEPEST = 4  # Discord shows more levels of a list badly on small screens
# What could hide or reorder words: controls but for line breaks, and the marks of writing direction.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_ACTING = re.compile(r"([\\*_~`|\[\]<])")
_LINE_START = patterns.compile(
    r"^([\t\v\f\r\pZ]*)(#{1,3}|-#|[->+]|>>>)(\s|#|$|>)|^([\t\v\f\r\pZ]*\d+)([.)])(\s|$)", multi_line=True
)
_FENCE = re.compile("`(?=``)")  # would end a block of code early, and what follows would act
_AT = re.compile(r"@(?=everyone|here)")


def clean(text: str) -> str:
    """The text without characters that hide or reorder what is read."""
    return _UNSEEN.sub("", text.replace("\t", " "))


def plainly(text: str, room: int) -> str:
    """Words where Discord reads no Markdown, such as a button's label, within `room` characters."""
    words = " ".join(clean(text).split()) or "…"
    return words if len(words) <= room else words[: room - 1] + "…"


def escape(text: str) -> str:
    """Foreign words as words: no emphasis, link, quote, heading, mention, timestamp or emoji comes of them."""
    escaped = _ACTING.sub(r"\\\1", clean(text)).replace("://", "\\://")
    escaped = _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}{m[3]}" if m[2] else f"{m[4]}\\{m[5]}{m[6]}", escaped)
    return _AT.sub("@\u200b", escaped)


def spans(parts: Spans) -> str:
    """A line of spans."""
    return "".join(_span(part) for part in parts)


def _span(part: Span) -> str:
    match part:
        case Text(text):
            return escape(text)
        case Strong(text):
            return _wrapped("**", text)
        case Struck(text):
            return _wrapped("~~", text)
        case Code(text):
            return _code(clean(text).replace("\n", " "))
        case Link(text, url):
            return f"[{escape(text) or escape(url)}]({address(url)})"
        case _ as unreachable:
            assert_never(unreachable)


def _wrapped(mark: str, text: str) -> str:
    """Emphasis must touch its words: blanks go outside of it."""
    inner = text.strip()
    return f"{mark}{escape(inner)}{mark}" if inner else escape(text)


def _code(text: str) -> str:
    if not text.strip():
        return text
    if "`" not in text:
        return f"`{text}`"
    return f"`` {text} ``" if "``" not in text else escape(text)


def address(url: str) -> str:
    """A URL that cannot end its link early."""
    return url.replace("(", "%28").replace(")", "%29").replace("\\", "%5C")


def block(part: Block) -> str:
    """A block without surrounding blank lines."""
    match part:
        case Paragraph(inner):
            return spans(inner)
        case Heading(level, inner):
            words = spans(inner).replace("\n", " ")
            return f"### {words}" if level <= 2 else f"**{words.replace('**', '')}**"
        case BulletList() as rows:
            return "\n".join(_item(item, number) for item, number in zip(rows.items, rows.numbers(), strict=True))
        case CodeBlock(text):
            return "```\n" + _FENCE.sub("`\u200b", clean(text.expandtabs(4))).strip("\n") + "\n```"
        case Quote(inner):
            return "\n".join(f"> {line}".rstrip() for line in blocks(_flat(inner)).split("\n"))
        case _ as unreachable:
            assert_never(unreachable)


def _item(item: ListItem, number: int | None) -> str:
    sign = "-" if number is None else f"{number}."
    return "  " * min(item.depth, _DEEPEST) + f"{sign} " + spans(item.spans).replace("\n", " ")


def _flat(inner: Sequence[Block]) -> tuple[Block, ...]:
    """Discord has no quotes in quotes: those become one."""
    flat: list[Block] = []
    for part in inner:
        flat.extend(_flat(part.blocks) if isinstance(part, Quote) else (part,))
    return tuple(flat)


def blocks(parts: Sequence[Block]) -> str:
    """Blocks below each other; a heading stands close to what it heads."""
    text = ""
    before: Block | None = None
    for part in parts:
        shown = block(part)
        if not shown.strip():
            continue
        text += ("" if before is None else "\n" if isinstance(before, Heading) else "\n\n") + shown
        before = part
    return text


def fitting(parts: Sequence[Block], room: int) -> tuple[str, bool]:
    """As much of the blocks as fits into `room` characters, and whether that is all of it.

    It is cut where a section begins if that keeps half of what fits, else between blocks, items, lines or words.
    """
    whole = blocks(parts)
    if len(whole) <= room:
        return whole, True
    count = _most(len(parts), lambda n: len(blocks(parts[:n])) <= room)
    kept = list(parts[:count])
    sections = [n for n, part in enumerate(kept) if isinstance(part, Heading) and n > 0]
    if sections and 2 * len(blocks(kept[: sections[-1]])) >= room and count < len(parts):
        kept = kept[: sections[-1]]
    elif not kept or isinstance(kept[-1], Heading) or len(blocks(kept)) < room // 2:
        piece = _piece(parts[count], room - len(blocks(kept)) - 2)
        kept = [*kept, piece] if piece is not None else kept
    while kept and isinstance(kept[-1], Heading):
        kept.pop()
    return blocks(kept), False


def _piece(part: Block, room: int) -> Block | None:
    """The beginning of a block that is too long as a whole."""
    shorter: Callable[[int], Block]
    match part:
        case Paragraph(inner):
            size, shorter = sum(len(s.text) for s in inner), lambda n: Paragraph(shortened(inner, n))
        case BulletList(items, ordered):
            size, shorter = len(items), lambda n: BulletList(items[:n], ordered)
        case CodeBlock(text):
            lines = text.split("\n")
            size, shorter = len(lines), lambda n: CodeBlock("\n".join(lines[:n]))
        case Quote(quoted):
            size, shorter = len(quoted), lambda n: Quote(quoted[:n])
        case _:
            return None
    count = _most(size, lambda n: len(block(shorter(n))) <= room)
    return shorter(count) if count > 0 else None


def _most(size: int, fits: Callable[[int], bool]) -> int:
    """The largest n up to `size` that fits, where less fits too."""
    low, high = 0, size
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def shortened(parts: Spans, room: int) -> Spans:
    """The first `room` characters of the words, ended at a blank where one is near and marked with an ellipsis."""
    kept: list[Span] = []
    for part in parts:
        if len(part.text) <= room:
            kept.append(part)
            room -= len(part.text)
            continue
        words = part.text[: max(room - 1, 0)]
        near = words.rfind(" ")
        words = words[:near] if near > len(words) - 30 and near > 0 else words
        if words or room > 0:
            kept.append(replace(part, text=words.rstrip() + "…"))
        break
    return tuple(kept)


def fitted_spans(parts: Spans, room: int) -> str:
    """A line of spans within `room` characters as Discord counts them, markup included."""
    shown = spans(parts)
    if len(shown) <= room:
        return shown
    return spans(
        shortened(parts, _most(sum(len(p.text) for p in parts), lambda n: len(spans(shortened(parts, n))) <= room))
    )


def fitted(text: str, room: int) -> str:
    """Escaped foreign words within `room` characters."""
    return fitted_spans((Text(text),), room)
