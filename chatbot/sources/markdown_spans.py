"""The inside of a Markdown paragraph -> spans: no markup survives, links are kept only when safe."""

from urllib.parse import urljoin

from markdown_it.token import Token

from chatbot.core import patterns
from chatbot.core.message import Code, Link, Span, Spans, Strong, Struck, Text, safe_url
from chatbot.sources.short_names import signs_of

_MAX_SPANS = 400  # in one paragraph
_BARE_URL = patterns.compile(r"https?://[^\s<>\"'`|\\^{}\[\]()]+", ignore_case=True)
_BREAK = patterns.compile(r"<br\b|</?(?:p|div|li|tr|h[1-6]|summary)\b", ignore_case=True)
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
    spans: list[Span] = []
    strong = struck = False
    href, words = "", ""
    depth = 0
    for child in children:
        match child.type:
            case "strong_open" | "strong_close":
                strong = child.nesting == 1
            case "s_open" | "s_close":
                struck = child.nesting == 1
            case "link_open":
                href, words, depth = _target(str(child.attrs.get("href", "")), base_url), "", 1
            case "link_close":
                _add(spans, Link(words.strip() or href, href) if href else Text(words))
                depth = 0
            case _:
                content = _words(child)
                if depth:
                    words += content
                elif child.type == "code_inline":
                    _add(spans, Code(content))
                else:
                    _add_words(spans, content, strong=strong, struck=struck)
    if depth and words:
        _add(spans, Text(words))
    return _trimmed(spans[:_MAX_SPANS])


def _words(child: Token) -> str:
    if child.type in ("softbreak", "hardbreak"):
        return "\n" if child.type == "hardbreak" else " "
    if child.type == "html_inline":
        return "\n" if _BREAK.match(child.content) else ""
    if child.type == "image":
        return "".join(inner.content for inner in child.children or ())
    return signs_of(child.content) if child.type == "text" else child.content


def _add_words(spans: list[Span], words: str, *, strong: bool, struck: bool) -> None:
    if strong or struck:
        _add(spans, Struck(words) if struck else Strong(words))
        return
    if not spans:
        words = _ALERT.sub(lambda alert: alert[1].capitalize() + ":", words)
    at = 0
    for found in _BARE_URL.finditer(words) if "://" in words else ():
        url = found[0].rstrip(".,;:!?*_~")
        if safe_url(url):
            _add(spans, Text(words[at : found.start()]))
            _add(spans, Link(url, url))
            at = found.start() + len(url)
    _add(spans, Text(words[at:]))


def _add(spans: list[Span], span: Span) -> None:
    """Append, joining neighbours of the same dress; the text of thousands of pieces is joined without growing costs."""
    if not span.text:
        return
    last = spans[-1] if spans else None
    if isinstance(span, (Text, Strong, Struck)) and type(last) is type(span):
        spans[-1] = type(span)(last.text + span.text)
    else:
        spans.append(span)


def _trimmed(spans: list[Span]) -> Spans:
    if spans and isinstance(spans[0], Text):
        spans[0] = Text(spans[0].text.lstrip())
    if spans and isinstance(spans[-1], Text):
        spans[-1] = Text(spans[-1].text.rstrip())
    return tuple(span for span in spans if span.text)


def _target(href: str, base_url: str) -> str:
    if "://" not in href and base_url and not href.startswith("#") and ":" not in href.split("/", maxsplit=1)[0]:
        try:
            href = urljoin(base_url, href)
        except ValueError:
            return ""
    return safe_url(href)
