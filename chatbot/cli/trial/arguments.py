"""What was typed behind `chatbot try`: a repository in any spelling, and how far back to look."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from chatbot.cli.failure import Failure
from chatbot.cli.output.printing import printable
from chatbot.core.text import patterns

_OWNER = patterns.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_NAME = patterns.compile(r"[A-Za-z0-9._-]{1,100}")
_SPAN = patterns.compile(r"([0-9]{1,4})\s*(d|w|m|y|day|week|month|year)s?", ignore_case=True)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_LONGEST = timedelta(days=10 * 365)
_SHOWN = 80  # characters of what was typed that an error repeats


def repository_of(typed: str, web_url: str) -> str:
    """`owner/name` from that, or from the address of any page of the repository below `web_url`. Raises Failure."""
    words = typed.strip().removeprefix("git@").replace("ssh://git@", "https://")
    home = urlsplit(web_url).hostname or "github.com"
    if "://" in words:
        path = _path_below(words, home, web_url)
    elif words.casefold().startswith((f"{home}/", f"{home}:", f"www.{home}/")):
        path = words.replace(":", "/", 1).partition("/")[2]
    else:
        path = words
    owner, _, rest = path.strip("/").partition("/")
    name = rest.partition("/")[0].removesuffix(".git") if "://" in words else rest.removesuffix(".git")
    if not (_OWNER.fullmatch(owner) and _NAME.fullmatch(name)) or set(name) == {"."}:
        raise Failure(
            f"{printable(typed)[:_SHOWN]!r} is not a repository: write OWNER/REPO or its address, such as octocat/hello-world"
        )
    return f"{owner}/{name}"


def _path_below(words: str, home: str, web_url: str) -> str:
    try:
        parts = urlsplit(words)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if host.removeprefix("www.") != home.removeprefix("www."):
        server = printable(host)[:_SHOWN]
        raise Failure(
            f"{server or 'that address'} is not {home}: for a GitHub Enterprise server set"
            f" CHATBOT_GITHUB__API_URL=https://{server or 'HOST'}/api/v3 and CHATBOT_GITHUB__WEB_URL=https://{server or 'HOST'}"
        )
    return parts.path.removeprefix(urlsplit(web_url).path.rstrip("/"))


def since_of(typed: str, now: datetime) -> datetime:
    """When the replay begins: `1y`, `6m`, `90d` before `now`, or the start of a day (UTC). Raises Failure."""
    match = _SPAN.fullmatch(typed.strip())
    if match is not None:
        span = timedelta(days=int(match[1]) * _DAYS[match[2][0].lower()])
        if timedelta() < span <= _LONGEST:
            return now - span
    try:
        start = datetime.combine(date.fromisoformat(typed.strip()), time(), UTC)
    except ValueError:
        start = now
    if start >= now or now - start > _LONGEST:
        shown = printable(typed)[:_SHOWN]
        raise Failure(
            f"--since {shown!r}: write a span such as 1y, 6m or 90d, or a day such as 2025-12-31, in the past"
        )
    return start
