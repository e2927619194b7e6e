"""The settings of one Matrix account."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The operator's settings of one Matrix account. `direct_chats`: who may open a DM, besides those who may invite: everybody
    who shares a room with the bot, or nobody."""

    homeserver: str
    user_id: str
    store_path: Path
    password: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    device_id: str = ""
    pickle_key: str = field(default="", repr=False)
    allow_invites_from: tuple[str, ...] = ()
    direct_chats: Literal["members", "listed"] = "listed"
