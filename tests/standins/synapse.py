"""A real Synapse on loopback: started from this virtual environment, talked to over plain HTTP, ended by its pid."""

import base64
import ctypes
import hashlib
import hmac
import importlib.util
import itertools
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.patience import PATIENCE

OPEN = {"per_second": 100_000, "burst_count": 100_000}
LIMITS_OFF: dict[str, Any] = {
    **dict.fromkeys(
        ("rc_message", "rc_registration", "rc_admin_redaction", "rc_joins_per_room", "rc_key_requests", "rc_reports"),
        OPEN,
    ),
    **dict.fromkeys(("rc_room_creation", "rc_media_create", "rc_user_directory", "rc_delayed_event_mgmt"), OPEN),
    "rc_login": {"address": OPEN, "account": OPEN, "failed_attempts": OPEN},
    "rc_joins": {"local": OPEN, "remote": OPEN},
    "rc_invites": {"per_room": OPEN, "per_user": OPEN, "per_issuer": OPEN},
    "rc_presence": {"per_user": OPEN},
}
START_WITHIN = PATIENCE
POLL = 30.0  # seconds for which the server may hold the line until something new comes
_names = itertools.count()


class Refused(Exception):
    """The homeserver said no."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body = status, body


@dataclass(frozen=True, slots=True)
class User:
    """A registered account, with its own way to the server."""

    server: "Synapse"
    id: str
    password: str
    token: str
    device: str

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        return self.server.call(method, path, body, self.token)

    def create_room(self, *, version: str = "", invite: list[str] | None = None, **more: Any) -> str:
        body = {
            "preset": "private_chat",
            "invite": invite or [],
            **({"room_version": version} if version else {}),
            **more,
        }
        return str(self.call("POST", "/v3/createRoom", body)["room_id"])

    def join(self, room: str) -> None:
        self.call("POST", f"/v3/join/{quote(room, safe='')}", {})

    def leave(self, room: str) -> None:
        self.call("POST", f"{in_room(room)}/leave", {})

    def send_text(self, room: str, body: str, **more: Any) -> str:
        return self.send(room, {"msgtype": "m.text", "body": body, **more})

    def send(self, room: str, content: Mapping[str, Any], kind: str = "m.room.message") -> str:
        transaction = secrets.token_hex(8)
        return str(self.call("PUT", f"{in_room(room)}/send/{kind}/{transaction}", content)["event_id"])

    def state(self, room: str, kind: str, key: str = "") -> dict[str, Any]:
        return self.call("GET", f"{in_room(room)}/state/{kind}/{quote(key, safe='')}")

    def put_state(self, room: str, kind: str, content: Mapping[str, Any], key: str = "") -> None:
        self.call("PUT", f"{in_room(room)}/state/{kind}/{quote(key, safe='')}", content)

    def history(self, room: str, limit: int = 100) -> list[dict[str, Any]]:
        """The newest events of the room, the oldest of them first."""
        return list(reversed(self.call("GET", f"{in_room(room)}/messages?dir=b&limit={limit}")["chunk"]))

    def wait_for(self, room: str, matches: Callable[[dict[str, Any]], Any], within: float = PATIENCE) -> dict[str, Any]:
        """The first event of the room, old or new, that is `wanted`; the server holds the line until one comes."""
        wanted_filter = {"room": {"rooms": [room], "timeline": {"limit": 100}}, "presence": {"not_types": ["*"]}}
        since, deadline = "", time.monotonic() + within
        while (seconds := deadline - time.monotonic()) > 0:
            query = {
                "filter": json.dumps(wanted_filter),
                **({"since": since, "timeout": int(min(seconds, POLL) * 1000)} if since else {}),
            }
            answer = self.call("GET", f"/v3/sync?{urlencode(query)}")
            for event in answer.get("rooms", {}).get("join", {}).get(room, {}).get("timeline", {}).get("events", []):
                if matches(event):
                    return dict(event)
            since = answer["next_batch"]
        pytest.fail(
            f"waited {within:.0f} s in vain; the room says {[e.get('content') for e in self.history(room, 10)]}"
        )

    def joined_rooms(self) -> list[str]:
        return list(self.call("GET", "/v3/joined_rooms")["joined_rooms"])


def in_room(room: str) -> str:
    return f"/v3/rooms/{quote(room, safe='')}"


def _end_with_parent() -> None:  # Linux: a killed test run leaves no server behind
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


@dataclass
class Synapse:
    """One homeserver process. `config` overrides keys of the server's configuration."""

    folder: Path
    config: dict[str, Any] = field(default_factory=dict)
    name: str = "hs.test"
    port: int = 0
    secret: str = field(default_factory=lambda: secrets.token_hex(16))
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, from the main thread: it ends when the thread that started it ends."""
        for _attempt in range(3):  # a port that was free may be taken before the server binds it
            if not self.port or _attempt:
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", 0))
                    self.port = probe.getsockname()[1]
            if self._launch():
                return
            self.stop()
        raise RuntimeError(f"Synapse did not start:\n{(self.folder / 'stdio.log').read_text()[-3000:]}")

    def _launch(self) -> bool:
        with (self.folder / "stdio.log").open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "synapse.app.homeserver", "-c", str(self._write_config())],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - it only calls prctl
            )
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/health", timeout=2) as answer:
                return bool(answer.status == 200 and self._process.poll() is None)
            with suppress(subprocess.TimeoutExpired):  # a server that died ends the wait at once
                self._process.wait(0.05)
        return False

    def stop(self, *, kill: bool = False) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def restart(self, **config: Any) -> None:
        """Same port, data and users; `config` overrides keys, such as `rc_message`."""
        self.stop()
        self.config.update(config)
        self.start()

    def call(self, method: str, path: str, body: object = None, token: str = "") -> dict[str, Any]:
        """One request to the client API (`/v3/…`), or to any path that begins with `/_`."""
        request = urllib.request.Request(
            self.url + (path if path.startswith("/_") else f"/_matrix/client{path}"),
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise Refused(refusal.code, json.loads(refusal.read() or b"{}")) from None

    def register(self, name: str = "user", *, admin: bool = False) -> User:
        """A new account with a name of its own, by the shared secret."""
        local, password = f"{name}-{os.getpid()}-{next(_names)}", secrets.token_urlsafe(12)
        nonce = self.call("GET", "/_synapse/admin/v1/register")["nonce"]
        words = [nonce, local, password, "admin" if admin else "notadmin"]
        mac = hmac.new(self.secret.encode(), "\0".join(words).encode(), hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": local, "password": password, "admin": admin, "mac": mac}
        account = self.call("POST", "/_synapse/admin/v1/register", body)
        return User(self, account["user_id"], password, account["access_token"], account["device_id"])

    def _write_config(self) -> Path:
        key, log, path = self.folder / "signing.key", self.folder / "log.json", self.folder / "homeserver.json"
        if not key.exists():
            key.write_text(f"ed25519 a_test {base64.b64encode(secrets.token_bytes(32)).decode().rstrip('=')}\n")
        handler = {"class": "logging.FileHandler", "filename": str(self.folder / "synapse.log")}
        log.write_text(
            json.dumps({"version": 1, "handlers": {"f": handler}, "root": {"level": "WARNING", "handlers": ["f"]}})
        )
        path.write_text(json.dumps({**self._basics(key, log), **self.config}))
        return path

    def _basics(self, key: Path, log: Path) -> dict[str, Any]:
        listener = {"port": self.port, "bind_addresses": ["127.0.0.1"], "type": "http", "tls": False}
        return {
            "server_name": self.name,
            "public_baseurl": f"{self.url}/",
            "serve_server_wellknown": False,
            "pid_file": str(self.folder / "pid"),
            "listeners": [{**listener, "resources": [{"names": ["client"], "compress": False}]}],  # no federation
            "database": {"name": "sqlite3", "args": {"database": str(self.folder / "homeserver.db")}},
            "media_store_path": str(self.folder / "media"),
            "signing_key_path": str(key),
            "log_config": str(log),
            "registration_shared_secret": self.secret,
            "macaroon_secret_key": "test",
            "form_secret": "test",
            "report_stats": False,
            "trusted_key_servers": [],
            "suppress_key_server_warning": True,
            "federation_domain_whitelist": [],
            "bcrypt_rounds": 4,  # logins in milliseconds
            "presence": {"enabled": False},
            "stats": {"enabled": False},
            # else a second first sync of a user is answered from a cache of two minutes
            "caches": {"global_factor": 0.5, "sync_response_cache_duration": "0s"},
            **LIMITS_OFF,
        }


@contextmanager
def synapse(**config: Any) -> Iterator[Synapse]:
    """A started homeserver; skips the test where Synapse is missing, fails it in CI."""
    if importlib.util.find_spec("synapse") is None:
        reason = "matrix-synapse is not installed: make setup"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="synapse-", dir=memory if memory.is_dir() else None))
    server = Synapse(folder, dict(config))
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
