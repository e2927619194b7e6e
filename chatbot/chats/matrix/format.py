"""Neutral message → the content of a Matrix event: plain body and HTML, formatted, escaped and cut to size."""

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from chatbot.chats.matrix.blocks import (
    as_quotation,
    format_block,
    format_fields,
    format_links,
    format_small,
    format_text,
    joined,
    labelled,
)
from chatbot.chats.matrix.links import Formatted, linked, spelled
from chatbot.core.model.message import Action, Block, Field, Link, Mention, Message, Spans, Tone, text
from chatbot.core.queries.actions import arguments_of, asks, in_words
from chatbot.core.queries.commands import Command, find
from chatbot.core.queries.numbered import choices, has_number

# Element and Cinny show far more; the event must stay below 64 KiB when it is encrypted too, escaped and in base64.
LARGEST = 16_000
MAX_TITLE = 400  # characters
_MOST_SMALL = 8  # lines of small print
_FOR_ANOTHER_CHAT = 4000  # of LARGEST, at least, where it needs as much
_MARKS = 60  # bytes of a quotation's own marks
_NUMBER = "Answer with a number, or react with it:"
MARK = "chatbot.delivery"  # the key in the content by which a message of ours is found again

Content = dict[str, object]

# A colour is never alone on Matrix, and Element X shows none: a sign and the words of the title say it.
SIGNS = {
    Tone.ROUTINE: "📦",
    Tone.SECURITY: "🔒",
    Tone.CRITICAL: "🚨",
    Tone.POLICY: "📜",
    Tone.ANSWER: "💬",
    Tone.GOOD: "✅",
    Tone.WARNING: "⚠️",
    Tone.UNSURE: "❔",
    Tone.WITHDRAWN: "🗑️",
}


def to_content(
    message: Message,
    mark: Mapping[str, str],
    *,
    may_ping_room: bool = False,
    in_dm: bool = False,
    numbered: bool = False,
) -> Content:
    """The content of a new event. Loud messages and answers in a DM are m.text, which may notify; the rest is m.notice, which
    notifies nobody. `numbered`: its reader can answer with a number."""
    mentions = _allowed(message.mentions, may_ping_room=may_ping_room)
    if message.example is None and not message.renderings:
        body, formatted = _assemble(message, mentions, numbered=numbered)
    else:
        body, formatted = _with_others(message)
    return {
        "msgtype": "m.text" if message.loud or in_dm else "m.notice",
        "body": body,
        "format": "org.matrix.custom.html",
        "formatted_body": formatted,
        "m.mentions": _mentioned(mentions),
        MARK: dict(mark),
    }


def to_edit(
    message: Message, mark: Mapping[str, str], event: str, *, may_ping_room: bool = False, numbered: bool = False
) -> Content:
    """The content that puts new words in the place of `event` and pings nobody: whom the message has called by now stands in
    the new content alone, as the specification has it for edits."""
    new = to_content(message, mark, may_ping_room=may_ping_room, numbered=numbered)
    return {
        "msgtype": new["msgtype"],
        "body": f"* {format_text(message.title)[:MAX_TITLE]}",  # for clients that know no edits; the whole is in m.new_content
        "m.mentions": {},
        "m.new_content": new,
        "m.relates_to": {"rel_type": "m.replace", "event_id": event},
        MARK: dict(mark),
    }


def in_reply(content: Content, event: str, thread: str = "") -> Content:
    """`content` as an answer to `event`, in its thread where there is one."""
    relation: dict[str, object] = {"m.in_reply_to": {"event_id": event}}
    if thread:
        relation |= {"rel_type": "m.thread", "event_id": thread, "is_falling_back": False}
    return {**content, "m.relates_to": relation}


def in_thread(content: Content, thread: str, newest: str) -> Content:
    """`content` in a thread, answering nobody; `newest` is shown as answered by clients that know no threads."""
    fallback = {"is_falling_back": True, "m.in_reply_to": {"event_id": newest}}
    return {**content, "m.relates_to": {"rel_type": "m.thread", "event_id": thread, **fallback}}


def shortened(message: Message) -> Message:
    """What remains of an amendment where the message it amends can no longer be edited: title, facts and links."""
    return replace(message, body=(), actions=(), menus=(), mentions=())


