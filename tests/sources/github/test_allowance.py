"""How late GitHub's news is seen, told with its fix."""

from datetime import timedelta

import pytest

from chatbot.sources.github.allowance import describe

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("projects", "token", "poll_seconds", "delay", "words"),
    [
        (1, True, 60, MINUTE, "With a token and 1 project, new advisories are noticed within 60 seconds."),
        (2, True, 30, MINUTE / 2, "With a token and 2 projects, new advisories are noticed within 30 seconds"),
        (
            1,
            False,
            60,
            timedelta(seconds=147),
            "60 requests an hour: with 1 project, new advisories are noticed within 2 minutes",
        ),
        (10, False, 60, timedelta(seconds=1467), "Set github.token"),
        (100, False, 60, timedelta(seconds=14667), "within 4 hours"),
        (1, False, 600, timedelta(minutes=10), "within 10 minutes"),
    ],
)
def test_the_delay_is_reported_with_its_fix(
    projects: int, *, token: bool, poll_seconds: int, delay: timedelta, words: str
) -> None:
    delay_found, sentence = describe(projects, has_token=token, poll_seconds=poll_seconds)
    assert abs(delay_found - delay) < timedelta(seconds=1)
    assert words in sentence
    assert ("github.token" in sentence) is not token
