"""Blocks as a chat can show them: tables as labelled rows, task lists and alerts with signs, images as links or not at all."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chatbot.core.announce.notes.emoji import with_emoji
from chatbot.core.announce.notes.table import rows
from chatbot.core.model.message import (
    Block,
    BulletList,
    Code,
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
    Text,
    plain,
)
from chatbot.core.text import patterns
from chatbot.core.text.links import safe_url

_TASKS = (("[ ] ", "☐ "), ("[x] ", "☑ "), ("[X] ", "☑ "))
_ALERTS = {"Note:": "ℹ️", "Tip:": "💡", "Important:": "❗", "Warning:": "⚠️", "Caution:": "🛑"}
# Descriptions that say nothing: what an editor fills in, the name of a file, and mere decoration.
_DECORATION = patterns.compile(
    r"(?:image|img|picture|photo|screen ?shot|gif|thumbnail|untitled|cover|hero|badge|preview)s?[\d _.:-]*(?: at [\d .:apm]*)?"
    r"|(?:[\w.'-]+ ){0,3}(?:banner|logo|icon|header|footer|divider|separator|line|spacer)s?[\d _-]*"
    r"|[^\s]+\.(?:png|jpe?g|gif|svg|webp|avif)|[0-9a-f-]{8,}|(?:\W|_)*",
    ignore_case=True,
)
_LONGEST_DESCRIPTION = 200


def readable(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks in a form that reads well in any chat; what is readable already stays as it is."""
    return tuple(shown for block in blocks if (shown := _block(block)) is not None)


def _block(block: Block) -> Block | None:
    match block:
        case Paragraph(spans=spans):
            spans = _spans(spans)
            if not plain(spans).strip():
                return None
            return Paragraph((Strong(plain(spans)),)) if block.lead else Paragraph(spans)
        case Heading(level=level, spans=spans):
            spans = _spans(spans)
            return Heading(level, spans) if plain(spans).strip() else None
        case BulletList():
            items = tuple(item for item in map(_item, rows(block)) if item is not None)
            return BulletList(items, block.ordered) if items else None
        case Quote(blocks=blocks):
            inner = _alert(readable(blocks))
            return Quote(tuple(inner)) if inner else None
        case _:
            return block


def _item(item: ListItem) -> ListItem | None:
    spans = _spans(item.spans)
    if spans and isinstance(spans[0], Text):
        for mark, sign in _TASKS:
            if spans[0].text.startswith(mark):
                spans = (Text(sign + spans[0].text.removeprefix(mark)), *spans[1:])
    return ListItem(spans, item.depth, item.number) if plain(spans).strip() else None


def _spans(spans: Spans) -> Spans:
    shown: list[Span] = []
    for span in spans:
        match span:
            case Text(text=text) if span.image:
                _add_image(shown, with_emoji(text), span.image)
            case Code() | Command() | Moment():
                shown.append(span)
            case _:
                text = with_emoji(span.text)
                if text:
                    shown.append(span if text == span.text else replace(span, text=text))
    return tuple(shown)


def _add_image(shown: list[Span], description: str, address: str) -> None:
    """A link with what an image shows; one that only decorates is left out, with the line that it stands on."""
    words = " ".join(description.split())
    if _DECORATION.fullmatch(words[:_LONGEST_DESCRIPTION]):
        if shown and isinstance(shown[-1], Text) and not shown[-1].text.strip():
            shown.pop()
    elif safe_url(address):
        shown.append(Link(f"image: {words}", address))
    else:
        shown.append(Text(f"[image: {words}]"))


def _alert(blocks: Sequence[Block]) -> Sequence[Block]:
    """A quote that begins as an alert, with its sign; the word and what it is about are one paragraph."""
    match blocks:
        case [Paragraph(spans=(Text(text=text), *others)), *rest]:
            word, blank, words = text.partition(" ")
            if word not in _ALERTS:
                return blocks
            spans: list[Span] = [Strong(f"{_ALERTS[word]} {word}"), Text(f"{blank}{words}"), *others]
            if not words and not others and rest and isinstance(rest[0], Paragraph):
                spans, rest = [spans[0], Text(" "), *rest[0].spans], rest[1:]
            return [Paragraph(tuple(span for span in spans if span.text)), *rest]
        case _:
            return blocks
