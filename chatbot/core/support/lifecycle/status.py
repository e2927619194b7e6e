"""What a second source says about the support of a version, where the project's own page says nothing about any version."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chatbot.core.model.lifecycle import Cycle, Lifecycle
from chatbot.core.support.policy import Policy, Status
from chatbot.core.text.words import calendar_day
from chatbot.core.versions.version import Version, read_version


@dataclass(frozen=True, slots=True)
class Difference:
    """What a second source says otherwise of a cycle, in a sentence."""

    cycle: str
    sentence: str


def says_nothing(policy: Policy | None) -> bool:
    """Whether there is no page, or it was read whole and states nothing about any version. A page that cannot be read, that is
    longer than what is read, or an unedited template may say something: that is no silence."""
    return policy is None or (policy.readable and not policy.rows and not policy.cut)


def lifecycle_status(lifecycle: Lifecycle, version: Version, today: date) -> Status | None:
    """The status of a version by its cycle; None where no cycle covers it, or its end cannot be told. Never `not_listed`: a
    list that somebody else keeps may lag behind."""
    cycle = cycle_of(lifecycle, version)
    supported = _is_supported(cycle, today) if cycle is not None else None
    if cycle is None or supported is None:
        return None
    end = f" until {calendar_day(cycle.until)}" if cycle.until else ""
    since = f"since {calendar_day(cycle.until)}" if cycle.until else "now"
    says = f"{cycle.name} gets security fixes{end}" if supported else f"{cycle.name} gets no security fixes {since}"
    return Status(
        version=str(version),
        state="supported" if supported else "ended",
        until=cycle.until,
        row=f"{cycle.name} | {cycle.until.isoformat() if cycle.until else ('supported' if supported else 'ended')}",
        reason=f"By {lifecycle.origin}, {says}. The project's own policy says nothing about versions.",
        on=today,
        source=lifecycle.origin,
    )


def cycle_of(lifecycle: Lifecycle, version: Version) -> Cycle | None:
    """The cycle that a version belongs to: of those whose numbers it begins with, the longest. Prereleases belong to none."""
    if version.prerelease or version.package:
        return None
    covering = [
        (len(numbers), cycle)
        for cycle in lifecycle.cycles
        if (numbers := _numbers(cycle)) and version.numbers[: len(numbers)] == numbers
    ]
    longest = max((length for length, _ in covering), default=0)
    best = [cycle for length, cycle in covering if length == longest]
    return best[0] if len(best) == 1 else None  # `8.4` and `8.4-lts`: nobody can tell which is meant


def differences(lifecycle: Lifecycle, statuses: Sequence[Status]) -> Iterator[Difference]:
    """Where it contradicts what the project's page says of versions, one for each cycle. `statuses` are by the page."""
    names: set[str] = set()
    for status in statuses:
        version = read_version(status.version)
        cycle = cycle_of(lifecycle, version) if version is not None else None
        supported = _is_supported(cycle, status.on) if cycle is not None else None
        if cycle is None or supported is None or cycle.name in names or status.state not in ("supported", "ended"):
            continue
        theirs = _worded(supported=supported, until=cycle.until)
        ours = _worded(supported=status.state == "supported", until=status.until)
        if supported != (status.state == "supported") or (cycle.until and status.until and cycle.until != status.until):
            names.add(cycle.name)
            sentence = f"{lifecycle.origin} says that {cycle.name} {theirs}; your policy page says that it {ours}."
            yield Difference(cycle.name, sentence)


def _is_supported(cycle: Cycle, today: date) -> bool | None:
    """Their word may be older than the day that they name: the day counts, and never makes it supported again."""
    if cycle.has_ended is None and cycle.until is None:
        return None
    return not cycle.has_ended and (cycle.until is None or today <= cycle.until)


def _numbers(cycle: Cycle) -> tuple[int, ...]:
    """The numbers of a cycle's name; () where it has other words too (`noble`, `8.4-lts`)."""
    parts = cycle.name.removeprefix("v").split(".")
    plain = all(part.isascii() and part.isdecimal() and len(part) <= 9 for part in parts)
    return tuple(map(int, parts)) if plain else ()


def _worded(*, supported: bool, until: date | None) -> str:
    if supported:
        return f"is supported until {calendar_day(until)}" if until else "is supported"
    return f"was supported until {calendar_day(until)}" if until else "is not supported"
