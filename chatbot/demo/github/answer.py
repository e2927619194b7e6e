"""What the loopback GitHub is asked and what it answers, before it is a response of HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

TYPE_JSON = "application/json; charset=utf-8"
TYPE_ATOM = "application/atom+xml; charset=utf-8"
TYPE_RAW = "application/vnd.github.raw+json; charset=utf-8"
DOCUMENTATION = "https://docs.github.com/rest"


@dataclass(frozen=True, kw_only=True)
class ApiRequest:
    """A request without its transport.

    `match` are the named parts of the path, `token` is empty when anonymous, `if_none_match` is the header.
    """

    origin: str
    path: str
    match: Mapping[str, str]
    query: Mapping[str, str]
    accept: str = ""
    if_none_match: str = ""
    token: str = ""
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A whole answer in memory."""

    status: int = 200
    body: bytes = b""
    content_type: str = TYPE_JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def in_json(value: object, headers: Mapping[str, str] | None = None, status: int = 200) -> Answer:
    """Answer with one JSON document, written without blanks as GitHub does."""
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    return Answer(status=status, body=body, headers=headers or {})


def refusal(status: int, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer with GitHub's shape of an error."""
    value = {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}
    return in_json(value, headers, status)


NOT_FOUND = refusal(404, "Not Found")
