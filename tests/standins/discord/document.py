"""Discord's OpenAPI document as a judge of requests, closed against keys that it does not know."""

import functools
import json
import re
from pathlib import Path
from typing import Any

from jsonschema import (  # type: ignore[import-untyped]  # it brings no types
    Draft202012Validator,
    FormatChecker,
    ValidationError,
)
from referencing import Registry
from referencing.jsonschema import DRAFT202012

JSON = Any
PATH = Path(__file__).parents[4] / "shared" / "data" / "discord" / "openapi.json"
WHY_ABSENT = "Discord's OpenAPI document is not beside this repository (../shared/data/discord/openapi.json)"

# What the API takes and discord.py sends, though the document does not list it.
_UNLISTED = {
    "RichEmbed": ("flags",),
    "ApplicationCommandUpdateRequest": ("nsfw",),
    "ApplicationCommandCreateRequest": ("nsfw",),
    "MessageEditRequestPartial": ("tts",),
    "BaseCreateMessageCreateRequest": ("tts",),
    "CreateForumThreadRequest": ("type",),
    "IncomingWebhookUpdateRequestPartial": ("tts",),
}
_METHODS = ("get", "put", "post", "patch", "delete")
_URN = "urn:discord"


@functools.cache
def document() -> "Document | None":
    """The judge, read once; None where the document is absent."""
    return Document(json.loads(PATH.read_text(encoding="utf-8"))) if PATH.is_file() else None


class Document:
    def __init__(self, raw: JSON) -> None:
        self._raw = _closed(raw)
        self._registry: Registry[JSON] = Registry().with_resource(_URN, DRAFT202012.create_resource(self._raw))
        self._validators: dict[str, Draft202012Validator] = {}
        self._judged: dict[str, list[str]] = {}
        templates = sorted(
            self._raw["paths"], key=lambda template: template.count("{")
        )  # /users/@me before /users/{id}
        self._paths = [
            (re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", template) + "$"), template) for template in templates
        ]

    def complaints(self, method: str, path: str, body: JSON, content_type: str = "application/json") -> list[str]:
        template = next(
            (t for pattern, t in self._paths if pattern.match(path) and method.lower() in self._raw["paths"][t]),
            None,
        )
        if template is None:
            return [f"no such route: {method} {path}"]
        described = self._raw["paths"][template][method.lower()].get("requestBody")
        if described is None:
            return [] if body in (None, {}) else [f"{method} {template} takes no body"]
        if body is None:
            return ["the body is missing"] if described.get("required") else []
        if content_type not in described["content"]:
            return [f"content type {content_type!r} is not one of {sorted(described['content'])}"]
        pointer = ["paths", template, method.lower(), "requestBody", "content", content_type, "schema"]
        key = json.dumps([pointer, body], sort_keys=True, default=repr)  # each test registers the same commands
        if key not in self._judged:
            self._judged[key] = [_words(error) for error in self._validator(pointer).iter_errors(_numbers(body))]
        return list(self._judged[key])

    def _validator(self, pointer: list[str]) -> Draft202012Validator:
        at = "/".join(part.replace("~", "~0").replace("/", "~1") for part in pointer)
        if at not in self._validators:
            self._validators[at] = Draft202012Validator(
                {"$ref": f"{_URN}#/{at}"}, registry=self._registry, format_checker=FormatChecker()
            )
        return self._validators[at]


def _closed(raw: JSON) -> JSON:
    schemas = raw["components"]["schemas"]
    schemas["SnowflakeType"]["type"] = ["string", "integer"]  # whole numbers are taken for ids
    for name, keys in _UNLISTED.items():
        for key in keys:
            schemas[name]["properties"].setdefault(key, {})
    for name, schema in schemas.items():
        if schema.get("type") == "object" and "properties" in schema and not name.endswith("Response"):
            schema.setdefault("additionalProperties", False)
    return raw


def _numbers(value: JSON, key: str = "") -> JSON:
    """Whole numbers may be written as text (the document's own preface): permissions are."""
    if isinstance(value, dict):
        return {k: _numbers(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_numbers(v) for v in value]
    is_number = key in ("default_member_permissions", "permissions") and isinstance(value, str) and value.isdigit()
    return int(value) if is_number else value


def _words(error: ValidationError) -> str:
    while error.context:  # of several branches, the one that came furthest says most
        error = max(error.context, key=lambda e: (len(e.absolute_path), e.validator != "type"))
    return f"{'/'.join(map(str, error.absolute_path)) or 'body'}: {error.message[:200]}"
