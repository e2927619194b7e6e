"""What links are called: by their own words where those are honest, in short where they are bare addresses."""

from dataclasses import replace
from urllib.parse import SplitResult, unquote, urlsplit

from chatbot.core.model.message import Block, BulletList, Heading, Link, Message, Paragraph, Quote, Spans
from chatbot.core.text.links import looks_like_another_address
from chatbot.core.text.visible import visible

LONGEST_ADDRESS = 60
LONGEST_LABEL = 1000
_SHORT_COMMIT = 7
_NOWHERE = "https://nowhere.invalid/"
_NUMBERED = ("pull", "pulls", "issues", "discussions", "merge_requests")


def labelled(message: Message) -> Message:
    """The message with every link of its facts and its body under an honest label, short where it was a bare address."""
    near = message.url
    facts = tuple(replace(fact, spans=labelled_spans(fact.spans, near)) for fact in message.fields)
    body = tuple(labelled_block(part, near) for part in message.body)
    return replace(message, fields=facts, body=body, small=tuple(labelled_spans(line, near) for line in message.small))


def labelled_block(part: Block, near: str) -> Block:
    """The same for one block."""
    match part:
        case Paragraph(spans=spans) | Heading(spans=spans):
            return replace(part, spans=labelled_spans(spans, near))
        case BulletList(items=items):
            return replace(part, items=tuple(replace(item, spans=labelled_spans(item.spans, near)) for item in items))
        case Quote(blocks=blocks):
            return Quote(tuple(labelled_block(inner, near) for inner in blocks))
        case _:
            return part


def labelled_spans(spans: Spans, near: str) -> Spans:
    """The same for one line."""
    return tuple(Link(label(span.text, span.url, near), span.url) if isinstance(span, Link) else span for span in spans)


def label(text: str, url: str, near: str = "") -> str:
    """How a link is called: by its own words, unless they look like an address. Where that is the link's own, it is shortened
    (`#812` in the repository of the page `near`); where it is another, the reader is shown where the link leads."""
    words = " ".join(visible(text[:LONGEST_LABEL]).split())
    if not words:
        return short(url, near)
    if words.endswith(f" ({address(url)})"):  # it was labelled before
        return words
    is_address = " " not in words and looks_like_another_address(words, _NOWHERE)
    if looks_like_another_address(words, url):
        return address(url) if is_address else f"{words} ({address(url)})"
    return short(url, near) if is_address else words


def address(url: str, longest: int = LONGEST_ADDRESS) -> str:
    """The address without its scheme, cut at its end: the host is never cut off, and shown as it is looked up."""
    parts = _split(url)
    host = _ascii(parts.netloc).removeprefix("www.")
    rest = (parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")) if parts.netloc else url
    rest = visible(rest + (f"#{parts.fragment}" if parts.fragment else ""), lines=False)
    words = host + rest
    return words if len(words) <= longest else words[: max(longest - 1, len(host))] + "…"


def _ascii(host: str) -> str:
    """Letters that look like others are shown as what they are."""
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode().lower()
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode().replace("\\", "%")


def short(url: str, near: str = "") -> str:
    """A short name of a page of the repository that `near` is a page of, else its address."""
    parts, home = _split(url), _split(near)
    names = [unquote(name) for name in parts.path.split("/") if name not in ("", "-")]
    same = parts.netloc.lower() == home.netloc.lower() and bool(parts.netloc)
    repository = [name.lower() for name in names[:2]]
    if not same or repository != [name.lower() for name in home.path.split("/") if name][:2]:
        return address(url)
    return visible(_name_list(names[2:]), lines=False) or address(url)


def _name_list(names: list[str]) -> str:
    match names:
        case [kind, number] if kind in _NUMBERED and number.isascii() and number.isdigit():
            return f"#{number}"
        case ["compare", both] if ".." in both:
            return both.replace("...", "…").replace("..", "…")
        case ["commit", digest] if digest.isalnum():
            return digest[:_SHORT_COMMIT]
        case ["releases", "tag", tag] | ["security", "advisories", tag]:
            return tag
        case _:
            return ""


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # a bracket that opens no address of IPv6
        return urlsplit("")
