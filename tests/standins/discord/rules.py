"""What Discord would refuse: its OpenAPI document, and the limits of its documentation that the document lacks."""

import re
from collections.abc import Iterator
from typing import Any

from tests.standins.discord.document import document
from tests.standins.discord.record import Recorded

JSON = Any
_V2 = 1 << 15
# https://discord.com/developers/docs/resources/message#embed-object-embed-limits
_EMBEDS_TOTAL = 6000
_EMBED_TEXTS = {"title": 256, "description": 4096}
_WRITES = re.compile(r"^(POST|PATCH) /(channels/\d+/messages|webhooks/)")


def complaints(request: Recorded) -> list[str]:
    """Everything that is wrong with a request, in words; empty where Discord would take it."""
    if (
        request.method in ("POST", "PUT", "PATCH")
        and request.body is not None
        and request.content_type != "application/json"
    ):
        return [f"content type is {request.content_type!r}"]
    problems = list(_beyond(request))
    judge = document()
    if judge is not None:
        problems += judge.complaints(request.method, request.path, request.body)
    return problems


def _beyond(request: Recorded) -> Iterator[str]:
    if isinstance(request.body, list):
        yield from _commands(request.body)
    elif isinstance(request.body, dict):
        for part in (request.body, request.body.get("data"), request.body.get("message")):
            if isinstance(part, dict):
                yield from _message(part)
        if request.method == "POST" and re.fullmatch(r"/channels/\d+/messages", request.path) and _empty(request.body):
            yield "the message is empty (50006)"


def _empty(body: JSON) -> bool:
    return not any(body.get(key) for key in ("content", "embeds", "components", "poll", "sticker_ids", "attachments"))


def _message(body: JSON) -> Iterator[str]:
    content = body.get("content") or ""
    if isinstance(content, str) and len(content) > 2000:  # the document says 4000, which is for paying members
        yield f"content: {len(content)} characters, 2000 may be"
    embeds = body.get("embeds") or []
    total = sum(_length(embed) for embed in embeds)
    if total > _EMBEDS_TOTAL:
        yield f"embeds: {total} characters together, {_EMBEDS_TOTAL} may be"
    for embed in embeds:
        yield from _embed(embed)
    if body.get("flags", 0) and body["flags"] & _V2 and (content or embeds or body.get("poll")):
        yield "components V2 exclude content, embeds and poll"
    yield from _mentions(body.get("allowed_mentions"))
    yield from _components(body.get("components") or [])


def _embed(embed: JSON) -> Iterator[str]:
    for key, most in _EMBED_TEXTS.items():
        if len(embed.get(key) or "") > most:
            yield f"embed {key}: {len(embed[key])} characters, {most} may be"
    for field in embed.get("fields", []):
        if not field.get("name") or not field.get("value"):
            yield "embed field: name and value may not be empty"
    if not any(embed.get(key) for key in ("title", "description", "fields", "author", "footer", "image")):
        yield "embed: empty"


def _length(embed: JSON) -> int:
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts.append((embed.get("author") or {}).get("name"))
    texts += [text for field in embed.get("fields", []) for text in (field.get("name"), field.get("value"))]
    return sum(len(text) for text in texts if text)


def _mentions(mentions: JSON) -> Iterator[str]:
    for kind in ("users", "roles"):
        listed = (mentions or {}).get(kind) or []
        if listed and kind in (mentions or {}).get("parse", []):
            yield f"allowed_mentions: {kind} is listed and parsed"
        if len(listed) > 100:
            yield f"allowed_mentions: more than 100 {kind}"


def _components(rows: list[JSON]) -> Iterator[str]:
    ids: set[str] = set()
    if len(rows) > 5:
        yield f"{len(rows)} action rows, 5 may be"
    for row in rows:
        inner = row.get("components") or []
        yield from _menus(inner)
        if row.get("type") == 1 and not 1 <= len(inner) <= 5:
            yield f"action row: {len(inner)} components"
        for component in inner:
            custom = component.get("custom_id")
            if custom is not None and (custom in ids or not 1 <= len(custom) <= 100):
                yield f"custom_id {custom!r} is repeated or of a wrong length"
            ids.add(custom or "")
            if component.get("type") == 2 and len(component.get("label") or "") > 80:
                yield "button label: more than 80 characters"


def _menus(inner: list[JSON]) -> Iterator[str]:
    """What https://discord.com/developers/docs/components/reference#string-select says."""
    for component in inner:
        if component.get("type") != 3:
            continue
        if len(inner) > 1:
            yield "a select menu has its row for itself"
        options = component.get("options") or []
        values = [option.get("value") for option in options]
        if len(set(values)) != len(values):
            yield "a select menu's values must differ"
        if sum(bool(option.get("default")) for option in options) > (component.get("max_values") or 1):
            yield "more defaults than can be chosen"


def _commands(commands: list[JSON]) -> Iterator[str]:
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        if sum(command.get("type", 1) == kind for command in commands) > most:
            yield f"more than {most} commands of type {kind}"
    for command in commands:
        if (length := sum(_command_texts(command))) > 8000:
            yield f"command {command['name']}: {length} characters, 8000 may be"
        options = command.get("options") or []
        needed = [bool(option.get("required")) for option in options if option.get("type", 3) > 2]
        if needed != sorted(needed, reverse=True):
            yield f"command {command['name']}: required options stand first (50035)"
        if command.get("type", 1) == 1 and not re.fullmatch(r"[-_'\w]{1,32}", command["name"]):
            yield f"command name {command['name']!r}"


def _command_texts(part: JSON) -> Iterator[int]:
    yield len(part.get("name", "")) + len(part.get("description", ""))
    for choice in part.get("choices") or []:
        yield len(choice["name"]) + len(str(choice["value"]))
    for option in part.get("options") or []:
        yield from _command_texts(option)
