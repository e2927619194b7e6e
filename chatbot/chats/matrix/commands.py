"""What a Matrix event asks of the bot, if anything: which words are meant for us, and which are other people's talk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import dropwhile
from typing import Any

from chatbot.chats.matrix.calling import called_in, mentioned, mentions
from chatbot.chats.matrix.rooms import Event
from chatbot.core.queries.commands import COMMANDS, LONGEST_LINE, Command, CommandError, Kind, Right, find, read_line
from chatbot.core.queries.numbered import number_in
from chatbot.core.text.visible import printable

INVOCATION = "org.matrix.msc4391.command"  # what clients with a command picker send
WORDLESS = (
    "m.emote",
    "m.image",
    "m.file",
    "m.audio",
    "m.video",
    "m.location",
)  # bots say m.notice, which is no question
HELP = Command("help", "What can be asked")
PICK = Command("pick", "Answer with a number", private=True, hidden=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedCommand:
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

    def hear(self, event: Event, *, direct: bool) -> ParsedCommand | None:
        """The question in a message, or None where nothing was asked of us. In a direct chat everything is."""
        content = event.get("content")
        if not isinstance(content, Mapping) or event.get("sender") == self.us:
            return None
        if event.get("type") == "m.reaction":
            return _reaction(content) if direct else None
        if event.get("type") != "m.room.message":
            return None
        relation = _mapping(content.get("m.relates_to"))
        if relation.get("rel_type") == "m.replace" or "m.new_content" in content:
            return None
        content = _newest(event, content)
        if content.get("msgtype") != "m.text":
            return ParsedCommand(command=HELP) if direct and content.get("msgtype") in WORDLESS else None
        reply = str(_mapping(relation.get("m.in_reply_to")).get("event_id", ""))
        falling_back = relation.get("is_falling_back") is True  # a thread's answer to nobody in particular
        thread = str(relation.get("event_id", "")) if relation.get("rel_type") == "m.thread" else ""
        text_message = _TextMessage(
            content, reply=bool(reply or thread), answers=bool(reply) and not falling_back, direct=direct
        )
        answers = reply if text_message.answers else ""
        picked = (
            self._picked(content) or (_number(content, answers) if direct else None) or self._from_text(text_message)
        )
        if picked is None:
            return None
        command, arguments, if_ours = picked
        target = "" if falling_back and not if_ours else reply
        return ParsedCommand(command=command, arguments=arguments, answers=target, thread=thread, if_ours=if_ours)

    def _picked(self, content: Mapping[str, Any]) -> tuple[Command, dict[str, str], bool] | None:
        """A command that was picked from a list and filled in."""
        picked = _mapping(content.get(INVOCATION))
        command = _typed(str(picked.get("command", "")))
        if command is None or self.us not in mentioned(content):
            return None
        arguments = _mapping(picked.get("arguments"))
        names = {parameter.name for parameter in command.parameters}
        filled = {
            name: _visible(str(value)[:LONGEST_LINE]).strip()
            for name, value in arguments.items()
            if name in names and value
        }
        return command, filled, False

    def _from_text(self, text_message: "_TextMessage") -> tuple[Command, dict[str, str], bool] | None:
        body = text_message.content.get("body")
        if not isinstance(body, str):
            return None
        words = _visible((_without_quote(body) if text_message.reply else body)[: LONGEST_LINE * 4])
        line = words.strip()
        bare = self._without_name(line, text_message.content)
        called = bare is not None
        line = line if bare is None else bare
        if not line:
            return (HELP, {}, False) if called or text_message.direct else None
        line = line.splitlines()[0]  # a question is one line; more is talk, or an answer to somebody
        return self._parse(line, text_message, sigil=line[0] in "!/", addressed=called or text_message.direct)

    def _parse(
        self, line: str, text_message: "_TextMessage", *, sigil: bool, addressed: bool
    ) -> tuple[Command, dict[str, str], bool] | None:
        if not (sigil or addressed or text_message.reply):
            return None
        word, *more = line.lstrip("!/").split() or [""]
        if word == "?" and not (sigil or addressed):  # a reply that only wonders
            return None
        by_name = _typed(word)
        if by_name is not None and by_name.right is not Right.EVERYONE and not (sigil or addressed):
            return None  # it acts, so it is never taken from mere talk
        if by_name is not None and by_name.name == "redirect":
            return by_name, _whom(more), False
        parsed = read_line(line)
        if not isinstance(parsed, CommandError):
            command, arguments = parsed
            if not (sigil or addressed) and not _is_meant(command, arguments, answers=text_message.answers):
                return None
            return command, arguments, not (sigil or addressed)
        near = (
            word.lower()
            if by_name
            else next((c.name for c in COMMANDS if not c.hidden and _one_edit(word.lower(), c.name)), "")
        )
        if addressed or (sigil and near):
            return HELP, ({"near": near} if near else {}), False
        return None

    def _without_name(self, line: str, content: Mapping[str, Any]) -> str | None:
        """The line without our name before it, or None where we are not called at its beginning."""
        names = (self.name,) if self.name else ()
        called = called_in(line, self.us, names, str(content.get("formatted_body", "")))
        if called is None or not (called.certain or mentions(content, self.us)):
            return None
        return called.rest


@dataclass(frozen=True, slots=True, kw_only=True)
class _TextMessage:
    """A message. `reply`: it answers one or stands in a thread; `answers`: it answers one on purpose."""

    content: Mapping[str, Any] = field(kw_only=False)
    reply: bool
    answers: bool
    direct: bool


def _reaction(content: Mapping[str, Any]) -> ParsedCommand | None:
    """A number that was put to a message as a reaction; people react with anything else as they like."""
    relation = _mapping(content.get("m.relates_to"))
    key, event = relation.get("key"), str(relation.get("event_id", ""))
    number = number_in(key[:8]) if isinstance(key, str) else None
    if number is None or relation.get("rel_type") != "m.annotation":
        return None
    return ParsedCommand(command=PICK, arguments={"number": str(number), "message": event})


def _number(content: Mapping[str, Any], answers: str) -> tuple[Command, dict[str, str], bool] | None:
    """A number alone: the choice of the message that it replies to, or of the last one that offered any."""
    body = content.get("body")
    words = _without_quote(body) if isinstance(body, str) and answers else body
    number = number_in(words) if isinstance(words, str) and len(words) < LONGEST_LINE else None
    if number is None:
        return None
    return PICK, {"number": str(number), **({"message": answers} if answers else {})}, False


def _typed(word: str) -> Command | None:
    """The command of that name, if people type it."""
    command = find(word)
    return None if command is None or command.hidden else command


def _is_meant(command: Command, arguments: Mapping[str, str], *, answers: bool) -> bool:
    """Whether words without our name or a sign, said below a message of ours, are a question: people talk there.

    They are if they name nothing but versions and ids, or if they are a reply that is a command's name and no more.
    """
    if not arguments:
        return answers
    parameters = {parameter.name: parameter for parameter in command.parameters}
    return all(
        _LOOKS_LIKE.get(parameters[name].kind, _nothing)(text)
        for name, value in arguments.items()
        for text in (value.replace(",", " ").split() if parameters[name].several else [value])
    )


def _is_version(text: str) -> bool:
    """Digits with dots or dashes between; a single word of talk has none."""
    bare = text.removeprefix("v").removeprefix("V")
    return bare[:1].isdigit() and len(bare) <= 64 and not any(character.isspace() for character in bare)


def _is_id(text: str) -> bool:
    return text.upper().startswith(("GHSA-", "CVE-")) and len(text) <= 64


def _nothing(_: str) -> bool:
    return False


_LOOKS_LIKE: Mapping[Kind, Callable[[str], bool]] = {
    Kind.VERSION: _is_version,
    Kind.LINE: _is_version,
    Kind.SCOPE: _is_version,
    Kind.DATE: _is_version,
    Kind.SEVERITY: lambda text: text.lower() in ("critical", "high", "medium", "low"),
    Kind.ADVISORY: _is_id,
    Kind.SUBJECT: lambda text: _is_version(text) or _is_id(text),
}


def _newest(event: Event, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the message says after its sender's last edit, where the server told of one along with it."""
    bundled = _mapping(_mapping(_mapping(event.get("unsigned")).get("m.relations")).get("m.replace"))
    new = _mapping(bundled.get("content")).get("m.new_content")
    same = bundled.get("sender") == event.get("sender") and bundled.get("type") == event.get("type")
    return new if same and isinstance(new, Mapping) else content


def _visible(text: str) -> str:
    """The words as one sees them: invisible characters are left out, and every blank is a plain one."""
    return printable(text, lines=True)


def _whom(words: list[str]) -> dict[str, str]:
    """What may follow `!redirect`, in any order: the author, where it does not reply, and a project, with or without its
    parameter's name."""
    words_named = [word.removeprefix("author:").removeprefix("project:") for word in words[:2] if len(word) < 256]
    authors = [word for word in words_named if word.startswith("@")]
    projects = [word for word in words_named if not word.startswith("@")]
    return ({"author": authors[0]} if authors else {}) | ({"project": projects[0]} if projects else {})


def _without_quote(body: str) -> str:
    """What stands below the quoted message that older clients put first."""
    return "\n".join(dropwhile(lambda line: line.startswith(">"), body.splitlines())).strip()


def _one_edit(word: str, name: str) -> bool:
    """Whether one letter was changed, left out, added, or two were swapped."""
    if abs(len(word) - len(name)) > 1 or len(word) < 3:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
    own, right = word[start:], name[start:]
    swapped = own[:2] == right[:2][::-1] and own[2:] == right[2:]
    return own[1:] == right[1:] or own[1:] == right or own == right[1:] or swapped


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
