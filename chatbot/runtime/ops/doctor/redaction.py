"""Takes out of a text what does not belong in public: secrets, what the operator configured, and whatever looks like a name."""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from chatbot.chats import PROFILES
from chatbot.core.text import patterns
from chatbot.runtime.ops.logs import HIDDEN, blot_out
from chatbot.runtime.settings.settings import Settings

_FIRST_MARK, _LAST_MARK = 0xF0000, 0xFFFFD  # a private plane of Unicode
_MARKS = patterns.compile("[\U000f0000-\U000ffffd]")

Redact = Callable[[str], str]

LONGEST = 4000  # characters of one value
_KINDS = frozenset({"role", "user", "room", *(each.name for each in PROFILES)})  # what an address begins with
_SHORTEST = 3  # characters of a configured value that is taken out wherever it stands; shorter ones are words of ours
_GENERIC = (
    # the order counts: an address holds what looks like a path, and a path what looks like a token
    (patterns.compile(r"(?i)\b[a-z][a-z0-9+.-]*://[^\s\"'<>)\]]+"), "address"),
    (patterns.compile(r"[!@#$+][^\s:\"'<>]{1,255}:[A-Za-z0-9.-]+(?::\d+)?"), "id"),
    (patterns.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"), "e-mail"),
    (patterns.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "ip"),
    (patterns.compile(r"\b(?:[0-9A-Fa-f]{1,4}:){3,7}[0-9A-Fa-f]{1,4}\b"), "ip"),
    (patterns.compile(r"/(?:home|root|Users|var|srv|opt|mnt|data|etc|tmp|run)/[^\s\"':,)]*"), "path"),
    (patterns.compile(r"\b\d{9,}\b"), "number"),
    (patterns.compile(r"\b[A-Za-z0-9_-]{24,}\b"), "token"),
)


def words_of_ours() -> frozenset[str]:
    """The texts that a setting can have only because our own schema lists them, such as `auto` and `high`."""
    return frozenset(_listed(Settings.model_json_schema()))


def _listed(schema: object) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key == "enum":
                yield from (each for each in value if isinstance(each, str))
            elif key == "const" and isinstance(value, str):
                yield value
            else:
                yield from _listed(value)
    elif isinstance(schema, list):
        for each in schema:
            yield from _listed(each)


def redaction(settings: Settings | None, names: Iterable[str] = ()) -> Redact:
    """What takes out of a text every secret of the settings, every value that the operator gave to one, these further names (of
    what rooms watch by command), and then everything that has the form of an id, an address, a path or a token."""
    labels = dict(_values(settings)) if settings is not None else {}
    for name in names:
        for part in _parts(name):
            labels.setdefault(part, "name")
    ordered = sorted(labels.items(), key=lambda pair: len(pair[0]), reverse=True)
    blot = blot_out(settings.secrets() if settings is not None else ())

    def redact(text: str) -> str:
        text = str(blot(None, "", {"text": text[:LONGEST]})["text"])
        text = _MARKS.sub("?", text)
        for number, (value, _) in enumerate(ordered):
            text = _without(text, value, _mark(number))
        for pattern, label in _GENERIC:
            text = pattern.sub(functools.partial(_generic, label), text)
        return _MARKS.sub(lambda mark: f"[{ordered[ord(mark[0]) - _FIRST_MARK][1]}]", text)

    return redact


def _mark(number: int) -> str:
    """What stands for a label until all values are taken out: a label holds words that may be values."""
    return chr(min(_FIRST_MARK + number, _LAST_MARK))


def _generic(label: str, match: patterns.Match) -> str:
    """An address of a service that everybody knows keeps its host: which one failed is what a report is about."""
    words = match[0]
    if label == "address":
        host = urlsplit(words).hostname if words.count("[") == words.count("]") else None
        if host is not None and host in _public_hosts():
            return f"[address at {host}]"
    return f"[{label}]"


@functools.cache
def _public_hosts() -> frozenset[str]:
    """Those of the services that are asked where nothing is configured."""
    values = (value for _, value in leaves(Settings().model_dump()) if isinstance(value, str) and "://" in value)
    return frozenset(host for value in values if (host := urlsplit(value).hostname))


def _without(text: str, value: str, label: str) -> str:
    """The text with `label` in the place of the value, where that stands as a word of its own; case does not count."""
    lowered, sought, begin, parts = text.lower(), value.lower(), 0, list[str]()
    if len(lowered) != len(text):  # a letter whose small form is longer: rare, and no reason to miss a name
        return text.replace(value, label)
    while (at := lowered.find(sought, begin)) >= 0:
        end = at + len(sought)
        apart = not (lowered[at - 1 : at].isalnum() and sought[0].isalnum()) and not (
            lowered[end : end + 1].isalnum() and sought[-1].isalnum()
        )
        parts.append(text[begin:at] + (label if apart else text[at:end]))
        begin = end
    return "".join(parts) + text[begin:]


def _values(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every text that the operator gave to a setting, and its telling parts, with the setting's name."""
    defaults, ours = Settings().model_dump(), words_of_ours()
    for place, value in leaves(settings.model_dump()):
        if isinstance(value, SecretStr) or value in ours or value == _at(defaults, place):
            continue
        if isinstance(value, str):
            for part in _parts(value):
                yield part, ".".join(str(each) for each in place if not isinstance(each, int))


def leaves(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value of a tree that is no table and no list, with its place."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from leaves(each, (*place, str(key)))
    elif isinstance(value, list | tuple | set | frozenset):
        for number, each in enumerate(value):
            yield from leaves(each, (*place, number))
    else:
        yield place, value


def _at(tree: Any, place: tuple[str | int, ...]) -> Any:
    for key in place:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def _parts(value: str) -> set[str]:
    """A configured value, and what in it would tell the same: the host of an address, the id in a room's address, the owner
    and the name of a repository."""
    rest = value.partition("://")[2] or value.partition(":")[2] or value
    pieces = {value, rest, *(each for part in value.split("/") for each in (part, *part.split(":")))}
    pieces |= {piece.lstrip("!@#$+*") for piece in pieces}
    pieces -= {HIDDEN, *_KINDS} - {value}
    return {piece for piece in pieces if len(piece) >= _SHORTEST}
