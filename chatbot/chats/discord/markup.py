"""Neutral spans and blocks as Discord's Markdown: the trees are ours, the words in them are escaped (`escaping`)."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import assert_never

from chatbot.chats.discord.escaping import address, clean, code, code_block, escape, label
from chatbot.core.model.message import (
    Block,
    BulletList,
    Code,
    CodeBlock,
    Command,
    Heading,
    Link,
    ListItem,
    Moment,
    Paragraph,
    Quote,
    Span,
    Spans,
    Strong,
    Struck,
    Text,
)
from chatbot.core.text import labels

COMMAND_SIGN = "/"
_LARGE = 2  # up to this level a heading is one of Discord's own; smaller ones are bold lines
_DEEPEST = 4  # Discord shows more levels of a list badly on small screens


def spans(parts: Spans) -> str:
    """A line of spans."""
    return dressed(joined(parts))


def dressed(parts: Iterable[Span]) -> str:
    """A line of spans that were joined before."""
    return "".join(map(_span, parts))


def joined(parts: Iterable[Span]) -> list[Span]:
    """The spans that have something to show, neighbours of one dress together: beside each other their marks would be read as
    one. Links have honest labels, and code that no ticks can fence is plain text."""
    together = _merged(map(_cleaned, parts))
    return _merged(Text(part.text) if isinstance(part, Code) and not code(part.text) else part for part in together)


def _merged(parts: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for kind, alike in groupby((part for part in parts if part.text or isinstance(part, Link)), key=type):
        run = list(alike)
        merged += run if kind in (Link, Moment) else [kind("".join(part.text for part in run))]
    return merged


def _cleaned(part: Span) -> Span:
    match part:
        case Link(text, url):
            return Link(labels.label(text, url), url)
        case Moment():
            return part
        case Code(text):
            return Code(clean(text).replace("\n", " "))
        case Command(text):
            return Code(COMMAND_SIGN + clean(text).replace("\n", " "))
        case _:
            return type(part)(clean(part.text))


def _span(part: Span) -> str:
    match part:
        case Text(text):
            return escape(text)
        case Strong(text):
            return _wrapped("**", text)
        case Struck(text):
            return _wrapped("~~", text)
        case Code(text):
            return code(text)
        case Command(text):
            return code(COMMAND_SIGN + text)
        case Moment(at):
            return f"<t:{int(at.timestamp())}:f>"
        case Link(text, url):
            return f"[{label(text) or 'link'}]({address(url)})"
        case _ as unreachable:
            assert_never(unreachable)


def _wrapped(mark: str, text: str) -> str:
    """Emphasis must touch its words: blanks go outside of it."""
    inner = text.strip()
    if not inner:
        return escape(text)
    at = text.index(inner)
    return f"{text[:at]}{mark}{escape(inner)}{mark}{text[at + len(inner) :]}"


def label_of(words: str) -> str:
    """The bold label of a line."""
    return _wrapped("**", f"{' '.join(clean(words).split()).rstrip(':')}:")


def block(part: Block) -> str:
    """A block without surrounding blank lines; empty where it shows nothing."""
    match part:
        case Paragraph(inner):
            return spans(inner)
        case Heading(level, inner):
            return _heading(level, inner)
        case BulletList() as rows:
            return "\n".join(map(item, rows.items, rows.numbers()))
        case CodeBlock(text):
            return code_block(text)
        case Quote(inner):
            return quoted(blocks(flat(inner)))
        case _ as unreachable:
            assert_never(unreachable)


def _heading(level: int, inner: Spans) -> str:
    if level <= _LARGE:
        words = spans(inner).replace("\n", " ").strip()
        return f"### {words}" if words else ""
    words = spans(tuple(map(_within_strong, inner))).replace("\n", " ").strip()
    return f"**{words}**" if words else ""


def _within_strong(part: Span) -> Span:
    """Strong words end at the next two stars, which may stand in code."""
    stars = isinstance(part, Code) and "*" in part.text
    return Text(part.text) if stars or isinstance(part, Strong) else part


def item(each: ListItem, number: int | None) -> str:
    """One row of a list, with its number where it has one."""
    sign = "-" if number is None else f"{number}."
    return "  " * min(each.depth, _DEEPEST) + f"{sign} " + spans(each.spans).replace("\n", " ")


def quoted(text: str) -> str:
    """Lines of a quote: an empty one too keeps its mark and the blank behind it, or the quote would end there."""
    return "\n".join(f"> {line}" for line in text.split("\n")) if text else ""


def flat(inner: Sequence[Block]) -> tuple[Block, ...]:
    """Discord has no quotes in quotes: those become one."""
    flattened: list[Block] = []
    waiting = list(reversed(inner))
    while waiting:
        part = waiting.pop()
        if isinstance(part, Quote):
            waiting.extend(reversed(part.blocks))
        else:
            flattened.append(part)
    return tuple(flattened)


def between(before: Block | None, after: Block) -> str:
    """What stands between a block and the next one: a heading stands close to what it heads, and Discord itself leaves space
    above a large heading and around code, where an empty line would double it."""
    if before is None:
        return ""
    spaced = isinstance(before, Heading) or has_space_above(after)
    return "\n" if spaced else "\n\n"


def has_space_above(part: Block) -> bool:
    """Whether Discord sets the block apart from the lines above it."""
    return isinstance(part, CodeBlock) or (isinstance(part, Heading) and part.level <= _LARGE)


def blocks(parts: Sequence[Block]) -> str:
    """Blocks below each other; those that show nothing are left out."""
    pieces: list[str] = []
    before: Block | None = None
    for part in parts:
        text = block(part)
        if text.strip():
            pieces += (between(before, part), text)
            before = part
    return "".join(pieces)
