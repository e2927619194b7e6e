"""The library is led to the settings' endpoints through attributes that it does not document: they must be where we think."""

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from chatbot.chats.discord import endpoints
from chatbot.chats.discord.library import VERSION


def test_the_pinned_version_is_installed() -> None:
    assert discord.__version__ == VERSION


def test_every_client_is_led_there_and_back() -> None:
    endpoints.point_at("http://127.0.0.1:1/api/v10/", "ws://127.0.0.1:1/gateway")
    assert Route("GET", "/users/@me").url == "http://127.0.0.1:1/api/v10/users/@me"
    assert yarl.URL("ws://127.0.0.1:1/gateway") == DiscordWebSocket.DEFAULT_GATEWAY
    endpoints.point_at(endpoints.API_URL, endpoints.GATEWAY_URL)
    assert Route("GET", "/users/@me").url == "https://discord.com/api/v10/users/@me"
