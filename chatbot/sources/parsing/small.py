"""A cheap look at size and shape: what is small and plain may be parsed where the event loop runs."""

SMALL = 8 * 1024  # bytes
_MOST_LINES = 300
_LONGEST_LINE = 2_000
_MOST_MARKS = 1_200  # characters that open or close something
_DEEPEST = 60  # such characters in a row, or blanks before a line's first word
_MARKS = b"[](){}<>*_~`|&!\\"


def is_small(content: bytes) -> bool:
    """Whether parsing the content costs some ten milliseconds at most, whatever it holds; takes microseconds itself."""
    if len(content) > SMALL:
        return False
    lines = content.replace(rb"\n", b"\n").splitlines()
    if len(lines) > _MOST_LINES or max(map(len, lines), default=0) > _LONGEST_LINE:
        return False
    marks = len(content) - len(content.translate(None, _MARKS))
    return marks <= _MOST_MARKS and not any(_is_deep(line) for line in lines)


def _is_deep(line: bytes) -> bool:
    """Whether a line begins with more quotes, list marks and blanks than a person would nest."""
    return len(line) - len(line.lstrip(b" \t>-+*#0123456789.)")) > _DEEPEST
