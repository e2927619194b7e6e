"""The inside of a Markdown paragraph -> spans: no markup survives, links are kept only when safe."""

from itertools import groupby
from urllib.parse import urljoin

from markdown_it.token import Token

from chatbot.core.model.message import Code, Link, Span, Spans, Strong, Struck, Text
from chatbot.core.text import patterns
from chatbot.core.text.links import safe_url
from chatbot.sources.markdown.html_words import attribute
from chatbot.sources.markdown.limits import MAX_SPANS, closed_up
from chatbot.sources.markdown.short_names import signs_of

_BARE_URL = patterns.compile(r"https?://[^\s<>\"'`|\\^{}\[\]()]+", ignore_case=True)
_BREAK = patterns.compile(r"<br\b|</?(?:p|div|li|tr|h[1-6]|summary)\b", ignore_case=True)
_ANCHOR = patterns.compile(r"</?a(?:[\s>])", ignore_case=True)
_IMAGE = patterns.compile(r"<img\b", ignore_case=True)
_ALERT = patterns.compile(r"^\[!(note|tip|important|warning|caution)\]\s*", ignore_case=True)


def spans_of(token: Token, base_url: str = "") -> Spans:
    """The spans of an inline token: at most 400, neighbours of one dress joined, foreign dress dropped."""
    children = token.children or ()
    if (
        len(children) == 1
        and children[0].type == "text"
        and "://" not in token.content
        and not token.content.startswith("[!")
    ):
        words = signs_of(children[0].content.strip())
        return (Text(words),) if words else ()
    line = _Line(base_url)
    for child in children:
        line.take(child)
    line.end_link(as_link=False)
    return trimmed(joined(line.spans)[: MAX_SPANS + 1])


class _Line:
    """The spans of a line while it is walked through. `words` are those of the open link."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.spans: list[Span] = []
        self.strong = self.struck = False
        self.href, self.words = "", list[str]()
        self.linked = False

    def take(self, child: Token) -> None:
        match child.type:
            case "strong_open" | "strong_close":
                self.strong = child.nesting == 1
            case "s_open" | "s_close":
                self.struck = child.nesting == 1
            case "link_open":
                self.start_link(str(child.attrs.get("href", "")))
            case "link_close":
                self.end_link()
            case "html_inline" if _ANCHOR.match(child.content):
                if child.content.startswith("</"):
                    self.end_link()
                else:
                    self.start_link(attribute(child.content, "href"))
            case "code_inline" if not self.linked:
                add(self.spans, Code(child.content))
            case "image":
                self.describe(_words(child), str(child.attrs.get("src", "")))
            case "html_inline" if _IMAGE.match(child.content):
                self.describe(_words(child), attribute(child.content, "src"))
            case _:
                self.say(_words(child))

    def say(self, words: str) -> None:
        if self.linked:
            self.words.append(words)
        else:
            add_words(self.spans, words, strong=self.strong, struck=self.struck)

    def describe(self, words: str, address: str) -> None:
        """What an image shows stands in its place."""
        at = len(self.spans)
        self.say(words)
        as_image(self.spans, at, target(address, self.base_url))

    def start_link(self, href: str) -> None:
        self.end_link(as_link=False)
        self.href, self.words, self.linked = target(href, self.base_url), [], True

    def end_link(self, *, as_link: bool = True) -> None:
        """The open link is there; one that is never closed is words only."""
        if not self.linked:
            return
        words, self.linked = "".join(self.words), False
        add(self.spans, Link(words.strip() or self.href, self.href) if self.href and as_link else Text(words))


def _words(child: Token) -> str:
    if child.type in ("softbreak", "hardbreak"):
        return "\n" if child.type == "hardbreak" else " "
    if child.type == "html_inline":
        alt = attribute(child.content, "alt") if _IMAGE.match(child.content) else ""
        return "\n" if _BREAK.match(child.content) else alt
    if child.type == "image":
        return "".join(inner.content for inner in child.children or ())
    return signs_of(child.content) if child.type == "text" else child.content


def add_words(spans: list[Span], words: str, *, strong: bool, struck: bool) -> None:
    """Append words of one dress; addresses among plain ones become links."""
    if strong or struck:
        add(spans, Struck(words) if struck else Strong(words))
        return
    if not spans:
        words = _ALERT.sub(lambda alert: alert[1].capitalize() + ":", words)
    at = 0
    for match in _BARE_URL.finditer(words) if "://" in words else ():
        url = match[0].rstrip(".,;:!?*_~")
        if safe_url(url):
            add(spans, Text(words[at : match.start()]))
            add(spans, Link(url, url))
            at = match.start() + len(url)
    add(spans, Text(words[at:]))


def as_image(spans: list[Span], at: int, address: str) -> None:
    """Note of what image the text that was appended at a place is the description."""
    if address and len(spans) == at + 1 and isinstance(spans[at], Text):
        spans[at] = Text(spans[at].text, address)


def add(spans: list[Span], span: Span) -> None:
    """Append a span with words; `joined` makes one of neighbours of the same dress."""
    if span.text:
        spans.append(span)


def joined(spans: list[Span]) -> list[Span]:
    """The spans with neighbours of the same dress made one, in one go: joining each to the last would cost ever more."""
    spans_joined: list[Span] = []
    for dress, run in groupby(spans, type):
        pieces = list(run)
        if dress in (Text, Strong, Struck) and len(pieces) > 1:
            words = "".join(piece.text for piece in pieces)
            spans_joined.append(Text(words, _image_of(pieces)) if dress is Text else dress(words))
        else:
            spans_joined.extend(pieces)
    return spans_joined


def _image_of(pieces: list[Span]) -> str:
    """The first image where the pieces are images and blanks only."""
    images = [piece.image for piece in pieces if isinstance(piece, Text) and piece.text.strip()]
    return images[0] if images and all(images) else ""


def trimmed(spans: list[Span]) -> Spans:
    """The spans without blanks at both ends, and without rows of empty lines."""
    spans = [Text(closed_up(span.text), span.image) if isinstance(span, Text) else span for span in spans]
    if spans and isinstance(spans[0], Text):
        spans[0] = Text(spans[0].text.lstrip(), spans[0].image)
    if spans and isinstance(spans[-1], Text):
        spans[-1] = Text(spans[-1].text.rstrip(), spans[-1].image)
    return tuple(span for span in spans if span.text)


def target(href: str, base_url: str) -> str:
    """Where a link leads, relative ones from the base; empty where no reader may be led there."""
    if not href:
        return ""
    if "://" not in href and base_url and not href.startswith("#") and ":" not in href.split("/", maxsplit=1)[0]:
        try:
            href = urljoin(base_url, href)
        except ValueError:
            return ""
    return safe_url(href)
