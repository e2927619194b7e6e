"""What the chats would be sent of a message, looked at as an attacker would: what calls, acts, or does not fit."""

import json
from html.parser import HTMLParser

from chatbot.chats.discord import format as discord_format
from chatbot.chats.matrix import format as matrix_format
from chatbot.core.model.message import Message

_TAGS = {"a", "b", "blockquote", "br", "code", "del", "em", "li", "ol", "p", "pre", "strong", "sub", "ul"}
_TAGS |= {f"h{level}" for level in range(1, 7)}
# https://spec.matrix.org/latest/client-server-api/#size-limits: 64 KiB, encrypted and in base64
_LARGEST_EVENT = 40_000


class _Seen(HTMLParser):
    """The tags and addresses of some HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name == "href"]


def faults_in(message: Message) -> list[str]:
    """What is wrong with the payloads of a message that shall call nobody; nothing where they are safe."""
    return [*_discord_faults(message), *_matrix_faults(message)]


def _discord_faults(message: Message) -> list[str]:
    faults = []
    payload = discord_format.to_payload(message)
    mentions = payload["allowed_mentions"]
    if mentions["parse"] or mentions.get("roles") or mentions.get("users") or "<@" in payload["content"]:
        faults.append(f"Discord would call: {mentions} {payload['content']!r}")
    (embed,) = payload["embeds"]
    if discord_format.length(embed) > discord_format.MAX_EMBED or len(embed.get("description", "")) > 4096:
        faults.append("the embed is too long for Discord")
    addresses = [embed.get("url", "")]
    addresses += [button.get("url", "") for row in payload["components"] for button in row["components"]]
    faults += [f"Discord would lead to {each}" for each in addresses if each and not each.startswith("http")]
    return faults


def _matrix_faults(message: Message) -> list[str]:
    faults = []
    content = matrix_format.to_content(message, {}, may_ping_room=True)
    if content["m.mentions"] != {}:
        faults.append(f"Matrix would call: {content['m.mentions']}")
    if len(json.dumps(content)) > _LARGEST_EVENT:
        faults.append("the event is too large for Matrix")
    html = _Seen()
    html.feed(str(content["formatted_body"]))
    faults += [f"foreign markup reached Matrix: {tag}" for tag in html.tags - _TAGS]
    faults += [f"a foreign attribute reached Matrix: {name}" for name in html.attributes - {"href", "start", "class"}]
    faults += [f"Matrix would lead to {each}" for each in html.addresses if not each.startswith("http")]
    return faults
