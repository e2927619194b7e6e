r"""A message as Discord shows it, as plain text: what people in other chats read of it.

Only marks that our own formatting makes are taken away: foreign words have a backslash before each character that acts, and
are read back as they are.
"""

from datetime import UTC, datetime
from typing import Any

from chatbot.chats.discord.format import to_payload
from chatbot.core.model.message import Message, Moment
from chatbot.core.text import patterns

_MARKS = patterns.compile(
    r"``\x20(?P<ticks>.+?)\x20``|`(?P<code>[^`]+)`|\\(?P<plain>.)|<t:(?P<moment>[0-9]{1,11}):f>"
    r"|\[(?P<label>[^\[\]]*)\]\((?P<url>[^()\s]*)\)|\*\*|~~"
)
_FENCE = "```"
_LINE_STARTS = ("-# ", "### ")


def as_text(message: Message) -> str:
    """Its lines: what stands above the embed, the embed, and the buttons below it."""
    payload = to_payload(message)
    embed = payload["embeds"][0]
    parts = [
        _unmarked(payload["content"]),
        embed.get("author", {}).get("name", ""),
        _unmarked(embed.get("title", "")),
        _unmarked(embed.get("description", "")),
        embed.get("footer", {}).get("text", ""),
        " ".join(_buttons(payload["components"])),
    ]
    return "\n".join(filter(None, parts))


def _unmarked(markdown: str) -> str:
    lines, in_code = list[str](), False
    for line in markdown.split("\n"):
        if line == _FENCE:
            in_code = not in_code
        else:
            lines.append(line if in_code else _MARKS.sub(_words, _without_start(line)))
    return "\n".join(lines)


def _without_start(line: str) -> str:
    start = next((each for each in _LINE_STARTS if line.startswith(each)), "")
    return line[len(start) :]


def _words(match: patterns.Match) -> str:
    code = match["ticks"] or match["code"]
    if code is not None:
        return str(code)
    if match["moment"] is not None:
        return Moment(datetime.fromtimestamp(int(match["moment"]), UTC)).text
    if match["url"] is not None:
        label, url = match["label"] or "", match["url"]
        return label if label == url else f"{label} ({url})"
    return match["plain"] or ""


def _buttons(rows: list[dict[str, Any]]) -> list[str]:
    return [f"[{item['label']}]" for row in rows for item in row["components"] if "label" in item]
