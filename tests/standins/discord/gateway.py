"""The gateway of the stand-in: hello, identify, heartbeats, resume with replay, and the ways in which it lets a client down."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.patience import PATIENCE
from tests.standins.discord.objects import snowflake
from tests.standins.discord.world import World

JSON = Any
CLOSING = 5.0  # seconds
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11


@dataclass
class Session:
    id: str
    shard: tuple[int, int] = (0, 1)
    log: list[JSON] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None
    open: bool = True


class Gateway:
    """`close_identify_with` is a close code for the next identifications; `deaf` stops heartbeat answers (a zombie)."""

    def __init__(self, world: World, heartbeat_ms: int = 41_250) -> None:
        self.world = world
        self.heartbeat_ms = heartbeat_ms
        self.close_identify_with: int | None = None
        self.invalidate_next_resume = False
        self.deaf = False
        self.identifies: list[JSON] = []
        self.resumes: list[JSON] = []
        self.heartbeats = 0
        self.opened = 0
        self.sessions: dict[str, Session] = {}
        self.resume_url = ""
        self._changed = asyncio.Condition()

    async def until(self, *, identifies: int = 0, resumes: int = 0, opened: int = 0, within: float = PATIENCE) -> None:
        """Wait until so many connections were opened, identifications tried and resumptions accepted."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(
                lambda: len(self.identifies) >= identifies and len(self.resumes) >= resumes and self.opened >= opened
            )

    async def serve(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=1 << 20)
        await socket.prepare(request)
        await self._send(socket, {"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms}, "s": None, "t": None})
        self.opened += 1
        await self._notify()
        session: Session | None = None
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            frame_data = json.loads(frame.data)
            if frame_data["op"] == HEARTBEAT:
                self.heartbeats += 1
                if not self.deaf:
                    await self._send(socket, {"op": ACK, "d": None})
            elif frame_data["op"] == IDENTIFY:
                session = await self._identify(socket, frame_data["d"])
            elif frame_data["op"] == RESUME:
                session = await self._resume(socket, frame_data["d"])
        if session is not None and session.socket is socket:
            session.socket = None
        return socket

    async def _identify(self, socket: web.WebSocketResponse, frame_data: JSON) -> Session | None:
        code = self.close_identify_with or (4004 if frame_data["token"] != self.world.token else None)
        self.identifies.append(frame_data)
        await self._notify()
        if code is not None:
            await socket.close(code=code)
            return None
        session = Session(f"session-{snowflake()}", tuple(frame_data.get("shard") or (0, 1)), socket=socket)
        self.sessions[session.id] = session
        await self._dispatch(session, "READY", self._ready(session))
        for guild in list(self.world.guilds.values()):
            if _serves(session, guild["id"]):
                await self._dispatch(session, "GUILD_CREATE", guild)
        return session

    def _ready(self, session: Session) -> JSON:
        return {
            "v": 10,
            "user": self.world.me,
            "guilds": [{"id": guild, "unavailable": True} for guild in self.world.guilds if _serves(session, guild)],
            "shard": list(session.shard),
            "session_id": session.id,
            "resume_gateway_url": self.resume_url,
            "application": {"id": self.world.app_id, "flags": 0},
        }

    async def _resume(self, socket: web.WebSocketResponse, frame_data: JSON) -> Session | None:
        session = self.sessions.get(frame_data["session_id"])
        if self.invalidate_next_resume or session is None or not session.open:
            self.invalidate_next_resume = False
            await self._send(socket, {"op": INVALID, "d": False})
            return None
        session.socket = socket
        self.resumes.append(frame_data)
        for event in session.log:
            if event["s"] > frame_data["seq"]:
                await self._send(socket, event)
        await self._dispatch(session, "RESUMED", {})
        await self._notify()
        return session

    async def dispatch(self, name: str, data: JSON) -> None:
        """Tell the sessions whom it concerns of an event; one that is away hears it when it resumes."""
        for session in list(self.sessions.values()):
            if session.open and _serves(session, data.get("guild_id")):
                await self._dispatch(session, name, data)

    async def _dispatch(self, session: Session, name: str, data: JSON) -> None:
        event = {"op": DISPATCH, "t": name, "s": len(session.log) + 1, "d": data}
        session.log.append(event)
        if session.socket is not None:
            await self._send(session.socket, event)

    async def drop(self, code: int | None = None) -> None:
        """Close every connection with a code, or cut it without a word."""
        for session in self.sessions.values():
            socket, session.socket = session.socket, None
            if socket is None:
                continue
            if code is not None:
                with suppress(TimeoutError):  # a client that is stopped or dead answers nothing
                    async with asyncio.timeout(CLOSING):
                        await socket.close(code=code)
            elif socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()

    async def ask_to_reconnect(self) -> None:
        for session in self.sessions.values():
            if session.socket is not None:
                await self._send(session.socket, {"op": RECONNECT, "d": None})

    async def invalidate(self) -> None:
        """Every session ends now and cannot be resumed."""
        for session in self.sessions.values():
            session.open = False
            if session.socket is not None:
                await self._send(session.socket, {"op": INVALID, "d": False})

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    @staticmethod
    async def _send(socket: web.WebSocketResponse, what: JSON) -> None:
        if not socket.closed:
            await socket.send_str(json.dumps(what))


def _serves(session: Session, guild_id: str | None) -> bool:
    """https://discord.com/developers/docs/events/gateway#sharding-sharding-formula; what belongs to no guild goes to the first."""
    shard, of = session.shard
    return (int(guild_id) >> 22) % of == shard if guild_id else shard == 0
