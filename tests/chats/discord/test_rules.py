"""The judge of requests can say no: what Discord would refuse is found, and what it takes passes."""

from typing import Any

import pytest

from tests.standins.discord import Recorded
from tests.standins.discord.document import WHY_ABSENT, document
from tests.standins.discord.rules import complaints

MESSAGES = "/channels/1/messages"
EMBED = {"title": "A title", "description": "Words"}


def post(body: Any, path: str = MESSAGES, content_type: str = "application/json", method: str = "POST") -> list[str]:
    return complaints(Recorded(method=method, path=path, body=body, content_type=content_type))


def test_a_good_message_passes() -> None:
    assert (
        post(
            {
                "content": "",
                "embeds": [EMBED],
                "nonce": "a" * 25,
                "enforce_nonce": True,
                "allowed_mentions": {"parse": []},
            }
        )
        == []
    )


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2001},
        {"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]},
        {"embeds": [{"title": "x" * 257}]},
        {"embeds": [{"title": "x", "fields": [{"name": "", "value": "x"}]}]},
        {"embeds": [{}]},
        {"content": ""},
        {"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": ["1"]}},
        {"content": "x", "embeds": [EMBED], "flags": 1 << 15},
        {"content": "x", "components": [{"type": 1, "components": []}]},
        {
            "content": "x",
            "components": [{"type": 1, "components": [{"type": 2, "style": 2, "custom_id": "a", "label": "x" * 81}]}],
        },
    ],
)
def test_the_limits_that_the_document_lacks(body: Any) -> None:
    assert post(body)


def test_a_form_is_no_json() -> None:
    assert post({"content": "x"}, content_type="multipart/form-data")


def test_required_options_come_first() -> None:
    options = [
        {"type": 3, "name": "a", "description": "a"},
        {"type": 3, "name": "b", "description": "b", "required": True},
    ]
    body = [{"name": "x", "description": "x", "type": 1, "options": options}]
    assert post(body, "/applications/1/commands", method="PUT")


@pytest.mark.skipif(document() is None, reason=WHY_ABSENT)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", MESSAGES, {"content": "x", "contnet": "x"}),
        ("POST", MESSAGES, {"content": 5}),
        ("POST", MESSAGES, {"content": "x", "nonce": "a" * 26}),
        ("POST", MESSAGES, {"embeds": [EMBED] * 11}),
        ("POST", MESSAGES, {"embeds": [EMBED | {"fields": [{"name": "a", "value": "b"}] * 26}]}),
        ("POST", MESSAGES, {"embeds": [EMBED | {"colour": 5}]}),
        ("POST", "/no/such/route", {"content": "x"}),
        ("POST", "/interactions/1/token/callback", {"type": 99}),
        ("PUT", "/applications/1/commands", [{"name": "x", "description": "x", "typo": 1}]),
    ],
)
def test_the_document_is_closed(method: str, path: str, body: Any) -> None:
    assert post(body, path, method=method)
