"""How late GitHub shows news, by how many requests an hour it allows."""

from datetime import datetime, timedelta

from chatbot.core.polling import Quota, interval
from chatbot.core.text.words import count
from chatbot.sources.github.profile import ADVISORIES

# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
ANONYMOUS_AN_HOUR = 60
TOKEN_AN_HOUR = 5000


def describe(projects: int, has_token: bool, poll_seconds: int) -> tuple[timedelta, str]:
    """How late news from the API may be seen, and the sentence for `chatbot check` with its fix."""
    epoch = datetime.min  # noqa: DTZ901 - only differences matter here
    limit = TOKEN_AN_HOUR if has_token else ANONYMOUS_AN_HOUR
    quota = Quota(limit=limit, remaining=limit, resets_at=epoch + timedelta(hours=1))
    delay = interval(
        ADVISORIES, projects=projects, poll_seconds=poll_seconds, has_token=has_token, quota=quota, now=epoch
    )
    watched = "1 project" if projects == 1 else f"{projects} projects"
    delay_words = f"new advisories are noticed within {_words(delay)}"
    if has_token:
        return delay, f"With a token and {watched}, {delay_words}."
    return delay, (
        f"Without a token GitHub allows {ANONYMOUS_AN_HOUR} requests an hour: with {watched}, {delay_words}, releases within"
        f" {_words(timedelta(seconds=poll_seconds))} at best. Set github.token (any token without permissions will do) to"
        f" poll every {_words(timedelta(seconds=poll_seconds))}."
    )


def _words(time: timedelta) -> str:
    seconds = round(time.total_seconds())
    if seconds < 120:
        return count(seconds, "second")
    return f"{round(seconds / 60)} minutes" if seconds < 7200 else f"{round(seconds / 3600)} hours"
