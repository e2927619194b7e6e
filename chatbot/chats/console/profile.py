"""What the terminal says of itself."""

from chatbot.chats.console.format import to_text
from chatbot.core.model.chat_profile import ChatProfile

PROFILE = ChatProfile(
    name="console",
    title="the terminal",
    room_address="console",
    room_examples=("console",),
    mention=r"(?:role|user):\S+|room",  # it shows whom another chat would ping
    room_word="terminal",
    server_word="terminal",
    private_in_rooms=True,
    as_text=to_text,
)
