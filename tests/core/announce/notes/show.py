"""Release notes from Markdown, and how they read: a line of text for each line that a chat shows."""

from collections.abc import Iterable

from chatbot.core.announce.notes.short import ShortNotes, full_notes, short_notes
from chatbot.core.model.message import (
    Block,
    BulletList,
    Code,
    CodeBlock,
    Heading,
    Link,
    Paragraph,
    Quote,
    Spans,
    Strong,
)
from chatbot.sources.markdown.document import read_markdown

PAGE = "https://forge.example/acme/mailer/releases/tag/v2.1.1"


def parsed(markdown: str) -> tuple[Block, ...]:
    return read_markdown(markdown, base_url=PAGE)[0]


def short(markdown: str) -> ShortNotes:
    return short_notes(parsed(markdown), PAGE)


def full(markdown: str) -> ShortNotes:
    return full_notes(parsed(markdown), PAGE)


def lines(blocks: Iterable[Block]) -> list[str]:
    out_lines: list[str] = []
    for block in blocks:
        match block:
            case Heading(level=level, spans=spans):
                out_lines.append(f"{'#' * level} {words(spans)}")
            case Paragraph(spans=spans):
                out_lines += words(spans).split("\n")
            case BulletList(items=items):
                out_lines += [f"{'  ' * item.depth}- {words(item.spans)}" for item in items]
            case CodeBlock(text=text):
                out_lines += [f"    {line}" for line in text.split("\n")]
            case Quote(blocks=inner):
                out_lines += [f"> {line}" for line in lines(inner)]
    return out_lines


def words(spans: Spans) -> str:
    """The words with just enough marks to see what is a link, and what stands out."""
    pieces: list[str] = []
    for span in spans:
        match span:
            case Link(text=text, url=url):
                pieces.append(f"[{text}]({url.removeprefix('https://forge.example/acme/mailer/')})")
            case Strong(text=text):
                pieces.append(f"**{text}**")
            case Code(text=text):
                pieces.append(f"`{text}`")
            case _:
                pieces.append(span.text)
    return "".join(pieces)
