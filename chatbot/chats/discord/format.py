"""Neutral message -> what Discord is sent: one embed within every limit, buttons and menus, and exactly the pings meant."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chatbot.chats.discord import markup
from chatbot.chats.discord.components.rows import MAX_BUTTON_LABEL, MAX_BUTTON_URL, rows
from chatbot.chats.discord.escaping import plainly
from chatbot.chats.discord.fitting import fitted, fitted_spans, fitting
from chatbot.chats.discord.marks import marked
from chatbot.chats.discord.reducing import LOOKED_AT, reduced, reduced_spans
from chatbot.core.model.message import Field, Link, Mention, Message, Paragraph, Span, Spans, Struck, Text, Tone
from chatbot.core.model.rendering import Rendering
from chatbot.core.model.severity import Severity
from chatbot.core.text.labels import labelled_block, labelled_spans

JSON = dict[str, Any]

# https://discord.com/developers/docs/resources/message#embed-object-embed-limits
MAX_TITLE = 256
MAX_DESCRIPTION = 4096
MAX_AUTHOR = 256
MAX_FOOTER = 2048
MAX_EMBED = 6000
# https://discord.com/developers/docs/resources/message#create-message
MAX_CONTENT = 2000
SUPPRESS_NOTIFICATIONS = 1 << 12
# https://discord.com/developers/docs/resources/message#allowed-mentions-object
MAX_MENTIONS = 100

# Of the 4096 of a description, so that the rest stays for the text.
_LONGEST_FIELD = 1000
_FIELDS_TOGETHER = 2400
_SMALL_TOGETHER = 600
_FOOTER_USED = 300
_MOST_FIELDS = 25
_FOR_ANOTHER_CHAT = 1000  # at least, of the 6000, where it needs as much

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
SEVERITY_COLOUR = {
    Severity.CRITICAL: 0xC62828,
    Severity.HIGH: 0xE8590C,
    Severity.MEDIUM: 0xE0A800,
    Severity.LOW: 0x5B8DB8,
}
# A colour alone says nothing to many readers. What a message of no label is called:
WORD = {
    Tone.SECURITY: "🔒 Security",
    Tone.CRITICAL: "🚨 Critical security",
    Tone.POLICY: "📄 Security policy",
    Tone.WITHDRAWN: "Withdrawn",
}
LABEL_SIGN = {Tone.ROUTINE: "📦 ", Tone.SECURITY: "🔒 ", Tone.CRITICAL: "🚨 ", Tone.POLICY: "📄 "}
SIGN = {Tone.GOOD: "✅ ", Tone.WARNING: "⚠️ ", Tone.UNSURE: "❔ "}


def to_payload(message: Message, mark: str = "") -> JSON:
    """The body of a message, as Discord's API takes it. `mark` makes it findable later (see `marks`)."""
    return {
        "content": _content(message),
        "embeds": _embeds(message, mark),
        "components": rows(_to_press(message)),
        "allowed_mentions": allowed_mentions(message.mentions),
        "flags": 0 if message.loud else SUPPRESS_NOTIFICATIONS,
    }


def to_edit_payload(message: Message, mark: str = "") -> JSON:
    """The body of an edit: the same looks, and nobody is called again."""
    return to_payload(message, mark) | {"allowed_mentions": allowed_mentions(()), "flags": 0}


def _to_press(message: Message) -> Message:
    """Whose buttons stand below: the message's own; where it has none, those that its example would have."""
    return message.example if message.example is not None and not (message.actions or message.menus) else message


