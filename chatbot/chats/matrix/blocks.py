"""One block of a message → plain lines and HTML that Element Web, Element X and Cinny all show: no tables, no images."""

import html
from collections.abc import Iterable
from dataclasses import dataclass

from chatbot.core import patterns
from chatbot.core.message import (
    Block,
    BulletList,
    Code,
    CodeBlock,
    Fact,
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

LIST_CHUNK = 8  # outer items a list is dressed by, so that a long one can be cut between them
_PILL = patterns.compile(
    r"https?://(?:[^/?#]*\.)?matrix\.to\.?(?::\d*)?(?:[/?#]|$)", ignore_case=True
)  # looks like a mention of ours
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


@dataclass(frozen=True, slots=True)
class Dressed:
    """The same words twice: `plain` for `body`, `html` for `formatted_body`."""

    plain: str
    html: str


def dress(block: Block) -> list[Dressed]:
    """The block in pieces, between which a message may be cut."""
    match block:
        case Paragraph(spans=spans):
            return [Dressed(_plain(spans), f"<p>{_html(spans)}</p>")]
        case Heading(level=level, spans=spans):
            size = min(max(level, 1) + 2, 6)  # the title of the message stands above every heading of its text
            return [Dressed(f"\n{_plain(spans)}", f"<h{size}>{_html(spans)}</h{size}>")]
        case BulletList():
            return list(_list(block))
        case CodeBlock(text=text):
            words = dress_text(text, keep="\n\t")
            return [Dressed(words, f"<pre><code>{html.escape(words)}</code></pre>")]
        case Quote(blocks=blocks):
            inner = [piece for part in blocks for piece in dress(part)]
            quoted = "\n".join(f"> {line}" for piece in inner for line in piece.plain.strip("\n").splitlines())
            return [Dressed(quoted, f"<blockquote>{''.join(piece.html for piece in inner)}</blockquote>")]


def dress_facts(facts: Iterable[Fact]) -> Dressed:
    """Labelled lines, as a list with bold labels: Element X shows no tables."""
    rows = [(dress_text(fact.label), _plain(fact.spans), _html(fact.spans)) for fact in facts]
    items = "".join(f"<li><strong>{html.escape(label)}:</strong> {words}</li>" for label, _, words in rows)
    return Dressed("\n".join(f"{label}: {words}" for label, words, _ in rows), f"<ul>{items}</ul>")


def dress_link(link: Link) -> Dressed:
    words = dress_text(link.text)
    return Dressed(f"{words}: {link.url}", f'<p><a href="{html.escape(link.url)}">{html.escape(words)}</a></p>')


def dress_text(text: str, keep: str = "") -> str:
    """No control characters, and nothing that turns the reading direction."""
    return "".join(
        character if character.isprintable() or character in keep else " "
        for character in text
        if character not in _TURNS
    )


def _list(block: BulletList) -> Iterable[Dressed]:
    number, chunk = 1, list[ListItem]()
    for item in block.items:
        if item.depth == 0 and sum(kept.depth == 0 for kept in chunk) == LIST_CHUNK:
            yield _list_chunk(chunk, ordered=block.ordered, start=number)
            number, chunk = number + LIST_CHUNK, []
        chunk.append(item)
    if chunk:
        yield _list_chunk(chunk, ordered=block.ordered, start=number)


def _list_chunk(items: list[ListItem], *, ordered: bool, start: int) -> Dressed:
    tag = "ol" if ordered else "ul"
    counts, lines, markup, depth = [start - 1], list[str](), [_opening(tag, start)], 0
    for item in items:
        wanted = min(item.depth, depth + 1, 6)  # a nested list belongs to the item before it
        if wanted > depth and counts[-1] >= start:
            markup.append(f"<{tag}>")
            counts.append(0)
        else:
            wanted = min(wanted, depth)
            markup.append("</li>" if counts[-1] and lines else "")
        markup += [f"</{tag}></li>"] * (depth - wanted)
        del counts[wanted + 1 :]
        depth = wanted
        counts[-1] += 1
        mark = f"{counts[-1]}." if ordered else "•"
        lines.append(f"{'  ' * depth}{mark} {_plain(item.spans)}")
        markup.append(f"<li>{_html(item.spans)}")
    markup.append(f"</li></{tag}>" * (depth + 1))
    return Dressed("\n".join(lines), "".join(markup))


def _opening(tag: str, start: int) -> str:
    return f'<ol start="{start}">' if tag == "ol" and start > 1 else f"<{tag}>"


def _plain(spans: Spans) -> str:
    return "".join(_plain_span(span) for span in spans)


def _plain_span(span: Span) -> str:
    words = dress_text(span.text)
    if isinstance(span, Link) and span.text != span.url:
        return f"{words} ({span.url})"
    return words


def _html(spans: Spans) -> str:
    return "".join(_html_span(span) for span in spans)


def _html_span(span: Span) -> str:
    words = html.escape(dress_text(span.text))
    match span:
        case Text():
            return words
        case Strong():
            return f"<strong>{words}</strong>"
        case Code():
            return f"<code>{words}</code>"
        case Struck():
            return f"<del>{words}</del>"
        case Link(url=url) if _PILL.match(url):
            return html.escape(_plain_span(span))
        case Link(url=url):
            return f'<a href="{html.escape(url)}">{words}</a>'
