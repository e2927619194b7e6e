"""What Matrix says of itself."""

from datetime import timedelta

from chatbot.chats.matrix.blocks import COMMAND_SIGN
from chatbot.chats.matrix.format import to_content
from chatbot.core.model.chat_profile import ChatProfile
from chatbot.core.model.message import Message

# https://spec.matrix.org/latest/appendices/#server-name
SERVER = r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
USER = rf"@[^\s:]{{1,200}}:{SERVER}"
# A thread of a room is a room too: its root's event id behind a slash.
_THREAD = r"(?:/\$[A-Za-z0-9_/+=-]{1,200})?"


def _preview(message: Message) -> object:
    return to_content(message, {})


def _as_text(message: Message) -> str:
    return str(to_content(message, {})["body"])


PROFILE = ChatProfile(
    name="matrix",
    pace=0.2,  # https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html#rc_message
    title="Matrix",
    room_address=rf"matrix:(?:[!#][^\s:]{{1,200}}:{SERVER}|![A-Za-z0-9_-]{{20,200}}){_THREAD}",
    room_examples=("matrix:!id:server", "matrix:#alias:server"),
    person_address=rf"matrix:{USER}",
    person_examples=("matrix:@alice:example.org",),
    mention=rf"user:{USER}|room",
    mention_examples=("user:@alice:example.org",),
    command_prefix=COMMAND_SIGN,
    key_window=timedelta(hours=20),  # Synapse keeps transaction ids 24 h per device
    preview=_preview,
    as_text=_as_text,
    loggers=("nio", "peewee"),
    overcautious_loggers=(
        "nio.responses",
        "nio.crypto",
    ),  # they warn of every refusal that we handle and name ourselves
)
