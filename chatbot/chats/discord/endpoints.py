"""Where Discord is: the library keeps its addresses in class attributes, which this page sets from the settings."""

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

API_URL = "https://discord.com/api/v10"
GATEWAY_URL = "wss://gateway.discord.gg/"


def point_at(api_url: str, gateway_url: str) -> None:
    """Lead every client of this process there. Neither attribute is documented: the version is guarded in the package, and
    this checks that they are still where they were."""
    before: tuple[object, object] = (getattr(Route, "BASE", None), getattr(DiscordWebSocket, "DEFAULT_GATEWAY", None))
    if not isinstance(before[0], str) or not isinstance(before[1], yarl.URL):
        raise TypeError(f"discord.py {discord.__version__} keeps its endpoints elsewhere: use the pinned version")
    Route.BASE = api_url.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
