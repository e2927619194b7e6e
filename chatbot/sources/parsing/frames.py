"""Values as frames on a pipe: a length and a pickle, which is read back into values of ours and nothing else.

The worker has parsed foreign bytes, so its answers are not trusted to name any class or function: only the frozen values of
`chatbot.core`, the documents of this package and plain dates are made from them.
"""

import io
import pickle
import struct
import sys
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

LARGEST = 48 * 1024 * 1024  # bytes of one frame: a page of 5 MiB in pieces, with room
_LENGTH = struct.Struct(">I")
HEAD = _LENGTH.size
_DATES = frozenset({"datetime", "date", "timedelta", "timezone"})
_OURS = (
    "chatbot.core.",
    "chatbot.sources.parsing.documents",
    "chatbot.sources.github.atom_feed",
    "chatbot.sources.kev.source",
)


class BadFrame(Exception):
    """What came over the pipe is no value of ours."""


def pack(value: object) -> bytes:
    """The frame of a value. Raises BadFrame where it would be too large."""
    body = pickle.dumps(value, protocol=5)
    if len(body) > LARGEST:
        raise BadFrame(f"its result is larger than {LARGEST // 1024 // 1024} MiB")
    return _LENGTH.pack(len(body)) + body


def length_of(head: bytes) -> int:
    """How many bytes follow the head. Raises BadFrame."""
    (length,) = _LENGTH.unpack(head)
    if length > LARGEST:
        raise BadFrame(f"a frame of {length} bytes")
    return int(length)


def unpack(body: bytes) -> Any:
    """The value of a frame's body. Raises BadFrame."""
    try:
        return _Values(io.BytesIO(body)).load()
    except BadFrame:
        raise
    except Exception as wrong:  # unpickling raises whatever the bytes lead to
        raise BadFrame(f"{type(wrong).__name__} while a frame was read") from wrong


class _Values(pickle.Unpickler):
    """Makes values of ours, and refuses every other name."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "datetime" and name in _DATES:
            return super().find_class(module, name)
        if module.startswith(_OURS) and module in sys.modules and name.isidentifier():
            cls = super().find_class(module, name)
            if isinstance(cls, type) and (is_dataclass(cls) or issubclass(cls, Enum)):
                return cls
        raise BadFrame(f"a frame names {module}.{name}")
