"""A registry, its token service and the store of its blobs, each on a port of its own, as on Docker Hub.

What it refuses is what a real one refuses: a token for another repository, for more than pulling or for no service; a request
without a token; an Accept header that does not name the type that is kept (404, as GHCR does); a name or a tag that is none;
pulls beyond the quota. HEAD costs no pull. The store of blobs refuses whoever shows it a token, as S3 does.
"""

import json
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from tests.standins.registry.content import Content

NAME = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
REFERENCE = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}|sha256:[0-9a-f]{64}")
SCOPE = re.compile(r"repository:([a-z0-9._/-]+):pull")

Privacy = Literal["", "no token", "no manifest"]  # where a registry refuses what is not public: 401 there, 403 here


@dataclass(kw_only=True)
class Registry:
    """What is kept, who may see it, and what was asked.

    quota: pulls that are left; None: no limit, and no header of it
    closed_for: the seconds of Retry-After with which everything is refused; None: open
    service: as its challenge names it
    redirects_blobs: whether its blobs lie elsewhere
    host, auth_host, blob_host: the addresses of its parts without the scheme, once it is served
    realm: where it says that tokens are given out; "" is its own service
    """

    repositories: dict[str, Content] = field(default_factory=dict)
    private: dict[str, Privacy] = field(default_factory=dict)
    anonymous: bool = False
    quota: int | None = None
    closed_for: int | None = None
    service: str = "registry.example"
    redirects_blobs: bool = False
    host: str = ""
    auth_host: str = ""
    blob_host: str = ""
    realm: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)

    def repository(self, name: str) -> Content:
        return self.repositories.setdefault(name, Content())

    def asked(self, method: str, path: str) -> int:
        """How many requests there were with this method to paths that contain this."""
        return sum(each == method and path in where for each, where in self.requests)

    # ---- the service that gives out tokens ----------------------------------------------------------------------------------

    async def give_token(self, request: web.Request) -> web.Response:
        self.requests.append(("TOKEN", request.query.get("scope", "")))
        scope = SCOPE.fullmatch(request.query.get("scope", ""))
        if request.query.get("service") != self.service or scope is None or "Authorization" in request.headers:
            return _error(403, "DENIED", "requested access to the resource is denied")
        if self.private.get(scope[1]) == "no token":
            return _error(401, "UNAUTHORIZED", "authentication required")
        token = secrets.token_urlsafe(24)
        self.tokens[token] = scope[1]
        return web.json_response({"token": token, "access_token": token, "expires_in": 300})

    # ---- the registry -------------------------------------------------------------------------------------------------------

    async def answer(self, request: web.Request) -> web.Response:
        name, kind, reference = request.match_info["name"], request.match_info["kind"], request.match_info["reference"]
        self.requests.append((request.method, f"{name}/{kind}/{reference}"))
        if self.closed_for is not None:
            return _error(429, "TOOMANYREQUESTS", "slow down", {"Retry-After": str(self.closed_for)})
        if not NAME.fullmatch(name):
            return _error(400, "NAME_INVALID", "invalid repository name")
        refusal = self._refusal(request, name)
        if refusal is not None:
            return refusal
        content = self.repositories.get(name)
        if content is None:
            return _error(404, "NAME_UNKNOWN", "repository name not known to registry")
        if kind == "blobs":
            return self._blob(content, reference)
        return self._manifest(request, content, reference)

    def _refusal(self, request: web.Request, name: str) -> web.Response | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not self.anonymous and (scheme != "Bearer" or self.tokens.get(token) != name):
            realm = self.realm or f"http://{self.auth_host}/token"
            challenge = f'Bearer realm="{realm}",service="{self.service}",scope="repository:user/image:pull"'
            return _error(401, "UNAUTHORIZED", "authentication required", {"WWW-Authenticate": challenge})
        if self.private.get(name):
            return _error(403, "DENIED", "requested access to the resource is denied")
        return None

    def _manifest(self, request: web.Request, content: Content, reference: str) -> web.Response:
        digest = content.tags.get(reference, reference)
        if not REFERENCE.fullmatch(reference) or digest not in content.manifests:
            return _error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        body, media_type = content.manifests[digest]
        types = {each.strip() for header in request.headers.getall("Accept", ()) for each in header.split(",")}
        if media_type not in types:
            message = f"found, but Accept header does not support {media_type}"
            return _error(404, "MANIFEST_UNKNOWN", message)
        if request.method == "GET" and self.quota is not None:
            if self.quota <= 0:
                return _error(429, "TOOMANYREQUESTS", "You have reached your pull rate limit.", self._quota_headers())
            self.quota -= 1
        headers = {"Docker-Content-Digest": digest, "Content-Type": media_type, **self._quota_headers()}
        return web.Response(body=body, headers=headers)

    def _quota_headers(self) -> dict[str, str]:
        if self.quota is None:
            return {}
        return {"ratelimit-limit": "100;w=21600", "ratelimit-remaining": f"{max(self.quota, 0)};w=21600"}

    def _blob(self, content: Content, digest: str) -> web.Response:
        if digest not in content.blobs:
            return _error(404, "BLOB_UNKNOWN", "blob unknown to registry")
        if self.redirects_blobs:
            return web.Response(status=307, headers={"Location": f"http://{self.blob_host}/{digest}"})
        return web.Response(body=content.blobs[digest], content_type="application/octet-stream")

    async def give_blob(self, request: web.Request) -> web.Response:
        if "Authorization" in request.headers:
            return web.Response(status=400, text="Only one auth mechanism allowed")
        digest = request.path.removeprefix("/")
        blob = next((each.blobs[digest] for each in self.repositories.values() if digest in each.blobs), None)
        return web.Response(status=404) if blob is None else web.Response(body=blob)


def _error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    """An error in the shape of https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes, as JSON."""
    body = json.dumps({"errors": [{"code": code, "message": message, "detail": None}]})
    return web.Response(status=status, text=body, content_type="application/json", headers=headers)


@asynccontextmanager
async def serve(registry: Registry) -> AsyncIterator[str]:
    """Serve it on free ports of 127.0.0.1; give its host and port, as an image's name begins with."""
    runners, hosts = list[web.AppRunner](), list[str]()
    for route in (
        web.route("*", "/v2/{name:.+}/{kind:manifests|blobs}/{reference}", registry.answer),
        web.get("/token", registry.give_token),
        web.get("/{digest}", registry.give_blob),
    ):
        app = web.Application()
        app.add_routes([route])
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        hosts.append(f"127.0.0.1:{runner.addresses[0][1]}")
    registry.host, registry.auth_host, registry.blob_host = hosts
    try:
        yield registry.host
    finally:
        for runner in runners:
            await runner.cleanup()
