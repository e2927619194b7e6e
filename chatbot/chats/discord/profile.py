"""What Discord says of itself."""

from datetime import timedelta

from chatbot.chats.discord.commands import ON_MESSAGES
from chatbot.chats.discord.format import to_payload
from chatbot.chats.discord.pacer import REQUESTS_PER_SECOND
from chatbot.chats.discord.plain_text import as_text
from chatbot.core.model.chat_profile import ChatProfile

SNOWFLAKE = r"[1-9][0-9]{0,19}"  # https://discord.com/developers/docs/reference#snowflakes

PROFILE = ChatProfile(
    name="discord",
    pace=REQUESTS_PER_SECOND,
    title="Discord",
    room_address=rf"discord:{SNOWFLAKE}",
    room_examples=("discord:CHANNEL_ID",),
    person_address=rf"discord:(?:user|role):{SNOWFLAKE}",
    person_examples=("discord:user:ID", "discord:role:ID"),
    mention=rf"role:{SNOWFLAKE}|user:{SNOWFLAKE}|room",
    mention_examples=("role:ID", "user:ID"),
    room_word="channel",
    server_word="server",
    private_in_rooms=True,
    in_menus={name: f"Apps → {label} (in the menu of a message)" for name, label in ON_MESSAGES.items()},
    key_window=timedelta(seconds=60),  # “a few minutes”, unpublished: 60 s is the careful reading
    preview=to_payload,
    as_text=as_text,
    loggers=("discord",),
)
