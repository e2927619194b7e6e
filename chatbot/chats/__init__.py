"""The chats: each formats neutral messages and takes questions, behind the one port `Chat`. This is the list of them."""

from chatbot.chats.console.client import ConsoleChat as TerminalChat
from chatbot.chats.console.client import ask_line
from chatbot.chats.console.format import colour_of, to_panel, to_text
from chatbot.chats.console.profile import PROFILE as _CONSOLE
from chatbot.chats.discord.profile import PROFILE as _DISCORD
from chatbot.chats.matrix.profile import PROFILE as _MATRIX
from chatbot.core.model.chat_profile import ChatProfile

__all__ = ["PROFILES", "TERMINAL", "TerminalChat", "ask_line", "colour_of", "profile_named", "to_panel", "to_text"]

PROFILES: tuple[ChatProfile, ...] = (_DISCORD, _MATRIX, _CONSOLE)
TERMINAL = _CONSOLE  # where the bot speaks when no other chat is configured
_BY_NAME = {profile.name: profile for profile in PROFILES}


def profile_named(name: str) -> ChatProfile:
    """The chat of this name. Raises KeyError."""
    return _BY_NAME[name]
