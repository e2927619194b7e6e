"""`chatbot deliveries`: what is waiting, parked or doubtful, and a person's word about it."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from chatbot.cli.config_file import ConfigFile
from chatbot.cli.configuration import settings_of
from chatbot.cli.failure import Failure
from chatbot.cli.help import Command, family
from chatbot.cli.output.printing import AsJson, print_json, print_words
from chatbot.cli.outside import existing_store, finish
from chatbot.core.delivery import State
from chatbot.core.model.ids import RoomAddress
from chatbot.core.text.words import age, count
from chatbot.runtime.clock import system_clock
from chatbot.runtime.settings.settings import Settings
from chatbot.store.outbox import deliveries
from chatbot.store.outbox.deliveries import Listed

OPEN = (State.SENDING, State.PENDING, State.WAITING, State.DOUBTFUL, State.REFUSED, State.PARKED)

Ids = Annotated[list[int], typer.Argument(metavar="ID...", help="Numbers from the list.")]


def register(program: typer.Typer) -> None:
    group = family("List, retry or drop undelivered messages.")
    group.command("list", cls=Command)(listing)
    group.command(cls=Command)(retry)
    group.command(cls=Command)(drop)
    program.add_typer(group, name="deliveries")


def listing(
    config: ConfigFile,
    room: Annotated[str | None, typer.Option("--room", metavar="ADDRESS", help="Only this room.")] = None,
    state: Annotated[
        list[State] | None,
        typer.Option(
            "--state",
            metavar="STATE",
            help=f"Only this state, or several by repeating the option: {', '.join(State)}. All open ones if left out.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List undelivered messages, the most urgent first, each with its number and the reason."""
    settings = settings_of(config)
    rows = finish(_list(settings, tuple(state or OPEN), RoomAddress(room) if room else None), settings)
    if as_json:
        print_json([shape(each) for each in rows])
        return
    if not rows:
        print("No undelivered messages." if not (room or state) else "No messages match.")
        return
    print_words("number  state  room  title")
    now = system_clock()
    for each in rows:
        print_words(f"{each.id}  {each.state}  {each.room}  {each.title}")
        tried = f"{count(each.attempts, 'attempt')}" if each.attempts else "not tried yet"
        about = f"{each.kind} of {each.subject}" if each.subject else "answer"
        print_words(f"{about}; queued {age(now - each.enqueued_at)}, {tried}", indent=4)
        if each.reason:
            print_words(each.reason, indent=4)


def retry(
    config: ConfigFile,
    ids: Ids,
    blind: Annotated[
        bool,
        typer.Option(
            "--blind",
            help="Do not look in the room first; use it only after you have checked that the message is not there.",
        ),
    ] = False,
) -> None:
    """Send these messages again. The bot first looks in the room for those that may have arrived."""
    settings = settings_of(config)
    _report("will be sent again", "sent again", ids, finish(_retry(settings, ids, blind=blind), settings))


def drop(config: ConfigFile, ids: Ids) -> None:
    """Drop these messages without sending them."""
    settings = settings_of(config)
    _report("was dropped", "dropped", ids, finish(_drop(settings, ids), settings))


async def _list(settings: Settings, states: Sequence[State], room: RoomAddress | None) -> list[Listed]:
    async with existing_store(settings) as store, store.reading() as tx:
        return await deliveries.listing(tx, states, room=room)


async def _retry(settings: Settings, ids: Sequence[int], *, blind: bool) -> list[int]:
    async with existing_store(settings) as store, store.writing() as tx:
        return await deliveries.retry(tx, ids, system_clock(), blind=blind)


async def _drop(settings: Settings, ids: Sequence[int]) -> list[int]:
    async with existing_store(settings) as store, store.writing() as tx:
        return await deliveries.drop(tx, ids, system_clock())


def _report(outcome: str, what: str, numbers: Sequence[int], changed: Sequence[int]) -> None:
    for number in changed:
        print(f"{number} {outcome}.")
    unchanged = [str(number) for number in numbers if number not in changed]
    if unchanged:
        raise Failure(f"{', '.join(unchanged)} cannot be {what}: gone, sent or replaced; see chatbot deliveries list")


def shape(each: Listed) -> dict[str, Any]:
    """One delivery as JSON; the keys are a promise (docs/reference/commands.md)."""
    return {
        "id": each.id,
        "key": each.key,
        "state": each.state.value,
        "room": each.room,
        "subject": each.subject,
        "title": each.title,
        "kind": each.kind,
        "lane": each.lane.name.lower(),
        "attempts": each.attempts,
        "enqueued_at": each.enqueued_at.isoformat(),
        "due": each.due.isoformat(),
        "reason": each.reason,
    }
