"""A repository is understood however it is written, and a span too."""

from datetime import UTC, datetime, timedelta

import pytest

from chatbot.cli.failure import Failure, Status
from chatbot.cli.trial.arguments import repository_of, since_of

NOW = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "words",
    [
        "octocat/hello-world",
        " octocat/hello-world ",
        "octocat/hello-world/",
        "octocat/hello-world.git",
        "https://github.com/octocat/hello-world",
        "https://github.com/octocat/hello-world/",
        "https://github.com/octocat/hello-world.git",
        "http://www.github.com/octocat/hello-world/releases/tag/v1.0",
        "https://github.com/octocat/hello-world?tab=security#top",
        "github.com/octocat/hello-world",
        "git@github.com:octocat/hello-world.git",
        "ssh://git@github.com/octocat/hello-world.git",
    ],
)
def test_a_repository_in_any_spelling(words: str) -> None:
    assert repository_of(words, "https://github.com") == "octocat/hello-world"


def test_a_repository_on_an_enterprise_server() -> None:
    home = "https://git.example.org"
    assert repository_of("https://git.example.org/a/b.git", home) == "a/b"
    assert repository_of("a/b", home) == "a/b"


@pytest.mark.parametrize(
    "words",
    ["", "octocat", "/", "a/..", "a/b/c", "a b/c", "https://github.com/octocat", "https://", "http://[", "\x1b[31m/x"],
)
def test_what_is_no_repository_is_said(words: str) -> None:
    with pytest.raises(Failure) as failure:
        repository_of(words, "https://github.com")
    assert failure.value.status == Status.WRONG_USE
    assert "\x1b" not in failure.value.sentence


def test_another_server_is_named_with_what_to_set() -> None:
    with pytest.raises(Failure) as failure:
        repository_of("https://git.example.org/a/b", "https://github.com")
    assert "CHATBOT_GITHUB__API_URL=https://git.example.org/api/v3" in failure.value.sentence


@pytest.mark.parametrize(
    ("words", "days"),
    [("1y", 365), ("6m", 180), ("90d", 90), ("2 weeks", 14), ("3 months", 90), ("1 Year", 365)],
)
def test_a_span(words: str, days: int) -> None:
    assert since_of(words, NOW) == NOW - timedelta(days=days)


def test_a_day() -> None:
    assert since_of("2030-12-31", NOW) == datetime(2030, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize("words", ["", "0d", "y", "1", "11y", "9999y", "-1d", "2031-03-02", "2019-01-01", "yesterday"])
def test_what_is_no_span_is_said(words: str) -> None:
    with pytest.raises(Failure, match="write a span such as 1y"):
        since_of(words, NOW)
