"""The install link: whoever opens it and may manage a server adds the bot there, with exactly these permissions."""

import base64
import binascii
from collections.abc import Iterable

from chatbot.chats.discord.access.permissions import Permission, number_of

SCOPES = ("bot", "applications.commands")
PLACEHOLDER = "APPLICATION_ID"  # stands in a link whose application nobody has named
_ADDRESS = "https://discord.com/oauth2/authorize"


def install_link(application: str, permissions: Iterable[Permission]) -> str:
    """`application`: its id, from the page *General Information* of the developer portal; empty where it is not known."""
    scope = "+".join(SCOPES)
    return f"{_ADDRESS}?client_id={application or PLACEHOLDER}&scope={scope}&permissions={number_of(permissions)}"


def application_of(token: str) -> str:
    """The id of the application that a bot's token belongs to, or an empty string.

    A token's first part is its account's id in base64, and a bot's account has the id of its application. The id is public.
    """
    first, dot, _ = token.partition(".")
    if not dot:
        return ""
    try:
        text = base64.b64decode(first + "=" * (-len(first) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    return text if 15 <= len(text) <= 20 and text.isdigit() else ""