def _allowed(mentions: tuple[Mention, ...], *, may_ping_room: bool) -> tuple[Mention, ...]:
    """Roles are Discord's; a person is a full Matrix id; the whole room only where the bot has the right to."""
    return tuple(
        mention
        for mention in mentions
        if (mention.kind == "user" and mention.id.startswith("@")) or (mention.kind == "room" and may_ping_room)
    )


def _mentioned(mentions: tuple[Mention, ...]) -> dict[str, object]:
    users = [mention.id for mention in mentions if mention.kind == "user"]
    rooms = any(mention.kind == "room" for mention in mentions)
    return {**({"user_ids": users} if users else {}), **({"room": True} if rooms else {})}


def _with_others(message: Message) -> tuple[str, str]:
    """A message, and below it another one and what that looks like in other chats, each as a quotation."""
    room, others = LARGEST, len(message.renderings)
    parts = [Formatted(*_assemble(message, (), LARGEST // (4 if others else 3), numbered=False))]
    room -= _cost(parts[0]) + _MARKS
    if message.example is not None:
        most = room - others * _FOR_ANOTHER_CHAT if others else LARGEST // 2
        parts.append(as_quotation(Formatted(*_assemble(message.example, (), most, numbered=False))))
        room -= _cost(parts[-1]) + _MARKS
    for number, rendering in enumerate(message.renderings):
        name = f"On {format_text(rendering.where)[:MAX_TITLE]}:"
        lines = list(_lines_fitting(rendering.text, room // (others - number) - 2 * len(name) - _MARKS))
        as_html = f"<p><strong>{html.escape(name)}</strong></p>"
        theirs = as_quotation(Formatted("\n".join(lines), "<br>".join(map(html.escape, lines))))
        parts.append(Formatted(f"{name}\n{theirs.plain}", f"{as_html}{theirs.html}"))
        room -= _cost(parts[-1]) + _MARKS
    return "\n\n".join(part.plain for part in parts), "".join(part.html for part in parts)


def _lines_fitting(words: str, budget: int) -> Iterator[str]:
    """As many lines as fit into so many bytes as plain text and as HTML, and a sign where some are left out."""
    for line in words.splitlines():
        visible_line = format_text(line)
        budget -= _cost(Formatted(f"> {visible_line}\n", f"{html.escape(visible_line)}<br>"))
        if budget < 0:
            yield "…"
            return
        yield visible_line


def _assemble(
    message: Message, mentions: tuple[Mention, ...], largest: int = LARGEST, *, numbered: bool
) -> tuple[str, str]:
    head, tail = _head(message, mentions), _tail(message, numbered=numbered)
    more = _more(message)
    budget = largest - sum(_cost(part) for part in [*head, *tail, more])
    parts = [*head, *_fitting(message.body, more, budget), *tail]
    return "\n".join(part.plain for part in parts), "".join(part.html for part in parts)


def _fitting(body: Sequence[Block], more: Formatted, budget: int) -> Iterator[Formatted]:
    """As many blocks as fit into so many bytes, the last one cut between its pieces, and `more` where something is left out."""
    for block in body:
        pieces = format_block(block)
        within: list[Formatted] = []
        for piece in pieces:
            budget -= _cost(piece)
            if budget < 0:
                break
            within.append(piece)
        if within:
            yield joined(within)
        if len(within) < len(pieces):
            yield more
            return


def _head(message: Message, mentions: tuple[Mention, ...]) -> list[Formatted]:
    title = _cut(format_text(message.title))
    words = linked(title, message.url).html
    if message.struck:
        words, title = f"<del>{words}</del>", f"{title} (withdrawn)"
    sign = SIGNS[message.tone]
    parts = _call(message, mentions)
    if message.label:
        label = _cut(format_text(message.label))
        markup = f"<p>{sign} <strong>{html.escape(label)}</strong><br><strong>{words}</strong></p>"
        parts.append(Formatted(f"{sign} {label}\n{title}", markup))
    else:
        parts.append(Formatted(f"{sign} {title}", f"<p>{sign} <strong>{words}</strong></p>"))
    shown_parts, budget = (
        list[Field](),
        LARGEST // 3,
    )  # facts are few and short; a hostile flood of them must not fill the message
    for item in message.fields:
        budget -= _cost(format_fields([item]))
        if budget > 0:
            shown_parts.append(item)
    return [*parts, *([format_fields(shown_parts)] if shown_parts else [])]


def _call(message: Message, mentions: tuple[Mention, ...]) -> list[Formatted]:
    """The first line of what may notify: the pings, and the sentence that a notification shows. Who reads the whole message
    sees the sentence only beside a ping: the lines below say the same."""
    headline = _cut(format_text(message.headline)) if message.loud else ""
    called = _calls(mentions) if mentions else Formatted("", "")
    if not mentions:
        return [Formatted(headline, "")] if headline else []
    plain = " ".join(filter(None, (called.plain, headline)))
    return [Formatted(plain, f"<p>{' '.join(filter(None, (called.html, html.escape(headline))))}</p>")]


def _calls(mentions: tuple[Mention, ...]) -> Formatted:
    names = [mention.id if mention.kind == "user" else "@room" for mention in mentions]
    pills = [f'<a href="https://matrix.to/#/{quote(n)}">{html.escape(n)}</a>' if n != "@room" else n for n in names]
    return Formatted(" ".join(names), " ".join(pills))


def _tail(message: Message, *, numbered: bool) -> list[Formatted]:
    """What can be done about it, and the small print."""
    budget = LARGEST // 3  # addresses may be long: as with the fields
    small = list[Spans]()
    for spans in message.small[:_MOST_SMALL]:
        budget -= _cost(format_small([spans]))
        if budget > LARGEST // 6:
            small.append(spans)
    small += [text(_cut(message.footer))] if message.footer else []
    links = list[Link]()
    for link in message.further_links[:12]:
        budget -= _cost(format_links([link]))
        if budget > 0:
            links.append(link)
    typed = [each for each in message.actions if not (numbered and has_number(each))]
    commands = [_typed(action, command) for action in typed[:4] if (command := find(action.name)) is not None]
    to_do = [*([format_links(links)] if links else []), *commands]
    offered = _offered(message) if numbered else []
    return [
        *([_paragraph(to_do)] if to_do else []),
        *([_paragraph(offered)] if offered else []),
        *([format_small(small)] if small else []),
    ]


def _offered(message: Message) -> list[Formatted]:
    """What can be answered with a number, a line each."""
    lines = list[Formatted]()
    for number, choice in enumerate(choices(message), start=1):
        if choice.heading:
            heading = _cut(labelled(choice.heading))
            lines.append(Formatted(heading, html.escape(heading)))
        label = _cut(format_text(choice.label)) + (" – as it is now" if choice.chosen else "")
        lines.append(Formatted(f"{number}  {label}", f"<strong>{number}</strong> {html.escape(label)}"))
    return [Formatted(_NUMBER, html.escape(_NUMBER)), *lines] if lines else []


def _paragraph(lines: Sequence[Formatted]) -> Formatted:
    """Lines below each other, without the gap that clients leave between paragraphs."""
    return Formatted("\n".join(line.plain for line in lines), f"<p>{'<br>'.join(line.html for line in lines)}</p>")


def _typed(action: Action, command: Command) -> Formatted:
    """Matrix has no buttons: the line to send. It names the project, so that it is understood in every room."""
    values, to_name = arguments_of(action), asks(action)
    name, addition = in_words(action)
    words = [
        _cut(format_text(values[each.name])) if each.name in values else each.name.upper()
        for each in command.parameters
        if each.required or each.name in values or each.name in to_name
    ]
    if name != command.name and "project" in values:  # the words before may be free text, which takes all that follow
        words[-1] = f"project:{words[-1]}"
        words.insert(-1, addition)
    command_line = " ".join(filter(None, [f"!{name}", *words]))
    label = _cut(labelled(action.label))
    lead = f"{label} {'send' if label.endswith(':') else 'Send'}"
    return Formatted(f"{lead} {command_line}", f"{html.escape(lead)} <code>{html.escape(command_line)}</code>")


def _more(message: Message) -> Formatted:
    """Where the whole is, for a message that had to be cut."""
    target = message.whole
    if target is None:
        return Formatted("…", "<p>…</p>")
    words = _cut(format_text(target.text))
    return Formatted(f"… {labelled(words)} {spelled(target.url)}", f"<p>… {linked(words, target.url).html}</p>")


def _cut(words: str) -> str:
    return words if len(words) <= MAX_TITLE else f"{words[: MAX_TITLE - 1]}…"


def _cost(part: Formatted) -> int:
    """Bytes, or what they weigh once the encrypting library has escaped every character beyond ASCII."""
    both = part.plain + part.html
    return max(len(both.encode()), len(json.dumps(both)) * 5 // 12) + 1
