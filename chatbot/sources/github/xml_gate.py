"""The strict gate before feedparser: only whole, plain, shallow UTF-8 XML without a DTD passes."""

from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from chatbot.core.text import patterns

MAX_PROLOG = 2048  # bytes before the first element
MAX_LINES = 500_000
MAX_TAG = 16 * 1024  # bytes of a tag or a comment; at twice that it is refused wherever it stands
MAX_DEPTH = 64
MAX_PIECES = 20_000  # tags, attributes, runs of text and the like; a feed of ten releases has some 500
MAX_ATTRIBUTE = 4096  # characters
_FIRST_ELEMENT = patterns.compile("<[A-Za-z_]")
_ENCODING = patterns.compile(r"""encoding\s*=\s*["']([^"']*)["']""", ascii_only=True)


class NotPlainXml(ValueError):
    """The document is refused; the message ends a sentence that begins with its address."""


class _Gate:
    """A parser's target that keeps nothing and stops at what is out of proportion. It takes every kind of piece: what it did
    not take would go to a slow default of the parser's, uncounted."""

    def __init__(self) -> None:
        self._depth, self._pieces, self.root = 0, 0, ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self.root = self.root or tag
        if self._depth > MAX_DEPTH:
            raise NotPlainXml("has too deeply nested elements")
        self.count(1 + len(attributes))
        if any(len(value) > MAX_ATTRIBUTE for value in attributes.values()):
            raise NotPlainXml("has an attribute of unlikely length")

    def start_ns(self, _prefix: str, _uri: str) -> None:
        self.count()

    def end(self, _tag: str) -> None:
        self._depth -= 1
        self.count()

    def data(self, _text: str) -> None:
        self.count()

    def comment(self, _text: str) -> None:
        self.count()

    def pi(self, _target: str, _text: str) -> None:
        self.count()

    def count(self, pieces: int = 1) -> None:
        self._pieces += pieces
        if self._pieces > MAX_PIECES:
            raise NotPlainXml("has too many elements, attributes or other pieces")

    def close(self) -> str:
        return self.root


def check_xml(body: bytes) -> str:
    """Return the name of the root element, as `{namespace}name`. Raises NotPlainXml."""
    if not body.strip():
        raise NotPlainXml("is empty")
    if body.count(b"\n") + body.count(b"\r") > MAX_LINES:
        raise NotPlainXml("has too many lines")
    _check_prolog(body)
    try:
        return _check_pieces(body)
    except DefusedXmlException as refused:
        raise NotPlainXml("declares a document type or entities") from refused
    except (ParseError, UnicodeError, LookupError) as broken:
        raise NotPlainXml("is not well-formed XML (cut short, or a web page)") from broken


def _check_pieces(body: bytes) -> str:
    """Feed the parser in portions: expat judges a tag when it has all of it, and goes on to the end of the portion after it
    was told to stop."""
    gate = _Gate()
    parser = DefusedXMLParser(target=gate, forbid_dtd=True)
    expat = parser.parser  # where defusedxml hangs its handlers too
    expat.StartCdataSectionHandler = gate.count
    for begin in range(0, len(body), MAX_TAG):
        portion = body[begin : begin + MAX_TAG]
        parser.feed(portion)
        if begin + len(portion) - expat.CurrentByteIndex > MAX_TAG:  # it waits for the end of something
            raise NotPlainXml("has a tag or a comment of unlikely length")
    return str(parser.close())


def _check_prolog(body: bytes) -> None:
    """What stands before the first element must be short; the rest of the document is then UTF-8."""
    prolog = body[: MAX_PROLOG + 2].decode("latin-1")  # a character for each byte
    first = _FIRST_ELEMENT.search(prolog)
    if first is None:
        raise NotPlainXml("does not begin like a feed")
    encoding = _ENCODING.search(prolog[: first.start()])
    if encoding is not None and encoding[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise NotPlainXml("is not UTF-8")
    try:
        body.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise NotPlainXml("is not UTF-8") from wrong
