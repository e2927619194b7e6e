"""How soon news arrives, in words."""

from datetime import timedelta

import pytest

from chatbot.core.queries.answers.arrival import Arrival, words

TWO = timedelta(seconds=1.4)
PACES = {"discord": 40.0, "matrix": 0.75}


@pytest.mark.parametrize(
    ("arrival", "said_as"),
    [
        (Arrival(), ""),
        (Arrival(delay=TWO), "reaches this room in about 2 s"),
        (Arrival(delay=timedelta()), "reaches this room in about 1 s"),
        (Arrival(delay=TWO, subscribers={"discord": 1}, paces=PACES), "reaches this room in about 2 s, 1 subscriber within 2 s"),
        (
            Arrival(delay=TWO, subscribers={"matrix": 214}, paces=PACES),
            "reaches this room in about 2 s, 214 subscribers within 5 min",
        ),
        (
            Arrival(subscribers={"discord": 100_000, "matrix": 10}, paces=PACES),
            "reaches 100010 subscribers within 42 min",
        ),
        (Arrival(subscribers={"matrix": 100_000}, paces=PACES), "reaches 100000 subscribers within 38 h"),
    ],
)  # fmt: skip
def test_it_says_how_soon(arrival: Arrival, said_as: str) -> None:
    assert words(arrival, "room") == said_as
    assert words(arrival, "channel") == said_as.replace("this room", "this channel")
