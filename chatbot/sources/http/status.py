"""What a server's status and headers mean to us: its time, its quota, and which of our two errors a refusal is."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from yarl import URL

from chatbot.core.polling import Quota
from chatbot.ports import SourceRefused, SourceUnavailable

_LONGEST_WAIT = timedelta(hours=24)
# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: without headers, wait at least a minute
_SECONDARY_WAIT = timedelta(minutes=1)
_YEARS = range(1990, 2500)  # of a date that may be one; others leave no room to count from them

Headers = Mapping[str, str]  # reads its names in any case


class Throttled(SourceUnavailable):
    """The server asks us to be slower: nothing else of this host should be asked before `retry_after` either."""


class NoFurther(SourceRefused):
    """The server does not give this part of a list, however often it is asked: GitHub beyond a thousand items."""


def place(url: URL | str) -> str:
    """The address as errors and answers show it: host, port and path; the rest may hold a key."""
    if isinstance(url, str):
        try:
            url = URL(url, encoded=True)
        except ValueError:
            return "an address that cannot be read"
    return f"{server(url)}{url.raw_path}"[:200]


def server(url: URL) -> str:
    """The host, with its port where that is not the usual one."""
    port = "" if url.is_default_port() or url.explicit_port is None else f":{url.explicit_port}"
    return f"{url.raw_host or ''}{port}"


def read_date(headers: Headers, now: datetime) -> datetime:
    """The server's own time, or ours where it tells none."""
    return _http_date(headers.get("Date", "")) or now


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.year in _YEARS else None


def media_type(headers: Headers) -> str:
    """What `Content-Type` says before its parameters, which are not read: a header of many costs more than a body."""
    return headers.get("Content-Type", "").partition(";")[0].strip().lower()[:100]


def read_quota(headers: Headers) -> Quota | None:
    """What `X-RateLimit-*` say, where they say it."""
    limit, remaining, reset = (
        _number(headers.get(f"X-RateLimit-{each}", "")) for each in ("Limit", "Remaining", "Reset")
    )
    if limit is None or remaining is None or reset is None:
        return None
    try:
        return Quota(limit=limit, remaining=remaining, resets_at=datetime.fromtimestamp(reset, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def retry_after(headers: Headers, now: datetime) -> timedelta | None:
    """How long the server asks us to wait: `Retry-After` in seconds or as a date, else the reset of a used-up quota."""
    text = headers.get("Retry-After", "").strip()
    seconds = _number(text)
    until = _http_date(text) if text and seconds is None else None
    if seconds is not None:
        wait = timedelta(seconds=min(seconds, 86_400))
    elif until is not None:
        wait = until - now
    elif (quota := read_quota(headers)) is not None and quota.remaining == 0:
        wait = quota.resets_at - now
    else:
        return None
    return min(max(wait, timedelta(seconds=1)), _LONGEST_WAIT)


def refusal(url: URL, status: int, headers: Headers, body: bytes, *, token_sent: bool, now: datetime) -> Exception:
    """The error for any status but 200, 304 and 404. `told` is the beginning of the body."""
    where, wait = place(url), retry_after(headers, read_date(headers, now))
    if status == 429 or (status == 403 and wait is not None):
        return Throttled(f"{where} asks us to slow down ({status})", wait or _SECONDARY_WAIT)
    if status == 403 and b"rate limit" in body.lower():
        return Throttled(f"{where} asks us to slow down (403)", _SECONDARY_WAIT)
    if status == 401:
        fix = "renew github.token, or leave it empty" if token_sent else "it asks for a login: check the address"
        return SourceRefused(f"{where} answered 401: {fix}")
    if status == 403:
        fix = "give github.token the right to read it" if token_sent else "set github.token, or check the address"
        return SourceRefused(f"{where} answered 403: {fix}")
    if status == 422:
        return NoFurther(f"{where} answered 422: check the address")
    if 400 <= status < 500 and status not in (408, 425):
        return SourceRefused(f"{where} answered {status}: check the address")
    return SourceUnavailable(f"{where} answered {status}", wait)
