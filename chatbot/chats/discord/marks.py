"""The mark by which our own message is known again in a room's history: a fragment of a link, which readers do not see."""

import hashlib
from base64 import b32encode

from chatbot.core.text import patterns

_MARK = patterns.compile(r"d=([a-z0-9]{16})\.([a-z0-9]{1,24})(?:$|\)|\s)")


def mark_of(announcement: str, key: str) -> str:
    """`d=ANNOUNCEMENT.KEY`: the first part is the same for all revisions, the second belongs to one delivery."""
    return f"d={_short(announcement)}.{key}"


def _short(announcement: str) -> str:
    return b32encode(hashlib.sha256(announcement.encode()).digest()).decode().lower()[:16]


def marked(url: str, mark: str) -> str:
    """The URL with the mark in its fragment. Where it has one already, the mark becomes a directive, which browsers leave out
    (https://wicg.github.io/scroll-to-text-fragment/#the-fragment-directive)."""
    return f"{url}:~:{mark}" if "#" in url else f"{url}#{mark}"


def is_marked(texts: list[str]) -> bool:
    """Whether one of the texts bears a mark of ours at all."""
    return any(_MARK.search(text) for text in texts)


def bears(texts: list[str], announcement: str, key: str = "") -> bool:
    """Whether one of the texts bears the mark of the announcement, of that delivery alone where a key is given."""
    matches = [match for text in texts for match in _MARK.finditer(text)]
    return any(match[1] == _short(announcement) and key in ("", match[2]) for match in matches)
