"""The fields that every kind of advisory JSON has: ids, short words, times; each checked, capped, or absent."""

from collections.abc import Iterable, Sequence

from chatbot.core.text import patterns
from chatbot.core.text.visible import visible

# What is kept of one advisory. What is cut leaves a mark (`Advisory.unread`): nothing is concluded from what was not read.
MAX_ENTRIES = 500  # packages; the largest published ones have some hundreds
MAX_CREDITS = 100
_MAX_LINE = 300
_MAX_LOOKED_AT = 10_000  # characters of a line that are looked at
_MAX_WEAKNESSES = 50
_MAX_IDS = 100
_ID = patterns.compile(r"[A-Za-z][0-9A-Za-z]*-[0-9A-Za-z][0-9A-Za-z:._-]{0,90}")
_CWE = patterns.compile(r"CWE-[0-9]{1,6}")


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
    text = " ".join(visible(words(value)[:_MAX_LOOKED_AT], lines=False).split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def known_as(ids: Iterable[object]) -> tuple[str, frozenset[str]]:
    """The id it is known by, a GHSA before a CVE before the first of the others, and its other ids;
    one of them is an id."""
    names = list(dict.fromkeys(each for each in ids if isinstance(each, str) and is_id(each)))
    best = min(names, key=lambda name: 0 if name.startswith("GHSA-") else 1 if name.startswith("CVE-") else 2)
    return best, frozenset(names[:_MAX_IDS]) - {best}


def weaknesses(values: Iterable[object]) -> tuple[str, ...]:
    """The CWE ids among the values, fifty at most."""
    names = dict.fromkeys(each for each in values if isinstance(each, str) and _CWE.fullmatch(each))
    return tuple(names)[:_MAX_WEAKNESSES]


def ids_cut(ids: Sequence[object]) -> str:
    """A clause where it has more ids than are kept, for `Advisory.unread`; "" else."""
    return f"it has more than {_MAX_IDS} ids, of which {_MAX_IDS} are kept" if len(ids) > _MAX_IDS else ""
