"""Neutral message -> what Discord is sent: one embed within every limit, buttons, and exactly the pings that were meant."""

from collections.abc import Sequence
from typing import Any

from chatbot.chats.discord import markup
from chatbot.chats.discord.carried import BUTTONS, custom_id
from chatbot.chats.discord.escaping import address, plainly
from chatbot.chats.discord.fitting import fitted, fitted_spans, fitting
from chatbot.chats.discord.marks import marked
from chatbot.chats.discord.reducing import LOOKED_AT, reduced, reduced_spans
from chatbot.core.model.message import Action, Field, Link, Mention, Message, Span, Struck, Text, Tone
from chatbot.core.text.labels import labelled_block, labelled_spans

JSON = dict[str, Any]

# https://discord.com/developers/docs/resources/message#embed-object-embed-limits
MAX_TITLE = 256
MAX_DESCRIPTION = 4096
MAX_FIELDS = 25
MAX_FIELD_NAME = 256
MAX_FIELD_VALUE = 1024
MAX_FOOTER = 2048
MAX_EMBED = 6000
# https://discord.com/developers/docs/resources/message#create-message
MAX_CONTENT = 2000
SUPPRESS_NOTIFICATIONS = 1 << 12
# https://discord.com/developers/docs/components/reference
MAX_BUTTON_LABEL = 80
MAX_BUTTON_URL = 512
MAX_BUTTONS = 25
BUTTONS_IN_ROW = 5
# https://discord.com/developers/docs/resources/message#allowed-mentions-object
MAX_MENTIONS = 100

_FACTS_TOGETHER = 3000  # of the 6000 an embed may hold: the rest is for the text
_FOOTER_USED = 300
_SHORT_FACT = 36  # characters; shorter ones stand side by side

COLOUR = {
    Tone.ROUTINE: 0x3B82F6,
    Tone.SECURITY: 0xE08A00,
    Tone.CRITICAL: 0xC62828,
    Tone.POLICY: 0x7E57C2,
    Tone.ANSWER: 0x607D8B,
    Tone.GOOD: 0x2E7D32,
    Tone.WARNING: 0xE65100,
    Tone.UNSURE: 0x9E9E9E,
    Tone.WITHDRAWN: 0x757575,
}
# A colour alone says nothing to many readers.
WORD = {
    Tone.SECURITY: "🔒 Security",
    Tone.CRITICAL: "🚨 Critical security",
    Tone.POLICY: "📄 Security policy",
    Tone.WITHDRAWN: "Withdrawn",
}
SIGN = {Tone.GOOD: "✅ ", Tone.WARNING: "⚠️ ", Tone.UNSURE: "❔ "}


def to_payload(message: Message, mark: str = "") -> JSON:
    """The body of a message, as Discord's API takes it. `mark` makes it findable later (see `marks`)."""
    return {
        "content": _content(message),
        "embeds": [embed(message, mark)],
        "components": buttons(message),
        "allowed_mentions": allowed_mentions(message.mentions),
        "flags": 0 if message.loud else SUPPRESS_NOTIFICATIONS,
    }


def to_edit_payload(message: Message, mark: str = "") -> JSON:
    """The body of an edit: the same looks, and nobody is called again."""
    return to_payload(message, mark) | {"allowed_mentions": allowed_mentions(()), "flags": 0}


def embed(message: Message, mark: str = "") -> JSON:
    """The one embed of a message; several with one address would be folded into the first."""
    url = message.url or (message.links[0].url if message.links else "")
    embed_json: JSON = {"title": _title(message), "color": COLOUR[message.tone]}
    if message.tone in WORD:
        embed_json["author"] = {"name": WORD[message.tone]}
    if url:
        embed_json["url"] = marked(url, mark) if mark else url
    if fields := _fields(message.fields, url):
        embed_json["fields"] = fields
    if footer := _footer(message, "" if url else mark):
        embed_json["footer"] = {"text": footer}
    if message.at is not None:
        embed_json["timestamp"] = message.at.isoformat()
    if description := _description(message, min(MAX_DESCRIPTION, MAX_EMBED - length(embed_json)), url):
        embed_json["description"] = description
    return embed_json


