"""The encryption of a device whose keys another process holds: there is none."""

from collections.abc import Iterable
from typing import Any

from chatbot.chats.matrix.device.crypto import Crypto
from chatbot.chats.matrix.rooms import Room
from chatbot.ports import ChatRefused

_NO_KEYS = "this room is encrypted, and the running bot holds the keys: stop it for a moment, or name another room"


class KeysElsewhere(Crypto):
    """Refuses to write where it would have to encrypt: two processes with the keys of one device would break them."""

    def __init__(self) -> None:
        """Nothing is opened, and nothing made."""

    async def encrypt(self, into: Room, content: dict[str, Any], invited: Iterable[str] = ()) -> dict[str, Any]:
        del into, content, invited
        raise ChatRefused(_NO_KEYS)
