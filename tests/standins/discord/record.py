"""What was asked of the stand-in: every request as it came in, and the word for a refusal."""

from dataclasses import dataclass, field
from typing import Any

JSON = Any


@dataclass(kw_only=True)
class Recorded:
    """One request; `status` is what it was answered with, 0 where the connection was dropped."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: JSON = None
    content_type: str = ""
    at: float = 0.0
    status: int = 0
    problems: list[str] = field(default_factory=list)  # what Discord's rules say against it


class Refusal(Exception):
    """Discord's way of planned message no: an HTTP status and a code of https://discord.com/developers/docs/topics/opcodes-and-status-codes."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
