"""What a Matrix event asks of the bot, if anything: which words are meant for us, and which are other people's talk."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chatbot.chats.matrix.rooms import Event
from chatbot.core.commands import COMMANDS, LONGEST_LINE, Command, Misread, Right, find, read_line

INVOCATION = "org.matrix.msc4391.command"  # what clients with a command picker send
REDIRECT = Command("redirect", "Lead the author of a message to the private way of reporting", right=Right.MODERATOR)
WORDLESS = (
    "m.emote",
    "m.image",
    "m.file",
    "m.audio",
    "m.video",
    "m.location",
)  # bots say m.notice, which is no question
HELP = Command("help", "What can be asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A question. `near` is the command that a misspelt or incomplete one was close to, with `help` as the command.

    `answers` is the event it replies to. `if_ours`: it is meant for us only if that event is of our own making.
    """

    command: Command
    arguments: Mapping[str, str] = field(default_factory=dict)
    answers: str = ""
    thread: str = ""
    if_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who we are, for the eyes of people: our id, and the name that clients put before a mention."""

    us: str
    name: str = ""

    def hear(self, event: Event, *, direct: bool) -> Heard | None:
        """The question in a message, or None where nothing was asked of us. In a direct chat everything is."""
        content = event.get("content")
        if not isinstance(content, Mapping) or event.get("sender") == self.us or event.get("type") != "m.room.message":
            return None
        relation = _mapping(content.get("m.relates_to"))
        if relation.get("rel_type") == "m.replace" or "m.new_content" in content:
            return None
        if content.get("msgtype") != "m.text":
            return Heard(command=HELP) if direct and content.get("msgtype") in WORDLESS else None
        reply = str(_mapping(relation.get("m.in_reply_to")).get("event_id", ""))
        falling_back = relation.get("is_falling_back") is True  # a thread's answer to nobody in particular
        thread = str(relation.get("event_id", "")) if relation.get("rel_type") == "m.thread" else ""
        heard = self._picked(content) or self._typed(content, reply=bool(reply), direct=direct)
        if heard is None:
            return None
        command, arguments, if_ours = heard
        target = "" if falling_back and not if_ours else reply
        return Heard(command=command, arguments=arguments, answers=target, thread=thread, if_ours=if_ours)

    def _picked(self, content: Mapping[str, Any]) -> tuple[Command, dict[str, str], bool] | None:
        """A command that was picked from a list and filled in."""
        picked = _mapping(content.get(INVOCATION))
        command = find(str(picked.get("command", "")))
        if command is None or self.us not in _mentioned(content):
            return None
        given = _mapping(picked.get("arguments"))
        known = {parameter.name for parameter in command.parameters}
        filled = {name: str(value)[:LONGEST_LINE] for name, value in given.items() if name in known and value}
        return command, filled, False

    def _typed(
        self, content: Mapping[str, Any], *, reply: bool, direct: bool
    ) -> tuple[Command, dict[str, str], bool] | None:
        body = content.get("body")
        if not isinstance(body, str):
            return None
        line = (_without_quote(body) if reply else body)[: LONGEST_LINE * 4].strip()
        bare = self._without_name(line, content)
        called = bare is not None
        line = line if bare is None else bare
        if not line:
            return (HELP, {}, False) if called or direct else None
        sigil = line[0] in "!/"
        words = line.lstrip("!/").split()
        if words[:1] == ["redirect"] and (sigil or called):
            return (REDIRECT, _whom(words[1:]), False)
        return self._read(line, sigil=sigil, addressed=called or direct, reply=reply)

    def _read(
        self, line: str, *, sigil: bool, addressed: bool, reply: bool
    ) -> tuple[Command, dict[str, str], bool] | None:
        if not (sigil or addressed or reply):
            return None
        if "\n" in line:  # a question is one line; more is talk, or an answer to somebody
            line = line.splitlines()[0]
        read = read_line(line)
        if not isinstance(read, Misread):
            command, arguments = read
            return command, arguments, not (sigil or addressed)
        word = (line.lstrip("!/").split() or [""])[0].lower()
        near = word if find(word) else next((c.name for c in COMMANDS if _one_edit(word, c.name)), "")
        if addressed or (sigil and near):
            return HELP, ({"near": near} if near else {}), False
        return None

    def _without_name(self, line: str, content: Mapping[str, Any]) -> str | None:
        """The line without our name before it, or None where we are not called at its beginning."""
        names = [self.us[1:], self.us[1:].partition(":")[0], self.name]
        pattern = "|".join(re.escape(name) for name in names if name)
        begins = re.match(rf"@?(?:{pattern})(?:(?P<mark>[:,])\s*|\s+|$)", line, re.IGNORECASE)
        if begins is None:
            return None
        certain = self.us in _mentioned(content) or self.us in str(content.get("formatted_body", ""))
        return line[begins.end() :].strip() if certain or begins["mark"] else None


def _whom(words: list[str]) -> dict[str, str]:
    """What may follow `!redirect`, in any order: the author, where it is no reply, and a project."""
    named = [word for word in words[:2] if len(word) < 256]
    authors = [word for word in named if word.startswith("@")]
    projects = [word for word in named if not word.startswith("@")]
    return ({"author": authors[0]} if authors else {}) | ({"project": projects[0]} if projects else {})


def _mentioned(content: Mapping[str, Any]) -> list[object]:
    users = _mapping(content.get("m.mentions")).get("user_ids")
    return users if isinstance(users, list) else []


def _without_quote(body: str) -> str:
    """What stands below the quoted message that older clients put first."""
    lines = body.splitlines()
    while lines and lines[0].startswith(">"):
        lines.pop(0)
    return "\n".join(lines).strip()


def _one_edit(word: str, name: str) -> bool:
    """Whether one letter was changed, left out, added, or two were swapped."""
    if abs(len(word) - len(name)) > 1 or len(word) < 3:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
    left, right = word[start:], name[start:]
    swapped = left[:2] == right[:2][::-1] and left[2:] == right[2:]
    return left[1:] == right[1:] or left[1:] == right or left == right[1:] or swapped


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
