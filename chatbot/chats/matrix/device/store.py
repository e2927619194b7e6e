"""What one Matrix device keeps on disk: its token, the seeds of its identity, and a lock so that one process uses them."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from chatbot.ports import ChatStopped


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A login. `since` is when the device began: a transaction id means nothing to the server before that."""

    user_id: str
    device_id: str
    access_token: str = field(repr=False)
    pickle_key: str = field(repr=False)
    since: str
    seeds: Mapping[str, str] = field(default_factory=dict, repr=False)  # cross-signing keys, by their usage

    @property
    def began(self) -> datetime:
        return datetime.fromisoformat(self.since).astimezone(UTC)

    @property
    def database(self) -> str:
        """The name of the file with the encryption keys of this device."""
        return f"{self.device_id}.db".replace("/", "_")


@dataclass(frozen=True, slots=True)
class DeviceStore:
    """A directory for one account, closed to everybody else."""

    folder: Path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the directory; two processes with one device would break its encryption."""
        with self._opened() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as taken:
                raise ChatStopped(
                    f"another chatbot uses {self.folder}: end it, or set another matrix.store_path"
                ) from taken
            yield

    def is_held(self) -> bool:
        """Whether another process holds the directory now."""
        try:
            with self.locked():
                return False
        except ChatStopped:
            return (self.folder / "device.json").exists()

    def _opened(self) -> TextIO:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            return _alone(self.folder / "lock", os.O_CREAT)
        except OSError as closed:
            raise ChatStopped(
                f"{self.folder} cannot be used ({closed.strerror}): name a folder of the bot's user in matrix.store_path"
            ) from closed

    def load(self) -> Device | None:
        """The device kept here, or None where there is none or its file is no device's. Raises ChatStopped where it cannot be
        read: it must not be taken for none, and replaced."""
        try:
            stored = json.loads((self.folder / "device.json").read_text())
            return Device(**{item.name: stored[item.name] for item in fields(Device)})
        except FileNotFoundError:
            return None
        except OSError as closed:
            raise ChatStopped(
                f"{self.folder / 'device.json'} cannot be read ({closed.strerror}): give it to the bot's user"
            ) from closed
        except (ValueError, KeyError, TypeError):
            return None

    def save(self, device: Device) -> None:
        """Write it down before it is used, whole or not at all."""
        target, fresh = self.folder / "device.json", self.folder / "device.json.new"
        fresh.unlink(
            missing_ok=True
        )  # of a run that was killed; or a link that somebody left before the folder was closed
        with _alone(fresh, os.O_CREAT | os.O_EXCL) as file:
            json.dump(asdict(device), file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def has_keys(self, device: Device) -> bool:
        """Whether the encryption keys of the device are still here."""
        return (self.folder / device.database).exists()

    def prepare_keys(self, device: Device) -> None:
        """Make the file of the keys private before the encryption library opens it."""
        (self.folder / device.database).touch(mode=0o600)


def _alone(path: Path, how: int) -> TextIO:
    """Open a file for writing that nobody else reads. A link is not followed, what is there is not emptied, and a pipe is not
    waited for. Raises OSError."""
    flags = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | how
    return open(os.open(path, flags, 0o600), "w")  # noqa: PTH123 - a mode from birth


def new_pickle_key() -> str:
    return secrets.token_urlsafe(32)
