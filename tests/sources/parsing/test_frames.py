"""Frames carry values of ours, and nothing that acts."""

import io
import os
import pickle
from datetime import UTC, datetime

import pytest

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Paragraph, Text
from chatbot.sources.parsing.documents import Document, Parsed, Rejected
from chatbot.sources.parsing.frames import HEAD, LARGEST, BadFrame, length_of, pack, unpack
from tests.core import make


class Evil:
    def __init__(self, *made: object) -> None:
        self.made = made

    def __reduce__(self) -> tuple[object, ...]:
        return self.made


@pytest.mark.parametrize(
    "value",
    [
        Parsed(make.release("v1")),
        Parsed(make.advisory()),
        Parsed((Paragraph((Text("x"),)),)),
        Rejected("no"),
        Document(kind="policy", project=ProjectId("p"), name="x", content=b"\xff"),
        Parsed(datetime(2031, 3, 1, tzinfo=UTC)),
        Parsed(None),
    ],
)
def test_a_value_comes_back_as_it_went(value: object) -> None:
    frame = pack(value)
    assert length_of(frame[:HEAD]) == len(frame) - HEAD
    assert unpack(frame[HEAD:]) == value


@pytest.mark.parametrize(
    "frames",
    [
        (os.system, ("true",)),
        (eval, ("1",)),
        (getattr, (Text("x"), "text")),
        (io.open, ("/etc/passwd",)),
    ],
)
def test_nothing_else_is_made(frames: tuple[object, ...]) -> None:
    with pytest.raises(BadFrame):
        unpack(pickle.dumps(Parsed(Evil(*frames))))


@pytest.mark.parametrize(
    "name", ["chatbot.core.text.patterns\ncompile", "chatbot.core.versions.version\nread_version", "os\nsystem"]
)
def test_no_function_is_named(name: str) -> None:
    with pytest.raises(BadFrame):
        unpack(f"c{name}\n(S'x'\ntR.".encode())


@pytest.mark.parametrize("body", [b"", b"\x80\x05", b"not a frame", b"\x80\x05]\x94."[:-1]])
def test_a_torn_frame_is_reported_as_such(body: bytes) -> None:
    with pytest.raises(BadFrame):
        unpack(body)


def test_a_frame_has_a_largest_size() -> None:
    with pytest.raises(BadFrame, match="larger"):
        pack(b"x" * (LARGEST + 1))
    with pytest.raises(BadFrame):
        length_of(b"\xff\xff\xff\xff")
