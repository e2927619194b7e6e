"""Log lines for a bug report: what happened, when and how often, with only those values in which nothing foreign can stand."""

import functools
import json
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from chatbot.core.text import patterns
from chatbot.runtime.ops.doctor.redaction import LONGEST, Redact

_HEAD = ("timestamp", "level", "event")
_SENTENCES = frozenset({"reason", "problem", "mistake", "chat", "what", "kind", "source", "signal", "state"})
_STACKS = frozenset({"exception", "stack"})
# What a sentence of ours repeats of others it quotes: a tag, an alias, a line of a page.
_QUOTED = patterns.compile(r"\B'[^'\n]*'\B|\B\"[^\"\n]*\"\B|“[^”\n]*”")
_FRAME = patterns.compile(r'  File "([^"\n]+)", line ([0-9]+), in ([A-Za-z0-9_<>]+)')
_ERROR = patterns.compile(r"((?:[A-Za-z_][A-Za-z0-9_]*\.){0,9}[A-Z][A-Za-z0-9_]*)(?::.*)?")
_IN_A_GROUP = patterns.compile(r"^ *\| ")
_PLACES = ("stdlib", "platstdlib", "purelib", "platlib")


def redacted_lines(lines: Sequence[str], redact: Redact) -> list[str]:
    """The lines with their numbers, and with those texts that are sentences of ours or of libraries, redacted. Of any other text
    only its length is shown."""
    return [text for line in lines if (text := _as_text(line, redact))]


def _as_text(line: str, redact: Redact) -> str:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return f"[a line of {len(line)} characters that is not ours]" if line.strip() else ""
    if not isinstance(entry, dict):
        return f"[a line of {len(line)} characters that is not ours]"
    head = " ".join(redact(without_quotes(str(entry.get(key, ""))[:LONGEST])) for key in _HEAD)
    values = [f"{key}={_value(key, value, redact)}" for key, value in entry.items() if key not in _HEAD]
    return " ".join([head, *values])


def _value(key: str, value: Any, redact: Redact) -> str:
    if isinstance(value, bool | int | float) or value is None:
        return str(value) if abs(value or 0) < 10**9 else "[number]"
    if isinstance(value, str):
        if key in _STACKS:
            return "".join(f"\n    {line}" for line in _stack(value))
        if key in _SENTENCES:
            return redact(without_quotes(value[:LONGEST])).replace("\n", "\n    ")
        return f"[{len(value)} characters]"
    return f"[{len(value)} values]" if isinstance(value, list | dict) else "[value]"


def without_quotes(sentence: str) -> str:
    """The sentence without what it quotes."""
    return _QUOTED.sub("[quoted]", sentence)


def _stack(text: str) -> Iterator[str]:
    """Where an error came from, and of which kind it is. Its words are left out, as anything may stand in them, and so is where
    the program is installed."""
    in_frames = False  # what follows the frames is the error; what follows that are its words
    for each in text.splitlines():
        line = _IN_A_GROUP.sub("", each)
        if (frame := _FRAME.fullmatch(line)) and (file := _our_file(frame[1])):
            in_frames = True
            yield f"{file}:{frame[2]} in {frame[3]}"
        elif in_frames and not line.startswith("    "):
            in_frames = False
            if error := _ERROR.fullmatch(line):
                yield error[1]


def _our_file(path: str) -> str:
    """A file of the bot, of a library or of Python, seen from where these are; empty for any other."""
    return next((path[len(root) + 1 :] for root in _roots() if path.startswith(f"{root}/")), "")


@functools.cache
def _roots() -> tuple[str, ...]:
    places = {*(sysconfig.get_paths()[name] for name in _PLACES), str(Path(__file__).parents[4])}
    return tuple(sorted(places, key=len, reverse=True))
