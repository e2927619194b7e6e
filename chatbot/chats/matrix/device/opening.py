"""Opening an account: lock, login, keys, identity; closed in reverse."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import structlog

from chatbot.chats.matrix.device.account import Account
from chatbot.chats.matrix.device.crypto import Crypto
from chatbot.chats.matrix.device.identity import ensure_signed
from chatbot.chats.matrix.device.keys_elsewhere import KeysElsewhere
from chatbot.chats.matrix.device.login import log_in, log_in_again
from chatbot.chats.matrix.device.store import DeviceStore
from chatbot.chats.matrix.homeserver import Homeserver, Refusal, Renew, quoted
from chatbot.chats.matrix.pace import Pace
from chatbot.chats.matrix.session import Session
from chatbot.ports import ChatUnavailable, Clock, SyncMemory

log = structlog.get_logger(__name__)

CONNECTIONS = 24  # to one homeserver: deliveries, the sync and what they ask besides


@asynccontextmanager
async def open_session(account: Account, memory: SyncMemory, clock: Clock) -> AsyncIterator[Session]:
    """A login that is ready to sync and to send. Raises ChatStopped or ChatUnavailable."""
    device_store = DeviceStore(account.store_path)
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    with device_store.locked():
        async with aiohttp.ClientSession(connector=connector) as http:
            server = Homeserver(http, account.homeserver)
            device = await log_in(server, account, device_store, clock)
            server.renew = _renewal(server, account, device_store)
            crypto = Crypto(device, device_store, server, clock)
            try:
                session = Session(server, device, crypto, memory, Pace(time.monotonic), clock)
                await session.recall()
                await _publish(session, device_store, account.password)
                yield session
            finally:
                crypto.close()


@asynccontextmanager
async def open_beside(account: Account, memory: SyncMemory, clock: Clock) -> AsyncIterator[Session]:
    """A login for a few messages. Where a running bot holds the device, its token is used without its keys: what is encrypted
    can be neither written nor read. Raises ChatStopped or ChatUnavailable."""
    device_store = DeviceStore(account.store_path)
    device = device_store.load() if device_store.is_held() else None
    if device is None:
        async with open_session(account, memory, clock) as session:
            yield session
        return
    async with aiohttp.ClientSession() as http:
        server = Homeserver(http, account.homeserver, device.access_token)
        session = Session(server, device, KeysElsewhere(), memory, Pace(time.monotonic), clock)
        await session.recall()
        yield session


async def display_name(session: Session) -> str:
    """What people see as our name, empty where there is none."""
    try:
        answer = await session.server.get(f"/v3/profile/{quoted(session.us)}/displayname")
    except (Refusal, ChatUnavailable):
        return ""
    name = answer.get("displayname")
    return name if isinstance(name, str) else ""


def _renewal(server: Homeserver, account: Account, device_store: DeviceStore) -> Renew:
    """How to log in again as the same device when the homeserver ends a token softly."""

    async def renew() -> str:
        device = device_store.load()
        if device is None:
            raise ChatUnavailable(f"the device's file in {device_store.folder} is gone: restart the bot")
        renewed = await log_in_again(server, account, device_store, device)
        log.info("logged in to Matrix again", device=renewed.device_id)
        return renewed.access_token

    return renew


async def _publish(session: Session, device_store: DeviceStore, password: str) -> None:
    """Put the device's keys on the server and sign them. What fails here leaves plain rooms working."""

    def keep(seeds: dict[str, str]) -> None:
        device_store.save(replace(device_store.load() or session.device, seeds=seeds))

    try:
        await session.crypto.publish()
        wrong = await ensure_signed(session.server, session.device, session.crypto.olm.sign_json, keep, password)
    except Refusal as refusal:
        wrong = f"the bot's keys could not be published: {refusal}"
    if wrong:
        log.warning("encryption is limited", reason=wrong)
