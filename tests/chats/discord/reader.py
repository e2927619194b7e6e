"""A model of how Discord's clients read Markdown: what in a text acts, and what it looks like at the start of its lines.

It reads from left to right; at each place the first rule that fits counts. Two things are not published and are read both ways:
whether a backslash works in a link's label (`escapes_in_labels`), and whether a label may hold a `]`: a label is taken to be as
long as it can.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARK = r"[^0-9A-Za-z\s]"
_FENCED = re.compile(r"```(?:[a-z0-9_+\-.#]+?\n+)?\n*([\s\S]+?)\n*```", re.IGNORECASE)
_TICKED = re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)")
_ESCAPED = re.compile(rf"\\{_MARK}")
_LINK = re.compile(
    r"\[((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]"
    r"\(\s*<?((?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['\"]([\s\S]*?)['\"])?\s*\)"
)
_ADDRESS = re.compile(r"(?:https?|steam|discord|ftp)://[^\s<]+[^<.,:;\"'\])\s]", re.IGNORECASE)
_ANGLED = {
    "address": re.compile(r"<[^: >]+:/[^ >]+>"),
    "mail": re.compile(r"<[^\s<>@]+@[^\s<>@]+\.[^\s<>]+>"),
    "phone": re.compile(r"<\+[0-9 ()-]+>"),
    "mention": re.compile(r"<(?:@[!&]?|#)[0-9]+>"),
    "emoji": re.compile(r"<a?:\w+:[0-9]+>"),
    "command": re.compile(r"</[^:<>\n]+:[0-9]+>"),
    "time": re.compile(r"<t:-?[0-9]+(?::[A-Za-z])?>"),
    "navigation": re.compile(r"<(?:[0-9]+|id):[a-z-]+(?::[0-9]+)?>"),
    "sound": re.compile(r"<sound:[0-9]+:[0-9]+>"),
}
_EVERYONE = re.compile(r"@(?:everyone|here)")
_EMOJI = re.compile(r":[\w+-]+:")
_AROUND = {
    "strong": re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)"),
    "underlined": re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)"),
    "slanted": re.compile(r"\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)"),
    "slanted too": re.compile(r"\b_((?:__|\\[\s\S]|[^\\_])+?)_\b"),
    "struck": re.compile(r"~~(?=\S)([\s\S]*?\S)~~(?!_)"),
    "spoiler": re.compile(r"\|\|([\s\S]+?)\|\|"),
}
_AT_LINE_START = {
    "heading": re.compile(r" *#{1,3} +\S"),
    "small print": re.compile(r" *-# +\S"),
    "quote": re.compile(r" *>(?:>>)? "),
    "list": re.compile(r" *(?:[*+-]|[0-9]{1,10}\.) +\S"),
}
_DEEPEST = 6


@dataclass(frozen=True)
class Acting:
    """Something that acts: `kind` is `link` with its `target` and `label`, or the name of what it is."""

    kind: str
    text: str
    target: str = ""
    label: str = ""


@dataclass(frozen=True)
class Reader:
    escapes_in_labels: bool = True

    def acting(self, text: str, *, label: bool = False, depth: int = 0) -> Iterator[Acting]:
        at = 0
        while at < len(text):
            end, acting_at = self._at(text, at, label=label, depth=depth)
            yield from acting_at
            at = max(end, at + 1)

    def _at(self, text: str, at: int, *, label: bool, depth: int) -> tuple[int, list[Acting]]:
        if fenced := _FENCED.match(text, at):
            return fenced.end(), []
        if (not label or self.escapes_in_labels) and (escaped := _ESCAPED.match(text, at)):
            return escaped.end(), []
        for kind, pattern in _ANGLED.items():
            if angled := pattern.match(text, at):
                return angled.end(), [Acting(kind, angled[0], angled[0][1:-1])]
        if address := _ADDRESS.match(text, at):
            return address.end(), [Acting("address", address[0], address[0])]
        if link := None if label else _LINK.match(text, at):
            target = re.sub(rf"\\({_MARK})", r"\1", link[2])
            inside = self.acting(link[1], label=True, depth=depth + 1)
            return link.end(), [Acting("link", link[0], target, link[1]), *inside]
        for kind, pattern in {"everyone": _EVERYONE, "emoji": _EMOJI}.items():
            if match := pattern.match(text, at):
                return match.end(), [Acting(kind, match[0])]
        return self._dressed(text, at, label=label, depth=depth)

    def _dressed(self, text: str, at: int, *, label: bool, depth: int) -> tuple[int, list[Acting]]:
        for kind, pattern in _AROUND.items():
            if (around := pattern.match(text, at)) and depth < _DEEPEST:
                return around.end(), [Acting(kind, around[0]), *self.acting(around[1], label=label, depth=depth + 1)]
        ticked = _TICKED.match(text, at)
        return (ticked.end(), []) if ticked else (at + 1, [])


def line_starts(text: str) -> Iterator[str]:
    """The kinds of what the lines of a text begin with, outside of code."""
    for line in _FENCED.sub("", text).split("\n"):
        for kind, pattern in _AT_LINE_START.items():
            if pattern.match(line):
                yield kind
