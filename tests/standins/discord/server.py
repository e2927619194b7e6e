"""The stand-in itself: one server on loopback that joins world, routes, limits, faults, gateway and interactions."""

import asyncio
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from yarl import URL

from tests.patience import PATIENCE
from tests.standins.discord import deeds, routes
from tests.standins.discord.gateway import Gateway
from tests.standins.discord.interactions import DEADLINE, Interactions
from tests.standins.discord.limits import Limits, Verdict
from tests.standins.discord.record import Recorded, Refusal
from tests.standins.discord.rules import complaints
from tests.standins.discord.world import World
from tests.standins.faults import Fault, Faults

JSON = Any
_PREFIX = "/api/v10"


class DiscordStandIn(deeds.Deeds):
    """Use it with `async with`: at its end it checks every request that it recorded against Discord's rules."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        heartbeat_ms: int = 41_250,
        deadline: float = DEADLINE,
        latency: float = 0.0,
    ) -> None:
        self.world = World()
        self.limits = limits or Limits()
        self.gateway = Gateway(self.world, heartbeat_ms)
        self.interactions = Interactions(self.world, deadline)
        self.requests: list[Recorded] = []
        self.answers_429 = 0
        self.latency = latency
        self.token = self.world.token
        self.api_url = ""
        self.gateway_url = ""
        self._faults = Faults()
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._site: web.BaseSite | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_route("*", _PREFIX + "/{tail:.*}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await self._site.start()
        port = self._runner.addresses[0][1]
        self.api_url = f"http://127.0.0.1:{port}{_PREFIX}"
        self.gateway_url = self.gateway.resume_url = self.world.gateway_url = f"ws://127.0.0.1:{port}/gateway"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if error is None:
            complaints = [f"{r.method} {r.path}: {problem}" for r in self.requests for problem in r.problems]
            assert not complaints, "\n".join(complaints)

    @property
    def faults(self) -> Faults:
        """What is planted and not yet taken."""
        return self._faults

    def plant(self, fault: Fault) -> None:
        """Let something go wrong for the next requests that fit."""
        self._faults.plant(fault)

    def requests_to(self, method: str, ending: str) -> list[Recorded]:
        """The recorded requests of that method whose path ends so."""
        return [r for r in self.requests if r.method == method and r.path.endswith(ending)]

    async def until(self, condition: Callable[[], bool], within: float = PATIENCE) -> None:
        """Wait until something holds that requests bring about."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(condition)

    async def go_away(self) -> None:
        """Refuse new connections. Each that is open takes one more request, and ends with its answer."""
        if self._site is not None:
            await self._site.stop()
        self._site = None

    async def come_back(self) -> None:
        """Listen again at the same address."""
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, "127.0.0.1", URL(self.api_url).port, reuse_address=True)
        await self._site.start()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.raw_path.removeprefix(_PREFIX).replace("%40", "@")
        raw = await request.read()
        recorded = Recorded(
            method=request.method,
            path=path,
            query=dict(request.query),
            body=json.loads(raw) if raw else None,
            content_type=request.content_type if raw else "",
            at=asyncio.get_running_loop().time(),
        )
        recorded.problems = complaints(recorded)
        self.requests.append(recorded)
        answer = await self._judge(request, recorded)
        recorded.status = answer.status
        if self._site is None:
            answer.force_close()
        if self.latency:
            await asyncio.sleep(self.latency)
        async with self._changed:
            self._changed.notify_all()
        return answer

    async def _judge(self, request: web.Request, recorded: Recorded) -> web.StreamResponse:
        public = recorded.path.startswith(("/interactions/", "/webhooks/"))
        if not public and request.headers.get("Authorization") != f"Bot {self.world.token}":
            return _json(401, {"message": "401: Unauthorized", "code": 0})
        fault = self._faults.take(recorded.method, recorded.path)
        if fault is not None and (answer := await self._before(request, fault)) is not None:
            return answer
        verdict = self.limits.judge(recorded.method, recorded.path, recorded.at, recorded.body)
        if verdict.retry_after:
            return self._limited(verdict)
        answer = self._answer(recorded, verdict)
        if fault is not None and fault.kind == "status_after":
            return _json(fault.status, {"message": "lost on the way back", "code": 0})
        if fault is not None and fault.kind == "drop_after":
            return _cut(request)
        return answer

    async def _before(self, request: web.Request, fault: Fault) -> web.StreamResponse | None:
        match fault.kind:
            case "drop":
                return _cut(request)
            case "hang":
                await asyncio.Event().wait()
            case "status":
                return _json(fault.status, {"message": "planted", "code": fault.code})
            case "ban":
                page = "<html><title>Access denied | Error 1015</title></html>"
                wait = {"Retry-After": f"{fault.retry_after:g}"} if fault.retry_after else {}
                return web.Response(status=429, text=page, content_type="text/html", headers=wait)
            case "limit" | "limit_global":
                return self._limited(Verdict({}, fault.retry_after, everywhere=fault.kind == "limit_global"))
        return None

    def _limited(self, verdict: Verdict) -> web.StreamResponse:
        self.answers_429 += 1
        body = {
            "message": "You are being rate limited.",
            "retry_after": verdict.retry_after,
            "global": verdict.everywhere,
        }
        return _json(429, body, verdict.headers | {"Retry-After": str(int(verdict.retry_after) + 1)})

    def _answer(self, recorded: Recorded, verdict: Verdict) -> web.StreamResponse:
        try:
            body = self._dispatch(recorded)
        except Refusal as refusal:
            return _json(refusal.status, {"message": refusal.message, "code": refusal.code}, verdict.headers)
        if body is routes.NO_CONTENT:
            return web.Response(status=204)
        return _json(200, body, verdict.headers)

    def _dispatch(self, recorded: Recorded) -> JSON:
        if recorded.problems:
            raise Refusal(400, 50035, "Invalid Form Body: " + "; ".join(recorded.problems))
        parts = recorded.path.split("/")[1:]
        match recorded.method, parts:
            case "POST", ["interactions", identifier, token, "callback"]:
                return self.interactions.callback(recorded, identifier, token, recorded.at)
            case "PATCH", ["webhooks", app, token, "messages", "@original"]:
                return self.interactions.edit_original(recorded, app, token)
            case "GET", ["webhooks", app, token, "messages", "@original"]:
                return self.interactions.get_original(app, token)
            case "DELETE", ["webhooks", app, token, "messages", "@original"]:
                self.interactions.delete_original(app, token)
                return routes.NO_CONTENT
            case "POST", ["webhooks", app, token]:
                return self.interactions.followup(recorded, app, token)
        for method, pattern, handler in routes.ROUTES:
            if method == recorded.method and (match := pattern.match(recorded.path)):
                return handler(self.world, recorded, **match.groupdict())
        raise Refusal(404, 0, f"404: Not Found ({recorded.method} {recorded.path})")


def _json(status: int, body: JSON, headers: dict[str, str] | None = None) -> web.Response:
    # The type stands without a charset: discord.py reads the body as text otherwise. Without Via it takes a 429 for a ban.
    headers_sent = {"Content-Type": "application/json", "Via": "1.1 stand-in", **(headers or {})}
    return web.Response(status=status, body=json.dumps(body).encode(), headers=headers_sent)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)
