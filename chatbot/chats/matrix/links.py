"""Every link of a Matrix message: the one place that decides whether an address may act, and whether its words mislead."""

import html
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote

from chatbot.core.text.links import looks_like_another_address, safe_url

_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))
_PILL_HOSTS = ("matrix.to",)
# What stands behind the `#` of a client's own address and is drawn as a mention: `app.element.io/#/user/@alice:example.org`
_PILL_PLACES = ("/@", "/#", "/!", "/$", "/+", "/user/", "/room/", "/group/")


@dataclass(frozen=True, slots=True)
class Formatted:
    """The same words twice: `plain` for `body`, `html` for `formatted_body`."""

    plain: str
    html: str


def linked(words: str, url: str) -> Formatted:
    """Some words that lead to an address. Where they look like another one, the address is shown and linked instead; where
    clients would make a mention of it, it is shown and does not act."""
    if not url:
        return Formatted(words, html.escape(words))
    whole, label, address = spelled(url), html.escape(words), html.escape(spelled(url))
    plain = words if words == whole else f"{words} ({whole})"
    if not may_act(url):
        return Formatted(plain, label if words == whole else f"{label} ({address})")
    if looks_like_another_address(words, url):
        return Formatted(plain, f'{label} (<a href="{address}">{address}</a>)')
    return Formatted(plain, f'<a href="{address}">{label}</a>')


def spelled(url: str) -> str:
    """The address with every character that nobody sees written out: `%E2%80%AE`."""
    return "".join(
        quote(character, errors="replace") if unicodedata.category(character)[0] in "CZ" else character
        for character in url
    )


def may_act(url: str) -> bool:
    """Whether an address may be a link: http or https, and none that clients draw as a mention of a person or a room."""
    if not safe_url(url):
        return False
    rest = url.partition("://")[2]
    host = rest.partition("#")[0].partition("?")[0].partition("/")[0]
    name = unicodedata.normalize("NFKC", unquote(host)).translate(_DOTS).casefold().partition(":")[0].strip(".")
    if any(name == pill or name.endswith(f".{pill}") for pill in _PILL_HOSTS):
        return False
    place = unquote(unquote(rest.partition("#")[2])).casefold().lstrip("!")
    return not place.startswith(_PILL_PLACES)
