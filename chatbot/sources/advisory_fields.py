"""The fields that every kind of advisory JSON has: ids, short words, times; each checked, capped, or absent."""

from collections.abc import Iterable

from chatbot.core import patterns

MAX_ENTRIES = 5_000  # packages of one advisory; the largest published ones have some hundreds
_MAX_LINE = 300
_MAX_IDS = 100
_ID = patterns.compile(r"[A-Za-z][0-9A-Za-z]*-[0-9A-Za-z][0-9A-Za-z:._-]{0,90}")
_CWE = patterns.compile(r"CWE-[0-9]{1,6}")
_CONTROLS = patterns.compile(r"[\x00-\x1f\x7f\x{202a}-\x{202e}\x{2066}-\x{2069}]+")


class UnreadableAdvisory(ValueError):
    """The item is passed over; the text says why."""


def as_dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def words(value: object) -> str:
    return value if isinstance(value, str) else ""


def line(value: object, longest: int = _MAX_LINE) -> str:
    """One line of plain words, at most so many characters."""
    found = " ".join(_CONTROLS.sub(" ", words(value)).split())
    return found if len(found) <= longest else found[: longest - 1].rstrip() + "…"


def is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def known_as(ids: Iterable[object]) -> tuple[str, frozenset[str]]:
    """The id it is known by, a GHSA before a CVE before the first of the others, and its other ids;
    one of them is an id."""
    named = list(dict.fromkeys(each for each in ids if isinstance(each, str) and is_id(each)))
    best = min(named, key=lambda name: 0 if name.startswith("GHSA-") else 1 if name.startswith("CVE-") else 2)
    return best, frozenset(named[:_MAX_IDS]) - {best}


def weaknesses(values: Iterable[object]) -> tuple[str, ...]:
    """The CWE ids among the values."""
    return tuple(dict.fromkeys(each for each in values if isinstance(each, str) and _CWE.fullmatch(each)))
