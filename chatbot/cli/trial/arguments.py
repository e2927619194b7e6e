"""What was typed behind `chatbot try`: a repository in any spelling, and how far back to look."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from chatbot.cli.failure import Failure
from chatbot.cli.init import pasted
from chatbot.cli.output.printing import printable
from chatbot.core.text import patterns

_OWNER = patterns.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_NAME = patterns.compile(r"[A-Za-z0-9._-]{1,100}")
_SPAN = patterns.compile(r"([0-9]{1,4})\s*(d|w|m|y|day|week|month|year)s?", ignore_case=True)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_LONGEST = timedelta(days=10 * 365)
_LONGEST_ECHO = 80  # characters of what was typed that an error repeats


def repository_of(words: str, web_url: str) -> str:
    """`owner/name` from that, or from the address of any page of the repository below `web_url`. Raises Failure."""
    name = pasted.repository_of(words, web_url).rstrip("/").removesuffix(".git")
    if "://" in name:
        raise Failure(_elsewhere(name, web_url))
    owner, _, last = name.partition("/")
    if not (_OWNER.fullmatch(owner) and _NAME.fullmatch(last)) or set(last) == {"."}:
        echo = printable(words)[:_LONGEST_ECHO]
        raise Failure(f"{echo!r} is not a repository: write OWNER/REPO or its address, such as octocat/hello-world")
    return name


def _elsewhere(link: str, web_url: str) -> str:
    """That the address is on another server, and what to set for it."""
    try:
        host = printable(urlsplit(link).hostname or "")[:_LONGEST_ECHO] or "HOST"
    except ValueError:
        host = "HOST"
    home = urlsplit(web_url).netloc
    return (
        f"{printable(link)[:_LONGEST_ECHO]!r} is not a repository on {home}; for one on GitHub Enterprise set"
        f" CHATBOT_GITHUB__API_URL=https://{host}/api/v3 and CHATBOT_GITHUB__WEB_URL=https://{host}"
    )


def since_of(words: str, now: datetime) -> datetime:
    """When the replay begins: `1y`, `6m`, `90d` before `now`, or the start of a day (UTC). Raises Failure."""
    match = _SPAN.fullmatch(words.strip())
    if match is not None:
        span = timedelta(days=int(match[1]) * _DAYS[match[2][0].lower()])
        if timedelta() < span <= _LONGEST:
            return now - span
    try:
        start = datetime.combine(date.fromisoformat(words.strip()), time(), UTC)
    except ValueError:
        start = now
    if start >= now or now - start > _LONGEST:
        echo = printable(words)[:_LONGEST_ECHO]
        raise Failure(f"--since {echo!r}: write a span such as 1y, 6m or 90d, or a day such as 2025-12-31, in the past")
    return start
