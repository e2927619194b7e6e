"""Our values ↔ versioned JSON; what older programs wrote stays readable: unknown fields are passed over, new ones default."""

import json
import types
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from hashlib import sha256
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from chatbot.core.model import facts, lifecycle, message
from chatbot.core.model.ids import RoomAddress
from chatbot.core.queries import commands

V = 1
Value = TypeVar("Value")
Reader = Callable[[Any], Any]

# The words by which a value says which of several shapes it has. Written to disk: a renamed class keeps its old word.
_WORDS: dict[type, str] = {
    message.Text: "text",
    message.Strong: "strong",
    message.Code: "code",
    message.Command: "command",
    message.Struck: "struck",
    message.Link: "link",
    message.Moment: "moment",
    message.Paragraph: "paragraph",
    message.Heading: "heading",
    message.BulletList: "list",
    message.CodeBlock: "pre",
    message.Quote: "quote",
}
# A field that was renamed keeps its old key on disk, too.
_KEYS: dict[tuple[type, str], str] = {
    (message.Message, "fields"): "facts",
    (facts.PolicyPage, "exists"): "found",
    (commands.CommandRequest, "target"): "about",
}
_SHAPES = {word: shape for shape, word in _WORDS.items()}
_KINDS: dict[type, str] = {
    message.Message: "message",
    facts.Release: "release",
    facts.Advisory: "advisory",
    facts.PolicyPage: "policy",
    lifecycle.Lifecycle: "lifecycle",
    commands.CommandRequest: "ask",
}


class Unreadable(Exception):
    """A row does not hold what it should: it was written by a newer program, or by none of ours."""


def dumps(value: object) -> str:
    """The value as JSON text, the same for equal values."""
    document = {"v": V, "kind": _KINDS[type(value)], **_plain(value)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def loads(shape: type[Value], text: str) -> Value:
    """The value that `dumps` wrote. Raises Unreadable."""
    try:
        document = json.loads(text)
        if document["v"] > V or document["kind"] != _KINDS[shape]:
            raise Unreadable(f"a {_KINDS[shape]} was expected, version {V} at most, not {text[:80]}")
        value: Value = _reader_of(shape)(document)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(f"not a {_KINDS[shape]} of ours: {text[:80]}") from error
    return value


KEPT = 8000  # values
KEPT_TEXT = 128 * 1024 * 1024  # characters of all their texts: a value takes several times the room of its text


@dataclass(slots=True)
class Recalled:
    """What was read lately, by digest; values never change. Holds `KEPT` values of `KEPT_TEXT` characters at most."""

    most: int = KEPT
    most_text: int = KEPT_TEXT
    text: int = 0
    values: OrderedDict[str, tuple[Any, int]] = field(default_factory=OrderedDict)

    def get(self, shape: type[Value], digest: str, text: str) -> Value:
        if digest in self.values:
            self.values.move_to_end(digest)
        else:
            self.values[digest] = (loads(shape, text), len(text))
            self.text += len(text)
            while len(self.values) > 1 and (len(self.values) > self.most or self.text > self.most_text):
                self.text -= self.values.popitem(last=False)[1][1]
        value: Value = self.values[digest][0]
        return value


_READ = Recalled()


def recall(shape: type[Value], digest: str, text: str) -> Value:
    """What `loads` gives for the text of this digest; read once while it is in use."""
    return _READ.get(shape, digest, text)


def digest(text: str) -> str:
    """What stands for a text of ours: 32 hexadecimal characters."""
    return sha256(text.encode()).hexdigest()[:32]


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset | set):
        return sorted(_plain(item) for item in value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    shape: Any = type(value)
    document = {key: _plain(getattr(value, name)) for name, key in _names(shape)}
    for key, default in _hints(shape):
        if document[key] == default:
            del document[key]
    if shape in _WORDS:
        document["is"] = _WORDS[shape]
    return document


@cache
def _names(shape: type) -> tuple[tuple[str, str], ...]:
    """Each field and its key on disk."""
    return tuple((item.name, _KEYS.get((shape, item.name), item.name)) for item in fields(shape))


@cache
def _hints(shape: type) -> tuple[tuple[str, Any], ...]:
    """The keys of fields that make no value another one, each with its default, which is not written down."""
    keys = dict(_names(shape))
    return tuple((keys[item.name], _plain(item.default)) for item in fields(shape) if not item.compare)


def _reader_of(shape: Any) -> Reader:
    return reader(shape)


@cache
def reader(shape: Any) -> Reader:
    """What reads a value of this type from plain JSON."""
    origin, inner = get_origin(shape), get_args(shape)
    if origin in (Union, types.UnionType):
        return _one_of(inner)
    if origin in (tuple, frozenset):
        return _row(origin, inner)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        of = _later(inner[1])
        return lambda plain: {key: of(item) for key, item in plain.items()}
    if origin is Literal or shape in (str, int, bool, object, Any):
        return lambda plain: plain
    if shape is float:
        return float
    if shape in (datetime, date):
        parse: Reader = shape.fromisoformat
        return parse
    if is_dataclass(shape) and isinstance(shape, type):
        return _record(shape)
    if isinstance(shape, type) and issubclass(shape, Enum | RoomAddress):
        return shape
    if supertype := getattr(shape, "__supertype__", None):  # a NewType
        return _later(supertype)
    raise TypeError(f"{shape} cannot be written down")


def _row(origin: type, inner: tuple[Any, ...]) -> Reader:
    if origin is tuple and (len(inner) != 2 or inner[1] is not ...):
        readers = [_later(item) for item in inner]
        return lambda plain: tuple(read(item) for read, item in zip(readers, plain, strict=True))
    of = _later(inner[0])
    return lambda plain: origin(of(item) for item in plain)


def _one_of(inner: tuple[Any, ...]) -> Reader:
    if type(None) in inner:
        (other,) = (item for item in inner if item is not type(None))
        of = _later(other)
        return lambda plain: None if plain is None else of(plain)
    return lambda plain: _later(_SHAPES[plain["is"]])(plain)


def _record(shape: type) -> Reader:
    hints = get_type_hints(shape)
    keys = dict(_names(shape))
    parts = [
        (
            item.name,
            keys[item.name],
            _later(hints[item.name]),
            item.default is MISSING and item.default_factory is MISSING,
        )
        for item in fields(shape)
    ]

    def read(plain: Any) -> Any:
        return shape(**{name: of(plain[key]) for name, key, of, needed in parts if needed or key in plain})

    return read


@cache
def _later(shape: Any) -> Reader:
    """The reader, made when it is first used: a quote holds blocks, and a block may be a quote."""
    readers: list[Reader] = []

    def read(plain: Any) -> Any:
        if not readers:
            readers.append(reader(_resolved(shape)))
        return readers[0](plain)

    return read


def _resolved(shape: Any) -> Any:
    return getattr(message, shape) if isinstance(shape, str) else getattr(shape, "__forward_value__", None) or shape
