"""One payload as Discord's clients show it in their dark theme."""

import html
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.looks.pictures.discord_markdown import document, inline
from tests.looks.pictures.goldens import Golden

JSON = Mapping[str, Any]
EPHEMERAL, SILENT = 1 << 6, 1 << 12
NO_COLOUR = 0x1F2023
BUTTON, SELECT, LINK_STYLE = 2, 3, 5
STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger", LINK_STYLE: "secondary"}
EMBED_PARTS = {"title", "color", "url", "author", "footer", "timestamp", "description", "fields"}


class UnknownPartError(Exception):
    """A payload has a part that these pictures do not show: it is to be added here."""


def message(golden: Golden) -> str:
    """The message with what stands around it: the command or the announcement that it belongs to, its author, its buttons."""
    payload = golden.payload
    parts = [
        _notification(golden),
        _above(golden),
        '<div class="message"><div class="avatar">C</div><div class="right">',
    ]
    parts.append(
        '<div class="head"><span class="author-name">Chatbot</span><span class="app">APP</span> '
        '<span class="when">16:42</span></div>'
    )
    edited = '<span class="edited">(edited)</span>' if golden.kind == "edit" else ""
    if content := payload.get("content"):
        parts.append(f'<div class="content">{document(content)}{edited}</div>')
        edited = ""
    parts += [_embed(embed) for embed in payload.get("embeds", ())]
    parts += [_row(row) for row in payload.get("components", ())]
    if edited:
        parts.append(f'<div class="content">{edited}</div>')
    if golden.private or payload.get("flags", 0) & EPHEMERAL:
        parts.append('<div class="ephemeral">👁 Only you can see this • <a href="#">Dismiss message</a></div>')
    return "".join([*parts, "</div></div>"])


def _notification(golden: Golden) -> str:
    """What a phone shows while it is locked: the content, as words. An edit notifies nobody, nor does a silent message."""
    content = golden.payload.get("content", "")
    if not content or golden.kind == "edit" or golden.payload.get("flags", 0) & SILENT:
        return ""
    return f'<div class="phone"><b>Chatbot (#releases)</b><div>{inline(content, links=False)}</div></div>'


def _above(golden: Golden) -> str:
    if golden.kind == "answer":
        asked = f'used <span class="mention">{html.escape(golden.asked)}</span>' if golden.asked else "was answered"
        return f'<div class="above">╭ <span class="asker">A</span> <b>alice</b> {asked}</div>'
    if golden.kind == "reply":
        return f'<div class="above cut">╭ <span class="asker bot">C</span> <b>Chatbot</b> {inline(golden.quoted, links=False)}</div>'
    return ""


def _embed(embed: JSON) -> str:
    if unknown := set(embed) - EMBED_PARTS:
        raise UnknownPartError(f"an embed has {', '.join(sorted(unknown))}")
    parts = [f'<div class="embed" style="border-left-color:#{embed.get("color", NO_COLOUR):06x}">']
    if author := embed.get("author"):
        parts.append(f'<div class="author">{html.escape(author["name"])}</div>')
    if title := embed.get("title"):
        words = inline(title, links=False)
        parts.append(f'<div class="title">{f"""<a href="#">{words}</a>""" if embed.get("url") else words}</div>')
    if description := embed.get("description"):
        parts.append(f'<div class="description">{document(description)}</div>')
    if fields := embed.get("fields"):
        parts.append(f'<div class="fields">{"".join(map(_field, fields))}</div>')
    footer = [html.escape(embed["footer"]["text"])] if embed.get("footer") else []
    if at := embed.get("timestamp"):
        footer.append(f"{datetime.fromisoformat(at):%d/%m/%Y %H:%M}")
    if footer:
        parts.append(f'<div class="footer">{" • ".join(footer)}</div>')
    return "".join([*parts, "</div>"])


def _field(field: JSON) -> str:
    width = "inline" if field.get("inline") else "whole"
    return f'<div class="{width}"><b>{inline(field["name"], links=False)}</b>{document(field["value"])}</div>'


def _row(row: JSON) -> str:
    return f'<div class="row">{"".join(map(_component, row["components"]))}</div>'


def _component(component: JSON) -> str:
    match component["type"]:
        case int(kind) if kind == BUTTON and component["style"] in STYLES:
            sign = " ↗\N{VARIATION SELECTOR-15}" if component["style"] == LINK_STYLE else ""
            return f'<span class="button {STYLES[component["style"]]}">{html.escape(component["label"])}{sign}</span>'
        case int(kind) if kind == SELECT:
            options = "".join(f"<div>{html.escape(option['label'])}</div>" for option in component["options"])
            holds = next(
                (each["label"] for each in component["options"] if each.get("default")), component["placeholder"]
            )
            return f'<div class="select">{html.escape(holds)} ⌄<div class="options">{options}</div></div>'
        case other:
            raise UnknownPartError(f"a component of type {other} and style {component.get('style')}")
