"""`chatbot preview`: what would be said of a release or an advisory, where and to whom, and why or why not."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from chatbot.chats import PROFILES, TERMINAL, profile_named, to_text
from chatbot.cli.ask import show
from chatbot.cli.config_file import ConfigFile
from chatbot.cli.configuration import comments_of, settings_of
from chatbot.cli.failure import Failure
from chatbot.cli.help import Command
from chatbot.cli.output.printing import AsJson, print_json, print_words
from chatbot.cli.outside import finish
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message
from chatbot.runtime.clock import system_clock
from chatbot.runtime.queries import oneshot
from chatbot.runtime.queries.oneshot import Preview

ChatName = StrEnum("ChatName", {profile.name.upper(): profile.name for profile in PROFILES})  # type: ignore[misc]  # from the list of chats


def register(program: typer.Typer) -> None:
    program.command(cls=Command)(preview)


def preview(
    name: Annotated[str, typer.Argument(metavar="TAG|ADVISORY", help="A tag, a version, or an advisory's id.")],
    config: ConfigFile,
    as_chat: Annotated[
        ChatName | None,
        typer.Option(
            "--as", metavar="CHAT", help=f"Show what is sent to one chat, instead of words: {', '.join(ChatName)}."
        ),
    ] = None,
    why: Annotated[
        bool, typer.Option("--why", help="Say for each room why it would be announced there, or why not.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what would be announced in each room for a release or an advisory; nothing is sent or recorded."""
    settings = settings_of(config)
    previews = finish(oneshot.preview(settings, name, system_clock), settings)
    if not previews:
        raise Failure(f"no project has published {name[:64]!r}, or no room watches it; check the name and [[rooms]]")
    groups = _grouped(previews, by_chat=as_json and as_chat is None)
    if as_json:
        print_json([_shape(rooms, each, as_chat or each.room.chat) for rooms, each in groups])
        return
    for rooms, each in groups:
        _show(rooms, each, as_chat or TERMINAL.name, names=comments_of(config), why=why)


def _grouped(previews: Sequence[Preview], *, by_chat: bool) -> list[tuple[list[RoomAddress], Preview]]:
    """The rooms that see the same, and for the same reason, together, in the order of the configuration."""
    groups: dict[object, tuple[list[RoomAddress], Preview]] = {}
    for each in previews:
        chat = each.room.chat if by_chat else ""
        same = (chat, each.verdict, each.reason, each.calls, each.wanted, repr(each.message))
        groups.setdefault(same, ([], each))[0].append(each.room)
    return list(groups.values())


def _show(rooms: Sequence[RoomAddress], each: Preview, chat: str, *, names: Mapping[str, str], why: bool) -> None:
    would_announce = each.verdict == "announce"
    calls = ", with a ping" if each.calls else ""
    places = [f"{room} ({names[room]})" if names.get(room) else room for room in rooms]
    print_words(f"{', '.join(places)}: {'would be announced' + calls if would_announce else 'would not be announced'}")
    if why or not would_announce:
        print_words(f"{each.verdict}: {each.reason}", indent=2)
    if not would_announce and each.wanted:
        print_words("It would look like this:", indent=2)
    if not each.wanted:
        return
    if profile_named(chat).preview is None:
        show(each.message)
    else:
        print_json(_payload(each.message, chat))


def _payload(message: Message, chat: str) -> object:
    """What is sent to a chat, its words where it shows nothing else."""
    to_payload = profile_named(chat).preview
    return to_payload(message) if to_payload else to_text(message)


def _shape(rooms: Sequence[RoomAddress], each: Preview, chat: str) -> dict[str, object]:
    """A group of rooms as JSON; the keys are a promise (docs/reference/commands.md)."""
    return {
        "rooms": list(rooms),
        "verdict": each.verdict,
        "reason": each.reason,
        "calls": each.calls,
        "payload": _payload(each.message, chat) if each.wanted else None,
    }
