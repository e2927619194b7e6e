"""How many pulls a registry still grants, by the headers of its answers."""

from collections.abc import Mapping

from chatbot.core.text import patterns

RESERVE = 10  # pulls that are left to whoever else pulls from this address
REMAINING, LIMIT = "ratelimit-remaining", "ratelimit-limit"
# https://docs.docker.com/docker-hub/usage/pulls/: the number, and the seconds of the window: `100;w=21600`
_COUNT = patterns.compile(r"\s*([0-9]{1,9})\s*(?:;.*)?", ascii_only=True)


def pulls_left(headers: Mapping[str, str]) -> int | None:
    """How many pulls are left; None where the registry says nothing of it."""
    match = _COUNT.fullmatch(headers.get(REMAINING, ""))
    return int(match[1]) if match is not None else None


def may_pull(headers: Mapping[str, str]) -> bool:
    """Whether a pull takes nothing that others need: a small quota is not used up, a smaller one not touched."""
    number, limit = pulls_left(headers), _COUNT.fullmatch(headers.get(LIMIT, ""))
    reserve = min(RESERVE, int(limit[1]) // 5) if limit is not None else RESERVE
    return number is None or number > reserve
