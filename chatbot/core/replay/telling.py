"""Which happenings of a replay tell the most: those are shown in full, the rest in a line each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import SubjectId
from chatbot.core.releases.classification import Classified
from chatbot.core.replay.replay import Happening, Replay

LATE = timedelta(hours=12)  # an advisory that comes so long after its fix comes late


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """An advisory that came after the release that fixes it had been announced."""

    advisory: Advisory
    release: Classified
    after: timedelta


def telling(replay: Replay) -> frozenset[int]:
    """The places of those that are shown in full: the last release, the worst advisory, the worst correction by a late
    advisory, the last backport, the last
    reply, and the last change of the policy."""
    places = list(enumerate(replay.happenings))

    def last(matches: Callable[[Happening], bool], rank: Callable[[Happening], int] = lambda _: 0) -> int | None:
        ranked = [(rank(each), at) for at, each in places if matches(each)]
        return max(ranked)[1] if ranked else None

    chosen = (
        last(lambda each: _is_new(each, "release") and not _is_backport(replay, each)),
        last(lambda each: _is_new(each, "advisory"), _rank),
        last(lambda each: late_of(replay, each) is not None, _rank),
        last(lambda each: _is_new(each, "release") and _is_backport(replay, each)),
        last(lambda each: each.kind == "reply"),
        last(lambda each: _is_new(each, "policy")),
    )
    return frozenset(at for at in chosen if at is not None)


def late_of(replay: Replay, happening: Happening) -> Late | None:
    """The advisory that came late, where this is the correction of an earlier announcement because of it."""
    if happening.kind != "edit":
        return None
    item = item_of(replay, happening.subject)
    for advisory in replay.snapshot.fixed_by(item.release.tag) if item is not None else ():
        subject = str(SubjectId("advisory", replay.snapshot.project.id, advisory.id))
        if item is not None and subject in happening.because:
            after = advisory.published_at - item.release.published_at
            if after >= LATE:
                return Late(advisory=advisory, release=item, after=after)
    return None


def late_advisories(replay: Replay) -> list[Late]:
    """One for each advisory that came late, in time order."""
    by_id: dict[str, Late] = {}
    for late in _all_late(replay):
        by_id.setdefault(late.advisory.id, late)
    return list(by_id.values())


def item_of(replay: Replay, subject: str) -> Classified | None:
    """The release that a subject is; None for an advisory or a summary."""
    start = f"release/{replay.snapshot.project.id}/"
    return replay.snapshot.releases.get(subject.removeprefix(start)) if subject.startswith(start) else None


def advisory_of(replay: Replay, subject: str) -> Advisory | None:
    """The advisory that a subject is; None for anything else."""
    start = f"advisory/{replay.snapshot.project.id}/"
    return replay.snapshot.advisories.get(subject.removeprefix(start)) if subject.startswith(start) else None


def _all_late(replay: Replay) -> Iterator[Late]:
    return (late for each in replay.happenings if (late := late_of(replay, each)) is not None)


def _is_new(happening: Happening, kind: str) -> bool:
    return happening.kind == "new" and happening.subject.startswith(f"{kind}/")


def _is_backport(replay: Replay, happening: Happening) -> bool:
    item = item_of(replay, happening.subject)
    return item is not None and item.backport


def _rank(happening: Happening) -> int:
    severity = happening.message.severity if happening.message is not None else None
    return severity.rank if severity is not None else 0
