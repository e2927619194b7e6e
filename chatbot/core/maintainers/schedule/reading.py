"""What a maintainer types to plan a release: a version, a time and a severity, in which nothing else can be said."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chatbot.core.model.severity import Severity
from chatbot.core.text import patterns

FURTHEST = timedelta(days=365)
LONGEST_VERSION = 24  # characters
SEVERITIES = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
# Numbers, and at most the word of a prerelease: no room for words about what is fixed.
_VERSION = patterns.compile(r"[vV]?([0-9]{1,8}(\.[0-9]{1,8}){0,4}([-.]?(alpha|beta|rc)[-.]?[0-9]{0,3})?)")
_ONE_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """A release that is to be planned. `at`: in UTC, to the minute."""

    version: str
    at: datetime
    severity: Severity

    @property
    def words(self) -> str:
        """As a maintainer would type it: `2.1.2 2026-12-01T15:00Z high`."""
        return f"{self.version} {self.at:%Y-%m-%dT%H:%MZ} {self.severity}"


def version_of(text: str) -> str:
    """The version without a `v` in front; "" where it does not look like one."""
    match = _VERSION.fullmatch(text.strip()) if len(text) <= LONGEST_VERSION else None
    return match.group(1) if match is not None else ""


def time_of(text: str, now: datetime) -> datetime | str:
    """The time that is meant, in UTC; or what is wrong with it, a sentence."""
    try:
        at = datetime.fromisoformat(text.strip()[:40])
    except ValueError:
        return "I can't read that time. Write it like 2031-12-01T15:00Z."
    if at.tzinfo is None:
        return "That time has no time zone. Write Z for UTC, or a difference from it: 2031-12-01T15:00+01:00."
    if at <= now:
        return "That time is past. It must lie ahead."
    if at > now + FURTHEST:
        return "That is more than a year ahead."
    at = at.astimezone(UTC)
    return at if not at.second and not at.microsecond else at.replace(second=0, microsecond=0) + _ONE_MINUTE


def intended(version: str, time: str, severity: str, now: datetime) -> Intended | str:
    """The three of them, checked; or what is wrong, a sentence."""
    name = version_of(version)
    if not name:
        return "I can't read that as a version. Write it like 2.1.2 or 3.0.0-rc.1: nothing but the version is posted."
    at = time_of(time, now)
    if isinstance(at, str):
        return at
    if severity.lower() not in SEVERITIES:
        return f"The severity is one of: {', '.join(SEVERITIES)}."
    return Intended(version=name, at=at, severity=Severity(severity.lower()))
