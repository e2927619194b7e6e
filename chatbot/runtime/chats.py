"""The chats of a bot, each made from its settings: the one list of those that can be configured."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from rich.console import Console

from chatbot.chats.console.client import ConsoleChat
from chatbot.chats.discord.profile import PROFILE as DISCORD
from chatbot.chats.matrix.device.account import Account
from chatbot.chats.matrix.profile import PROFILE as MATRIX
from chatbot.core.model.ids import RoomAddress
from chatbot.ports import Chat, Clock
from chatbot.runtime.delivery.refusal_retry import NoticingMemory, RefusalRetry
from chatbot.runtime.replicas.replica import same_directory
from chatbot.runtime.services import Services
from chatbot.runtime.settings.settings import Settings
from chatbot.store.inbox import StoredSyncMemory
from chatbot.store.pauses import StoredPauses


def chats_of(settings: Settings, services: Services, lines: AsyncIterator[str], clock: Clock) -> list[Chat]:
    """The configured chats; the terminal where a room of it watches a project."""
    chats: list[Chat] = []
    if settings.has_discord:
        chats.append(_discord(settings, services, clock))
    if settings.has_matrix:
        chats.append(_matrix(settings, services, clock))
    if _rooms_of(services, ConsoleChat.name):
        chats.append(ConsoleChat(Console(), lines, services.answers, clock))
    return chats


def chat_named(
    name: str, settings: Settings, services: Services, lines: AsyncIterator[str], clock: Clock
) -> Chat | None:
    """One of the configured chats, whether a room of it watches a project or not; the terminal is always one. None where it is
    not configured."""
    return stage_of(RoomAddress(name), settings, services, lines, clock, only=False)


def stage_of(
    room: RoomAddress,
    settings: Settings,
    services: Services,
    lines: AsyncIterator[str],
    clock: Clock,
    *,
    only: bool = True,
) -> Chat | None:
    """The chat of a room, which does nothing outside of it (`only`); None where the chat is not configured."""
    where = room if only else None
    if not has_chat(settings, room.chat):
        return None
    if room.chat == DISCORD.name:
        return _discord(settings, services, clock, where)
    if room.chat == MATRIX.name:
        return _matrix(settings, services, clock, where)
    return ConsoleChat(Console(), lines, services.answers, clock)


def has_chat(settings: Settings, name: str) -> bool:
    """Whether a chat can be used: the terminal always, the others where they have an account."""
    return {DISCORD.name: settings.has_discord, MATRIX.name: settings.has_matrix, ConsoleChat.name: True}.get(
        name, False
    )


def _discord(settings: Settings, services: Services, clock: Clock, only_in: RoomAddress | None = None) -> Chat:
    from chatbot.chats.discord.client import DiscordChat  # noqa: PLC0415 - its library is heavy, and not every bot has it
    from chatbot.chats.discord.gateway import ConnectionOptions  # noqa: PLC0415 - as above

    table = settings.discord
    return DiscordChat(
        token=table.token.get_secret_value,
        answerer=services.answers,
        clock=clock,
        api_url=table.api_url,
        gateway_url=table.gateway_url,
        options=ConnectionOptions(
            allow_guilds=frozenset(table.allow_guilds),
            sharded=table.sharded,
            only_in=None if only_in is None else int(only_in.place),
        ),
        changed=partial(_refusal_retry(services).tried, DISCORD.name),
        pauses=StoredPauses(services.store, DISCORD.name),
    )


def _matrix(settings: Settings, services: Services, clock: Clock, only_in: RoomAddress | None = None) -> Chat:
    from chatbot.chats.matrix.client import MatrixChat  # noqa: PLC0415 - its library is heavy, and not every bot has it

    name = MATRIX.name
    stored = StoredSyncMemory(services.store, name, name)
    memory = NoticingMemory(stored, name, partial(_refusal_retry(services).tried, name))
    rooms = partial(addresses_of, services, name)
    return MatrixChat(matrix_account(settings), memory, clock, rooms=rooms, only_in=only_in)


def _rooms_of(services: Services, chat: str) -> list[RoomAddress]:
    """The addresses of a chat's rooms, as the configuration has them now."""
    return [room.address for room in services.config.rooms if room.address.chat == chat]


def addresses_of(services: Services, chat: str) -> list[RoomAddress]:
    """The same, and those of maintainers' rooms: the bot is invited there as well, and knows them by the alias that they have in
    the configuration."""
    ours = [each.maintainers_room for each in services.config.projects if each.maintainers_room.chat == chat]
    return list(dict.fromkeys([*_rooms_of(services, chat), *ours]))


def _refusal_retry(services: Services) -> RefusalRetry:
    return RefusalRetry(services.store, services.clock, lambda: [room.address for room in services.config.rooms])


def matrix_account(settings: Settings) -> Account:
    """The one Matrix account."""
    matrix = settings.matrix
    return Account(
        homeserver=matrix.homeserver,
        user_id=matrix.user_id,
        store_path=Path(matrix.store_path),
        password=matrix.password.get_secret_value(),
        access_token=matrix.access_token.get_secret_value(),
        device_id=matrix.device_id,
        pickle_key=matrix.pickle_key.get_secret_value(),
        allow_invites_from=matrix.allow_invites_from,
        direct_chats=matrix.direct_chats,
    )


async def admit(settings: Settings, services: Services, chat: str) -> None:
    """Raise ChatStopped where this replica must not hold a chat's account: a Matrix account's keys are in its directory."""
    if chat == MATRIX.name:
        await same_directory(services.store, chat, Path(settings.matrix.store_path))
