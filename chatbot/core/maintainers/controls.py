"""What all words of a project's maintainers add up to: one state for each release and advisory, the last word first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from chatbot.core.maintainers.word import AT, DECLARED, JUSTIFICATION, SEVERITY, USE, Word
from chatbot.core.model.ids import NOWHERE, RoomAddress
from chatbot.core.model.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRelease:
    """A release that nobody should use. `use`: the version to use in its place, or ""."""

    reason: str
    use: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """That a vulnerability does not concern the project. `justification`: one of OpenVEX's."""

    cve: str
    justification: str
    by: RoomAddress
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A release that is due. `at`: when; `cancelled`: it will not come then; `moves`: how often its time was changed."""

    version: str
    at: datetime
    severity: Severity
    said_at: datetime
    cancelled: bool = False
    moves: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What the maintainers decided about one release or advisory.

    held_at: since when its announcement is held back; None where it is not
    announced_at: when they said that it is announced now
    skipped: it is not announced
    retracted: why it was taken back, and is never announced again; "" where it was not
    bad: why a release must not be used; None where it may
    note: their own words, shown on top of its announcement
    exploited: an advisory's vulnerability is known to be exploited, by their word
    declared: a release is a security release (`security`), or an urgent one (`outofband`), by their word; "" without one
    by: who said the last of it
    """

    held_at: datetime | None = None
    announced_at: datetime | None = None
    skipped: bool = False
    retracted: str = ""
    bad: BadRelease | None = None
    note: str = ""
    exploited: bool = False
    declared: str = ""
    by: RoomAddress = NOWHERE


NOTHING = Control()


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """by_subject: by the id of a release or an advisory; statements: by CVE; scheduled: by version."""

    by_subject: Mapping[str, Control] = field(default_factory=dict)
    statements: Mapping[str, Statement] = field(default_factory=dict)
    scheduled: Mapping[str, Scheduled] = field(default_factory=dict)

    def of(self, *subjects: str) -> Control:
        """What was decided about a subject, under any of its ids. Words about two ids that turned out to be one: those of the
        first count; that it was taken back, or is exploited, counts whichever they were said of."""
        controls = [self.by_subject[each] for each in subjects if each in self.by_subject]
        if len(controls) < 2:
            return controls[0] if controls else NOTHING
        reason = next((each.retracted for each in controls if each.retracted), "")
        return replace(controls[0], retracted=reason, exploited=any(each.exploited for each in controls))

    def named_as(self, subjects: Sequence[str]) -> str:
        """Under which of a subject's ids, the current one first, words about it are kept: where there are some, with those."""
        return next((each for each in subjects if each in self.by_subject), subjects[0])


NO_CONTROLS = Controls()


def control_facts(control: Control) -> list[list[str]]:
    """What an announcement shows of the maintainers' words; nothing where they said nothing, so that digests from before stay
    equal."""
    if control.retracted:
        return [["retracted", control.retracted]]
    if control.bad is not None:
        return [["bad", control.bad.reason, control.bad.use]]
    return [["note", control.note]] if control.note else []


def fold(words: Iterable[Word], before: Controls = NO_CONTROLS) -> Controls:
    """All words, the oldest first, added up. What was retracted stays so, whatever is said later. `before`: what the words before
    these add up to."""
    by_subject: dict[str, Control] = dict(before.by_subject)
    statements: dict[str, Statement] = dict(before.statements)
    scheduled: dict[str, Scheduled] = dict(before.scheduled)
    for word in words:
        match word.action:
            case "statement":
                why = word.details.get(JUSTIFICATION, "")
                statements[word.subject] = Statement(cve=word.subject, justification=why, by=word.by, at=word.at)
            case "schedule" | "cancel":
                entry = _scheduled(scheduled.get(word.subject), word)
                if entry is not None:
                    scheduled[word.subject] = entry
            case "test":
                continue
            case _:
                by_subject[word.subject] = _next(by_subject.get(word.subject, NOTHING), word)
    return Controls(by_subject=by_subject, statements=statements, scheduled=scheduled)


def _next(control: Control, word: Word) -> Control:
    control = replace(control, by=word.by)
    match word.action:
        case "now":
            declared = word.details.get(DECLARED, control.declared)
            return replace(control, held_at=None, skipped=False, announced_at=word.at, declared=declared)
        case "hold":
            return replace(control, held_at=control.held_at or word.at, announced_at=None)
        case "skip":
            return replace(control, skipped=True, held_at=None, announced_at=None)
        case "retract":
            return replace(control, retracted=control.retracted or word.text, held_at=None)
        case "bad":
            return replace(control, bad=BadRelease(reason=word.text, use=word.details.get(USE, "")))
        case "good":
            return replace(control, bad=None)
        case "note":
            return replace(control, note=word.text)
        case "exploited":
            return replace(control, exploited=True)
        case "statement" | "schedule" | "cancel" | "test":
            return control
        case _ as unreachable:
            assert_never(unreachable)


def _scheduled(before: Scheduled | None, word: Word) -> Scheduled | None:
    if word.action == "cancel":
        return replace(before, cancelled=True) if before is not None else None
    try:
        at, severity = datetime.fromisoformat(word.details[AT]), Severity(word.details.get(SEVERITY, "unknown"))
    except (KeyError, ValueError):  # another program stored it
        return before
    if at.tzinfo is None:
        return before
    moved = before is not None and (before.at != at or before.cancelled)
    moves = (before.moves if before is not None else 0) + moved
    return Scheduled(version=word.subject, at=at, severity=severity, said_at=word.at, moves=moves)
