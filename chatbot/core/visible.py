"""Which characters of foreign text are seen: one definition for all chats of what hides, reorders or separates words unseen."""

from chatbot.core import patterns

# Controls but for the line break, formats (direction, joiners, tags, soft hyphens), separators of lines and paragraphs, letters
# without a shape.
_UNSEEN = patterns.compile(
    r"[\x00-\x09\x{0B}-\x1F\x7F-\x{9F}\p{Cf}\p{Zl}\p{Zp}\x{034F}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180B}-\x{180F}\x{2800}\x{3164}\x{FE00}-\x{FE0F}"
    r"\x{FFA0}\x{FFFC}\x{E0100}-\x{E01EF}]"
)
_JOINER = "\N{ZERO WIDTH JOINER}"
_SELECTORS = "\N{VARIATION SELECTOR-15}\N{VARIATION SELECTOR-16}"
_KEYCAP = "\N{COMBINING ENCLOSING KEYCAP}"


def visible(text: str, *, lines: bool = True) -> str:
    """The text without what is not seen. Tabs and breaks become blanks, but for line breaks where `lines` are kept. What joins
    or chooses the shape of emoji stays between emoji; a lone half of a pair becomes U+FFFD."""
    if not lines:
        text = text.replace("\n", " ")
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _UNSEEN.sub(lambda found: _shown(whole, found.start()), whole)


def _shown(text: str, at: int) -> str:
    character = text[at]
    if character in "\t\v\f\r\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}":
        return " "
    before, after = text[max(at - 1, 0) : at], text[at + 1 : at + 2]
    if character == _JOINER and (_pictured(before) or before in tuple(_SELECTORS)) and _pictured(after):
        return character
    if character in _SELECTORS and (_pictured(before) or after == _KEYCAP):
        return character
    return ""


def _pictured(character: str) -> bool:
    """Whether it may be an emoji: a symbol, or a colour of skin."""
    code = ord(character) if character else 0
    return (
        0x1F000 <= code <= 0x1FAFF or 0x2100 <= code <= 0x2BFF or code in (0xA9, 0xAE, 0x3030, 0x303D, 0x3297, 0x3299)
    )
