"""What may go wrong on the way: faults that a test plants, each taken by the requests that it fits."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["status", "status_after", "drop", "drop_after", "limit", "limit_global", "hang", "ban"]


@dataclass(kw_only=True)
class Fault:
    """`status` refuses unprocessed, `status_after` processes and then lies; `drop` and `drop_after` cut the connection;
    `limit` and `limit_global` are 429s; `ban` is one of the network before the server (HTML, with Retry-After); `hang` never answers. It fits `times` requests whose `METHOD /path` the pattern finds."""

    kind: Kind
    where: str = "."
    status: int = 502
    code: int = 0
    retry_after: float = 0.05
    times: int = 1


class Faults:
    def __init__(self) -> None:
        self._planted: list[Fault] = []

    def plant(self, fault: Fault) -> None:
        self._planted.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the first fault that fits, using up one of its times."""
        for fault in self._planted:
            if fault.times > 0 and re.search(fault.where, f"{method} {path}"):
                fault.times -= 1
                return fault
        return None

    @property
    def left(self) -> int:
        """How many requests will still be troubled."""
        return sum(fault.times for fault in self._planted)

    def clear(self) -> None:
        """Heal everything."""
        self._planted.clear()
