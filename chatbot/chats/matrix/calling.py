"""Whether a message begins with the bot's name, in any of the forms in which clients write a mention."""

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

LONGEST_HTML = 4000  # characters that are looked through for pills; a mention comes first
MOST_PILLS = 20
LONGEST_NAME = 255
_MATRIX_TO = ("https://matrix.to/#/", "http://matrix.to/#/", "https://www.matrix.to/#/")
_URI = "matrix:u/"
_MARKS = ":,\uff1a\uff0c"  # also as full-width characters


@dataclass(frozen=True, slots=True)
class Called:
    """What follows the name. `certain`: a colon or a comma stands between, or the name is a link to us."""

    rest: str
    certain: bool


def called_in(line: str, us: str, names: tuple[str, ...], formatted: str) -> Called | None:
    """The line without our name before it, or None where it does not begin with one. `formatted` is its HTML."""
    rest = _after_link(line, us)
    linked = rest is not None
    if rest is None:
        labels = [label for link, label in _links(formatted) if links_to(link, us)]
        rest = _after_name(line, (us, us[1:], us[1:].partition(":")[0], *names, *labels))
    if rest is None:
        return None
    bare = rest.lstrip()
    if bare[:1] and bare[0] in _MARKS:
        return Called(bare[1:].strip(), certain=True)
    return Called(bare.strip(), certain=linked) if not bare or bare != rest else None


def mentions(content: Mapping[str, Any], us: str) -> bool:
    """Whether the event itself says that we are meant: in its list of mentions, or by a link to us in its HTML."""
    return us in mentioned(content) or any(
        links_to(link, us) for link, _ in _links(str(content.get("formatted_body", "")))
    )


def mentioned(content: Mapping[str, Any]) -> list[object]:
    listed = content.get("m.mentions")
    users = listed.get("user_ids") if isinstance(listed, Mapping) else None
    return users if isinstance(users, list) else []


def links_to(link: str, user: str) -> bool:
    """Whether a link is a mention of the user: encoded or not, with or without servers to ask (`?via=`)."""
    link = html.unescape(link).strip()
    for prefix in _MATRIX_TO:
        if link[: len(prefix)].lower() == prefix:
            return unquote(link[len(prefix) :].partition("?")[0]).strip("/") == user
    if link[: len(_URI)].lower() == _URI:
        return "@" + unquote(link[len(_URI) :].partition("?")[0]) == user
    return False


def _after_link(line: str, us: str) -> str | None:
    """What follows a link to us: `[Bot](https://matrix.to/#/@bot:hs) …`, with or without label or angle brackets."""
    if line.startswith("["):
        label, separator, rest = line.partition("](")
        link, closed, rest = rest.partition(")")
        return rest if separator and closed and len(label) <= LONGEST_NAME and links_to(link.strip("<>"), us) else None
    first, _, _ = line.partition(" ")
    for target in (first, first.rstrip(_MARKS)):
        if links_to(target.strip("<>"), us):
            return line[len(target) :]
    return None


def _after_name(line: str, names: tuple[str, ...]) -> str | None:
    begin = line[:1] == "@"
    folded = line.casefold()
    for name in sorted({name.strip() for name in names}, key=len, reverse=True):
        for start in (0, 1) if begin else (0,):
            own_name = name.casefold()
            if (
                own_name
                and folded.startswith(own_name, start)
                and line[start : start + len(name)].casefold() == own_name
            ):
                return line[start + len(name) :]
    return None


def _links(formatted: str) -> Iterator[tuple[str, str]]:
    """The links of some HTML with their words, as far as they may be a mention."""
    for part in formatted[:LONGEST_HTML].split("href=")[1 : MOST_PILLS + 1]:
        quote = part[:1]
        if quote in ('"', "'"):
            link, _, rest = part[1:].partition(quote)
            label = html.unescape(rest.partition(">")[2].partition("<")[0]).strip()
            yield link, label if 0 < len(label) <= LONGEST_NAME else ""