def _embeds(message: Message, mark: str) -> list[JSON]:
    """The one embed of a message, that of its example, and one for each other chat. The limit is that of all together."""
    others = len(message.renderings)
    embeds = [embed(message, mark, most=MAX_EMBED - others * _FOR_ANOTHER_CHAT)]
    room = MAX_EMBED - length(embeds[0])
    if message.example is not None:
        embeds.append(embed(message.example, most=room - others * _FOR_ANOTHER_CHAT))
        room -= length(embeds[-1])
    for number, rendering in enumerate(message.renderings):
        embeds.append(_elsewhere(rendering, room // (others - number)))
        room -= length(embeds[-1])
    return embeds


def _elsewhere(rendering: Rendering, most: int) -> JSON:
    """How it looks in another chat, word by word."""
    name = plainly(f"On {rendering.where}", MAX_TITLE)
    room = max(min(MAX_DESCRIPTION, most - len(name)) - len("\n…"), 0)
    words, all_of_it = fitting([Paragraph((Text(rendering.text),))], room)
    description = words if all_of_it else f"{words}\n…"
    return {"title": name, "description": description, "color": COLOUR[Tone.ANSWER]}


def embed(message: Message, mark: str = "", *, most: int = MAX_EMBED) -> JSON:
    """The embed of a message, in so many characters; several with one address would be folded into the first."""
    url = message.url or (message.links[0].url if message.links else "")
    embed_json: JSON = {"title": _title(message), "color": _colour(message)}
    if author := _author(message):
        embed_json["author"] = {"name": author}
    if url:
        embed_json["url"] = marked(url, mark) if mark else url
    if footer := _footer(message, "" if url else mark):
        embed_json["footer"] = {"text": footer}
    if message.at is not None:
        embed_json["timestamp"] = message.at.isoformat()
    if description := _description(message, min(MAX_DESCRIPTION, most - length(embed_json)), url):
        embed_json["description"] = description
    return embed_json


def _colour(message: Message) -> int:
    if message.struck or message.severity is None or message.tone is Tone.WITHDRAWN:
        return COLOUR[message.tone]
    return SEVERITY_COLOUR.get(message.severity, COLOUR[message.tone])


def _author(message: Message) -> str:
    """What kind of message it is, where that is not the title's own."""
    if not message.label:
        return WORD.get(message.tone, "")
    return plainly(LABEL_SIGN.get(message.tone, "") + message.label, MAX_AUTHOR)


def length(embed_json: JSON) -> int:
    """How much of the 6000 characters an embed takes."""
    texts = [embed_json.get("title", ""), embed_json.get("description", "")]
    texts += [embed_json.get("footer", {}).get("text", ""), embed_json.get("author", {}).get("name", "")]
    return sum(len(text) for text in texts)


def _title(message: Message) -> str:
    sign = SIGN.get(message.tone, "")
    title = " ".join(message.title.split())
    words: Span = Struck(title) if message.struck else Text(title)
    return sign + (fitted_spans((words,), MAX_TITLE - len(sign)) or "…")


def _footer(message: Message, mark: str) -> str:
    """Small print knows no Markdown. Where there is no link to carry it, the mark stands here."""
    text = plainly(message.footer, _FOOTER_USED) if message.footer else ""
    return " · ".join(part for part in (text, mark) if part)


def _description(message: Message, room: int, url: str) -> str:
    """The labelled lines, the body as far as it fits, and the small print."""
    fields = _fields(message.fields, url, min(_FIELDS_TOGETHER, room // 2))
    small = _small(message.small, url, min(_SMALL_TOGETHER, room // 4))
    tail = _long_links(message.links, room // 4)
    whole = _whole(message, url, room // 4)
    room -= sum(len(part) for part in (fields, small, tail, whole)) + len("\n\n\n\n")
    blocks, all_looked_at = reduced(message.body, max(room, 0))
    text, all_of_it = fitting([labelled_block(part, url) for part in blocks], max(room, 0))
    end = tail if all_of_it and all_looked_at else f"{whole}{tail}"
    body = (text + end).strip()
    gap = "\n" if blocks and markup.has_space_above(blocks[0]) else "\n\n"
    return gap.join(filter(None, (fields, body))) + (f"\n{small}" if small else "")


def _fields(fields: Sequence[Field], url: str, room: int) -> str:
    lines: list[str] = []
    for item in fields[:_MOST_FIELDS]:
        line = _row(item, url)
        if (room := room - len(line) - 1) < 0:
            break
        lines.append(line)
    return "\n".join(lines)


def _row(item: Field, url: str) -> str:
    """A labelled line within its limit."""
    _, spans = reduced_spans(item.spans, LOOKED_AT * _LONGEST_FIELD)
    words = fitted_spans(labelled_spans(spans, url), _LONGEST_FIELD).replace("\n", " ").strip()
    return f"{markup.label_of(plainly(item.label, MAX_BUTTON_LABEL))} {words or '–'}"


def _small(lines: Sequence[Spans], url: str, room: int) -> str:
    rows: list[str] = []
    for parts in lines:
        line = _small_line(parts, url, room)
        if not line or (room := room - len(line) - 1) < 0:
            break
        rows.append(line)
    return "\n".join(rows)


def _small_line(parts: Spans, url: str, room: int) -> str:
    words = fitted_spans(labelled_spans(parts, url), room - len("-# ")) if room > len("-# …") else ""
    words = words.replace("\n", " ").strip()
    return f"-# {words}" if words else ""


def _long_links(links: Sequence[Link], room: int) -> str:
    """The links that no button can hold, a line each; addresses may be as long as all of the description."""
    rows = [f"\n{markup.spans((link,))}" for link in links if len(link.url) > MAX_BUTTON_URL][:2]
    while len("".join(rows)) > room:
        rows.pop()
    return "".join(rows)


def _whole(message: Message, url: str, room: int) -> str:
    """The end of a message that was cut. Where the address is too long to repeat, the title leads there as well."""
    link = message.whole
    words = f"\n\n… {markup.spans((replace(link, url=url),))}" if link is not None and url else "\n\n…"
    return words if len(words) <= room else "\n\n…"


def _content(message: Message) -> str:
    """Pings stand outside of the embed, which pings nobody; the sentence beside them is what a notification shows."""
    called = " ".join(_call(mention) for mention in message.mentions[:MAX_MENTIONS])
    if not called and not (message.loud and message.headline):
        return ""
    return f"{called} {fitted(message.headline or message.title, MAX_TITLE)}".strip()[:MAX_CONTENT]


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