def length(embed_json: JSON) -> int:
    """How much of the 6000 characters an embed takes."""
    texts = [embed_json.get("title", ""), embed_json.get("description", "")]
    texts += [embed_json.get("footer", {}).get("text", ""), embed_json.get("author", {}).get("name", "")]
    texts += [text for field in embed_json.get("fields", []) for text in (field["name"], field["value"])]
    return sum(len(text) for text in texts)


def _title(message: Message) -> str:
    sign = SIGN.get(message.tone, "")
    title = " ".join(message.title.split())
    words: Span = Struck(title) if message.struck else Text(title)
    return sign + (fitted_spans((words,), MAX_TITLE - len(sign)) or "…")


def _fields(facts: Sequence[Field], url: str) -> list[JSON]:
    fields: list[JSON] = []
    room = _FACTS_TOGETHER
    for fact in facts[:MAX_FIELDS]:
        name = fitted(fact.label, MAX_FIELD_NAME) or "–"
        _, spans = reduced_spans(fact.spans, LOOKED_AT * MAX_FIELD_VALUE)
        value = fitted_spans(labelled_spans(spans, url), min(MAX_FIELD_VALUE, max(room - len(name), 1))) or "–"
        if (room := room - len(name) - len(value)) < 0:
            break
        short = sum(len(span.text) for span in spans) <= _SHORT_FACT
        fields.append({"name": name, "value": value, "inline": short})
    return fields


def _footer(message: Message, mark: str) -> str:
    """Small print knows no Markdown. Where there is no link to carry it, the mark stands here."""
    text = plainly(message.footer, _FOOTER_USED) if message.footer else ""
    return " · ".join(part for part in (text, mark) if part)


def _description(message: Message, room: int, url: str) -> str:
    long_links = [link for link in message.links if len(link.url) > MAX_BUTTON_URL]
    rows = [f"\n{markup.spans((link,))}" for link in long_links[:2]]
    if len("".join(rows)) > room // 2:  # addresses may be as long as all of the description
        rows = [row for row in rows[:1] if len(row) <= room // 2]
    tail = "".join(rows)
    whole = f"\n\n[… read on]({address(url)})"
    whole = whole if url and len(whole) <= room // 4 else "\n\n…"  # the title leads there as well
    blocks, all_looked_at = reduced(message.body, room)
    text, all_of_it = fitting([labelled_block(part, url) for part in blocks], room - len(tail) - len(whole))
    all_of_it = all_of_it and all_looked_at
    return (text + (tail if all_of_it else whole + tail)).strip()


def _content(message: Message) -> str:
    """Calls stand outside of the embed, which calls nobody; the title beside them is what a notification shows."""
    called = " ".join(_call(mention) for mention in message.mentions[:MAX_MENTIONS])
    return f"{called} {fitted(message.title, MAX_TITLE)}"[:MAX_CONTENT] if called else ""


def _call(mention: Mention) -> str:
    match mention.kind:
        case "role":
            return f"<@&{mention.id}>"
        case "user":
            return f"<@{mention.id}>"
        case _:
            return "@everyone"


def allowed_mentions(mentions: Sequence[Mention]) -> JSON:
    """Exactly who may be called: Discord's default would be everybody whom the text names."""
    mentions_json: JSON = {"parse": ["everyone"] if any(m.kind == "room" for m in mentions) else []}
    for kind, key in (("role", "roles"), ("user", "users")):
        if ids := sorted({m.id for m in mentions if m.kind == kind}):
            mentions_json[key] = ids[:MAX_MENTIONS]
    return mentions_json


def buttons(message: Message) -> list[JSON]:
    """Rows of buttons: links first, then what can be asked."""
    pressed = [action for action in message.actions if action.name in BUTTONS]
    by_id = {button["custom_id"]: button for button in map(_action_button, pressed)}
    row = [_link_button(link) for link in message.links if len(link.url) <= MAX_BUTTON_URL]
    row = [*row[: max(MAX_BUTTONS - len(by_id), 0)], *by_id.values()][:MAX_BUTTONS]
    return [{"type": 1, "components": row[n : n + BUTTONS_IN_ROW]} for n in range(0, len(row), BUTTONS_IN_ROW)]


def _link_button(link: Link) -> JSON:
    return {"type": 2, "style": 5, "label": _label(link.text), "url": link.url}


def _action_button(action: Action) -> JSON:
    return {"type": 2, "style": 2, "label": _label(action.label), "custom_id": custom_id(action)}


def _label(text: str) -> str:
    return plainly(text, MAX_BUTTON_LABEL)
