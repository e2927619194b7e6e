r"""Foreign words as words: whatever they are, Discord reads nothing in them that acts.

In running text a backslash makes a character plain and is not shown. It does not help in two places: in a masked link's label
escaping is off and the backslash is shown, so what acts there is exchanged for a sign that looks alike; and in code nothing is
escaped, so code is fenced with more ticks than it holds.
"""

from chatbot.core.text import patterns
from chatbot.core.text.visible import visible

_ZERO_WIDTH = "\N{ZERO WIDTH SPACE}"
_ACTING = str.maketrans({character: f"\\{character}" for character in "\\*_~`|[]<"})
_COLONS = patterns.compile(r":(?:[^\s:]+:)+|://")  # `:name:`, names that share a colon, and schemes
_EMOJI = patterns.compile(r":(?:[\w+-]+:)+")
_EVERYONE = patterns.compile(r"@(everyone|here)", ignore_case=True)
_EMPTY_LINES = patterns.compile(r"\n{3,}")
_WEB = patterns.compile(r"https?://", ignore_case=True)
_UNDERSCORES = patterns.compile(r"(^|\W)_+|_+(\W|$)|_{2,}")
_BARS = patterns.compile(r"\|{2,}")
_TILDES = patterns.compile(r"~{2,}")
_LOOKALIKE = str.maketrans(
    {
        "\\": "\N{SET MINUS}",
        "[": "(",
        "]": ")",
        "`": "'",
        "<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}",
        "\n": " ",
    }
)
_DIGITS = "0123456789"
_STAR, _UNDERSCORE = "\N{ASTERISK OPERATOR}", "\N{MODIFIER LETTER LOW MACRON}"
_BAR, _TILDE, _COLON = "\N{DIVIDES}", "\N{TILDE OPERATOR}", "\N{RATIO}"


def clean(text: str) -> str:
    """The text without characters that hide or reorder what is read."""
    return visible(text)


def plainly(text: str, room: int) -> str:
    """Words where Discord reads no Markdown, such as a button's label, within `room` characters."""
    words = " ".join(clean(text[: 4 * room]).split()) or "…"
    return words if len(words) <= room else words[: room - 1] + "…"


def escape(text: str) -> str:
    """Running text: no emphasis, link, quote, heading, list, mention, timestamp, emoji or command comes of it."""
    escaped = _no_target(_EMPTY_LINES.sub("\n\n", clean(text)).translate(_ACTING), "\\")
    if ":" in escaped:
        escaped = _COLONS.sub(lambda match: match[0].replace(":", "\\:"), escaped)
    escaped = "\n".join(map(_line, escaped.split("\n")))
    return _EVERYONE.sub(rf"@{_ZERO_WIDTH}\1", escaped) if "@" in escaped else escaped


def _no_target(text: str, between: str) -> str:
    """Words behind a link, and no part of it: Discord takes a `]` into the label of a link that stands before, escaped or in
    code or in another block, as long as no `[` comes between, and then a `](` would begin the link's target."""
    if "](" not in text:
        return text
    at = text.find("[")
    head, tail = (text, "") if at < 0 else (text[:at], text[at:])
    return head.replace("](", f"]{between}(") + tail


def _line(line: str) -> str:
    """A line that begins with what makes a heading, a quote, a list or small print begins with a backslash."""
    body = line.lstrip()
    indent, mark, after = line[: len(line) - len(body)], body[:1], body[1:2]
    if mark and mark in "#-+>":
        return f"{indent}\\{body}" if not after or after.isspace() or after in "#>" else line
    if mark and mark in _DIGITS:
        rest = body.lstrip(_DIGITS)
        if rest[:1] in (".", ")") and (len(rest) == 1 or rest[1].isspace()):
            return f"{indent}{body[: len(body) - len(rest)]}\\{rest}"
    return line


def label(text: str) -> str:
    """The label of a masked link, without a backslash: signs that would act are exchanged for ones that look alike."""
    words = _WEB.sub("", clean(text)).translate(_LOOKALIKE).replace("://", f"{_COLON}//")
    words = _EMOJI.sub(lambda match: match[0].replace(":", _COLON), words)
    words = words.replace("*", _STAR) if words.count("*") > 1 else words
    words = _UNDERSCORES.sub(lambda match: match[0].replace("_", _UNDERSCORE), words)
    words = _BARS.sub(lambda match: _BAR * len(match[0]), words)
    words = _TILDES.sub(lambda match: _TILDE * len(match[0]), words)
    return _EVERYONE.sub(rf"@{_ZERO_WIDTH}\1", " ".join(words.split()))


def code(text: str) -> str:
    """The inside of a span of code in its ticks; empty for what no ticks can fence, and for blanks."""
    if not text.strip() or "``" in text:
        return ""
    words = _no_target(text, _ZERO_WIDTH)
    return f"`{words}`" if "`" not in words else f"`` {words} ``"


def code_block(text: str) -> str:
    """A block of code; empty where there is nothing to see in it. Rows of ticks inside are taken apart."""
    words = clean(text.expandtabs(4)).strip("\n")
    if not words.strip():
        return ""
    return (
        "```\n" + _no_target(words, _ZERO_WIDTH).replace("```", f"`{_ZERO_WIDTH}`{_ZERO_WIDTH}`{_ZERO_WIDTH}") + "\n```"
    )


def address(url: str) -> str:
    """A URL that cannot end its link early."""
    return "".join(map(_in_address, url))


def _in_address(character: str) -> str:
    if character.isprintable() and character not in "()\\*`|":
        return character
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))
