"""The strict gate before feedparser: only whole, plain, shallow UTF-8 XML without a DTD passes."""

import re
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

MAX_PROLOG = 2048  # bytes before the first element
MAX_DEPTH = 64
MAX_ELEMENTS = 20_000
MAX_ATTRIBUTE = 4096  # characters
_FIRST_ELEMENT = re.compile(rb"<[A-Za-z_]")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)["']""")


class NotPlainXml(ValueError):
    """The document is refused; the message ends a sentence that begins with its address."""


class _Gate:
    """A parser's target that keeps nothing and stops at what is out of proportion."""

    def __init__(self) -> None:
        self._depth, self._elements, self.root = 0, 0, ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        self.root = self.root or tag
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise NotPlainXml("has too many or too deeply nested elements")
        if any(len(value) > MAX_ATTRIBUTE for value in attributes.values()):
            raise NotPlainXml("has an attribute of unlikely length")

    def end(self, _tag: str) -> None:
        self._depth -= 1

    def close(self) -> str:
        return self.root


def check_xml(body: bytes) -> str:
    """Return the name of the root element, as `{namespace}name`. Raises NotPlainXml."""
    if not body.strip():
        raise NotPlainXml("is empty")
    _check_prolog(body)
    parser = DefusedXMLParser(target=_Gate(), forbid_dtd=True)
    try:
        parser.feed(body)
        return str(parser.close())
    except DefusedXmlException as refused:
        raise NotPlainXml("declares a document type or entities") from refused
    except (ParseError, UnicodeError, LookupError) as broken:
        raise NotPlainXml("is no well-formed XML (cut short, or a web page)") from broken


def _check_prolog(body: bytes) -> None:
    """What stands before the first element must be short; the rest of the document is then UTF-8."""
    first = _FIRST_ELEMENT.search(body[: MAX_PROLOG + 2])
    if first is None:
        raise NotPlainXml("does not begin like a feed")
    encoding = _ENCODING.search(body[: first.start()])
    if encoding is not None and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise NotPlainXml("is not UTF-8")
    try:
        body.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise NotPlainXml("is not UTF-8") from wrong
