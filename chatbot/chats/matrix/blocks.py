"""One block of a message → plain lines and HTML that Element Web, Element X and Cinny all show: no tables, no images."""

import html
from collections.abc import Iterable, Sequence

from chatbot.chats.matrix.links import Formatted, linked, spelled
from chatbot.core.model.message import (
    Block,
    BulletList,
    Code,
    CodeBlock,
    Command,
    Field,
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
from chatbot.core.text.visible import printable

COMMAND_SIGN = "!"
DEEPEST = 6  # lists within lists
LIST_CHUNK = 8  # outer items a list is formatted by, so that a long one can be cut between them


def format_block(block: Block) -> list[Formatted]:
    """The block in pieces, between which a message may be cut."""
    match block:
        case Paragraph(spans=spans):
            return [Formatted(_plain(spans), f"<p>{_html(spans)}</p>")]
        case Heading(level=level, spans=spans):
            size = 3 if level <= 1 else 4  # clients draw h5 and h6 smaller than the text
            return [Formatted(f"\n{_plain(spans)}", f"<h{size}>{_html(spans)}</h{size}>")]
        case BulletList():
            return list(_list(block))
        case CodeBlock(text=text):
            words = format_text(text, keep="\n\t")
            return [Formatted(words, f"<pre><code>{html.escape(words)}</code></pre>")]
        case Quote(blocks=blocks):
            inner = [joined(pieces) for part in blocks if (pieces := format_block(part))]
            plain = "\n".join(piece.plain.strip("\n") for piece in inner)
            return [as_quotation(Formatted(plain, "".join(piece.html for piece in inner)))]


def as_quotation(part: Formatted) -> Formatted:
    """The same as a quotation."""
    lines = "\n".join(f"> {line}" for line in part.plain.splitlines())
    return Formatted(lines, f"<blockquote>{part.html}</blockquote>")


def joined(pieces: Sequence[Formatted]) -> Formatted:
    """The pieces of a block as one: a list that could have been cut is one list, without a gap in it."""
    markup = [pieces[0].html]
    for piece in pieces[1:]:
        tag = piece.html[1:3]
        if tag in ("ul", "ol") and markup[-1].endswith(f"</{tag}>"):
            markup[-1] = markup[-1].removesuffix(f"</{tag}>")
            markup.append(piece.html[piece.html.index(">") + 1 :])
        else:
            markup.append(piece.html)
    return Formatted("\n".join(piece.plain for piece in pieces), "".join(markup))


def format_fields(facts: Iterable[Field]) -> Formatted:
    """Labelled lines below each other, with bold labels: Element X shows no tables."""
    rows = [(labelled(fact.label), _plain(fact.spans), _html(fact.spans)) for fact in facts]
    lines = "<br>".join(f"<strong>{html.escape(label)}</strong> {words}" for label, _, words in rows)
    return Formatted("\n".join(f"{label} {words}" for label, words, _ in rows), f"<p>{lines}</p>")


def format_small(lines: Iterable[Spans]) -> Formatted:
    """Small print, a line each. No client of Matrix shows `<small>`; `<sub>` is smaller in all that were tried."""
    lines = list(lines)
    markup = "<br>".join(f"<sub>{_html(spans)}</sub>" for spans in lines)
    return Formatted("\n".join(_plain(spans) for spans in lines), f"<p>{markup}</p>")


def format_links(links: Iterable[Link]) -> Formatted:
    """Where to read on: an address a line in plain text, and one line of links."""
    rows = [(labelled(link.text), spelled(link.url), linked(format_text(link.text), link.url).html) for link in links]
    plain = "\n".join(f"{label} {address}" for label, address, _ in rows)
    return Formatted(plain, " · ".join(markup for _, _, markup in rows))


def labelled(label: str) -> str:
    """The label with a colon, where it does not end with a mark of its own."""
    words = format_text(label).rstrip()
    return words if words.endswith((":", "?", "!", "…")) else f"{words}:"


def format_text(text: str, keep: str = "") -> str:
    """No control characters, nothing that turns the reading direction, and nothing that nobody sees."""
    return printable(text, lines="\n" in keep, tabs="\t" in keep)


def _list(block: BulletList) -> Iterable[Formatted]:
    chunk, outer = list[tuple[ListItem, int | None]](), 0
    for item, number in zip(block.items, block.numbers(), strict=True):
        if item.depth == 0 and outer == LIST_CHUNK:
            yield _list_chunk(chunk)
            chunk, outer = [], 0
        outer += item.depth == 0
        chunk.append((item, number))
    if chunk:
        yield _list_chunk(chunk)


def _list_chunk(items: Sequence[tuple[ListItem, int | None]]) -> Formatted:
    """Items with their numbers; a nested list stands within the item that it belongs to."""
    lines, markup, open_lists = list[str](), list[str](), list[str]()
    for item, number in items:
        depth = min(item.depth, len(open_lists), DEEPEST)
        while len(open_lists) > depth + 1:
            markup.append(f"</li></{open_lists.pop()}>")
        if len(open_lists) == depth + 1:
            markup.append("</li>")
        tag = "ul" if number is None else "ol"
        if len(open_lists) == depth + 1 and open_lists[-1] != tag:
            markup.append(f"</{open_lists.pop()}>")
        if len(open_lists) == depth:
            markup.append(f'<ol start="{number}">' if number is not None and number != 1 else f"<{tag}>")
            open_lists.append(tag)
        mark = "•" if number is None else f"{number}."
        lines.append(f"{'  ' * depth}{mark} {_plain(item.spans)}")
        markup.append(f"<li>{_html(item.spans)}")
    markup += [f"</li></{tag}>" for tag in reversed(open_lists)]
    return Formatted("\n".join(lines), "".join(markup))


def _plain(spans: Spans) -> str:
    return "".join(_plain_span(span) for span in spans)


def _plain_span(span: Span) -> str:
    words = format_text(span.text)
    if isinstance(span, Command):
        return f"{COMMAND_SIGN}{words}"
    return linked(words, span.url).plain if isinstance(span, Link) else words


def _html(spans: Spans) -> str:
    return "".join(_html_span(span) for span in spans)


def _html_span(span: Span) -> str:
    words = html.escape(format_text(span.text))
    match span:
        case Text() | Moment():
            return words
        case Strong():
            return f"<strong>{words}</strong>"
        case Code():
            return f"<code>{words}</code>"
        case Command():
            return f"<code>{COMMAND_SIGN}{words}</code>"
        case Struck():
            return f"<del>{words}</del>"
        case Link(text=text, url=url):
            return linked(format_text(text), url).html
