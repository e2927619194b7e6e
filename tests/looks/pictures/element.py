"""One event as Element shows it: the tags that the specification suggests and no others, notices lighter, replies, edits."""

import html
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from tests.looks.pictures.discord import UnknownPartError
from tests.looks.pictures.goldens import Golden

# https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes
ALLOWED = frozenset(
    ["del", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "p", "a", "ul", "ol", "sup", "sub", "li", "b", "i", "u", "strong", "em", "s", "code", "hr", "br", "div", "table", "thead", "tbody", "tr", "th", "td", "caption", "pre", "span", "details", "summary"]
)  # fmt: skip
EMPTY = frozenset({"br", "hr"})
KEPT = {"ol": {"start"}, "a": {"href"}, "code": {"class"}}
NOTIFIED = 200  # characters that a phone shows


class _Allowed(HTMLParser):
    """The HTML with the tags that a client shows; one that no client shows is a mistake of ours."""

    def __init__(self, *, pings_room: bool) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.pings_room = pings_room

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED or not {name for name, _ in attrs} <= KEPT.get(tag, set()):
            raise UnknownPartError(f"<{tag} {' '.join(name for name, _ in attrs)}>")
        if tag == "a":
            pill = str(dict(attrs).get("href", "")).startswith("https://matrix.to/#/")
            self.parts.append('<a href="#" class="pill">' if pill else '<a href="#">')
            return
        start = f' start="{int(dict(attrs)["start"] or 1)}"' if dict(attrs).get("start") else ""
        self.parts.append(f"<{tag}{start}>")

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        words = html.escape(data)
        if self.pings_room and "@room" in words:
            words = words.replace("@room", '<span class="pill">@room</span>', 1)
            self.pings_room = False
        self.parts.append(words)


def message(golden: Golden) -> str:
    """The event with what stands around it: what it replies to, its sender, whether it was edited."""
    payload = golden.payload
    content: Mapping[str, Any] = payload.get("m.new_content", payload)
    notice = " notice" if content["msgtype"] == "m.notice" else ""
    edited = '<span class="edited">(edited)</span>' if "m.new_content" in payload else ""
    return (
        f"{_notification(golden, content)}"
        '<div class="event"><div class="avatar">C</div><div class="right"><div class="sender">chatbot</div>'
        f'{_above(golden)}<div class="body{notice}">{_body(content)}{edited}</div></div></div>'
    )


def _notification(golden: Golden, content: Mapping[str, Any]) -> str:
    """What a phone shows while it is locked; a notice and an edit notify nobody."""
    if content["msgtype"] != "m.text" or golden.kind == "edit":
        return ""
    words = content["body"][:NOTIFIED].replace("\n", " ")
    return f'<div class="phone"><b>chatbot (#releases)</b><div>{html.escape(words)}…</div></div>'


def _above(golden: Golden) -> str:
    if golden.kind == "answer":
        asked = html.escape("!" + golden.asked.removeprefix("/")) if golden.asked else "…"
        return f'<div class="above"><b>alice</b><div>{asked}</div></div>'
    if golden.kind == "reply":
        return f'<div class="above"><b class="bot">chatbot</b><div class="cut">{html.escape(golden.quoted)}</div></div>'
    return ""


def _body(content: Mapping[str, Any]) -> str:
    if content.get("format") != "org.matrix.custom.html":
        return f'<div class="plain">{html.escape(content["body"])}</div>'
    parser = _Allowed(pings_room=bool(content["m.mentions"].get("room")))
    parser.feed(content["formatted_body"])
    parser.close()
    return "".join(parser.parts)
