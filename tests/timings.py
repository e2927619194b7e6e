"""Writes `timings.txt` from what `pytest --durations=0` has printed: `make timings`."""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

TIMINGS = Path(__file__).with_name("timings.txt")
LENGTHY = 0.5  # seconds: what takes less is not listed
CALL = re.compile(r"\s*(?P<seconds>[\d.]+)s call +\S+?::(?P<name>test_\w+)")


def timings(lines: Iterable[str]) -> dict[str, float]:
    """Seconds by the tests' names: of parametrized ones, the longest."""
    longest: dict[str, float] = {}
    for match in filter(None, map(CALL.match, lines)):
        longest[match["name"]] = max(longest.get(match["name"], 0.0), float(match["seconds"]))
    return {name: seconds for name, seconds in longest.items() if seconds >= LENGTHY}


def main() -> None:
    rows = sorted(timings(sys.stdin).items(), key=lambda row: (-row[1], row[0]))
    TIMINGS.write_text("".join(f"{seconds:5.1f} {name}\n" for name, seconds in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
