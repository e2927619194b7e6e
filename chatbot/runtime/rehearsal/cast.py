"""The chats of a rehearsal, made from the settings, and the configuration that keeps it apart from the bot that really runs."""

from collections.abc import AsyncIterator
from dataclasses import replace

from chatbot.core.checks.result import LONGEST_NAME
from chatbot.core.model.ids import RoomAddress
from chatbot.core.text.visible import printable
from chatbot.ports import Chat, Clock
from chatbot.runtime.chats import chats_of, stage_of
from chatbot.runtime.config import ServicesConfig
from chatbot.runtime.rehearsal.chat import RehearsingChat
from chatbot.runtime.services import Services
from chatbot.runtime.settings.settings import Settings

# Nothing that a rehearsal decides or posts is remembered: the bot that really runs later announces what it would have announced
# anyway, once, whatever was shown before.
IN_MEMORY = "sqlite://"


def apart(config: ServicesConfig) -> ServicesConfig:
    """The configuration with a database of its own, which is gone at the end, and without signs of life to others."""
    return replace(config, database=IN_MEMORY, deadman_url="")


def rehearsing_chats(
    room: RoomAddress, settings: Settings, services: Services, lines: AsyncIterator[str], clock: Clock
) -> list[Chat]:
    """A chat for each that is configured, all of which speak in the one room. Its own chat must be configured."""
    stage = stage_of(room, settings, services, lines, clock)
    if stage is None:
        raise ValueError(f"the chat of {room} is not configured")
    looking: dict[str, Chat] = {chat.name: chat for chat in chats_of(settings, services, lines, clock)}
    looking[stage.name] = stage

    def called(address: RoomAddress) -> str:
        chat = looking.get(address.chat)
        return printable(chat.room_name(address)).strip()[:LONGEST_NAME] if chat is not None else ""

    return [RehearsingChat(name, stage, room, chat, called) for name, chat in looking.items()]
