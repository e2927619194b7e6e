"""Digests and reminders: what a room gets once a day or a week, and when support of a line ends."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, time
from zoneinfo import ZoneInfo

from chatbot.core.digests.item import DigestItem, advisory_item, policy_item, release_item
from chatbot.core.digests.render import digest_message
from chatbot.core.digests.schedule import digest_label, last_digest
from chatbot.core.model.message import Message
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import DigestEvery, DigestSchedule
from chatbot.core.reminders.due import NO_STAGE, Reminder
from chatbot.core.reminders.ends import LineEnd
from chatbot.core.reminders.render import reminder_message
from chatbot.core.support.diff import changes
from chatbot.sources.support_policy.reader import read_policy
from tests.looks import windlass as w

END = date(2031, 10, 31)
FRESH = [w.release(f"v4.2.{number}", w.NOW - (9 - number) * w.DAY) for number in range(3, 6)]
OLDER = [w.release("v4.1.9", w.NOW - 2 * w.DAY), w.release("v4.3.0-rc.1", w.NOW - 3 * w.DAY, prerelease=True)]
SNAPSHOT = w.snapshot([*FRESH, *OLDER], [w.HIGH])
HOSTILE = "@everyone <@1> [free](https://evil.example) **b** `c` ||s||"


def _label(every: DigestEvery) -> str:
    schedule = DigestSchedule(every=every, at=time(9), zone=ZoneInfo("Europe/Berlin"))
    return digest_label(schedule, last_digest(schedule, w.NOW))


def _policy() -> DigestItem:
    sentences = changes(read_policy(w.FIRST_PAGE), read_policy(w.NEXT_PAGE))
    page = w.page(w.NEXT_PAGE).page
    return policy_item(w.WINDLASS, "policy/windlass/x", page.link, sentences, w.NOW)


def _digests() -> Iterator[tuple[str, Message]]:
    routine = [release_item(SNAPSHOT, fact.tag) for fact in (*FRESH, *OLDER)]
    warned = advisory_item(SNAPSHOT, w.HIGH.id)
    yield "digest-daily", digest_message(routine[:1], _label("daily"))
    yield "digest-weekly", digest_message([*routine, warned, _policy()], _label("weekly"))
    other = [
        replace(item, project="Bollard", line="1.8.x", name=f"1.8.{number}", subject=f"release/bollard/{number}")
        for number, item in enumerate(routine[:2], start=3)
    ]
    yield "digest-several", digest_message([*routine[:2], *other, warned, _policy()], _label("daily"))
    removed = w.tracked_release(FRESH[0], removal_confirmed=True)
    flaw = replace(w.HIGH, withdrawn_at=w.NOW)
    edited = w.snapshot([removed, *FRESH[1:]], [flaw])
    items = [release_item(edited, fact.tag) for fact in FRESH]
    yield "digest-corrected", digest_message([*items, advisory_item(edited, flaw.id)], _label("daily"))
    hostile = replace(w.HIGH, summary=HOSTILE, severity=Severity.UNKNOWN)
    warned = advisory_item(w.snapshot(FRESH, [hostile]), hostile.id)
    yield "digest-hostile", digest_message([replace(routine[0], project=HOSTILE, line="x.y"), warned], _label("daily"))


def _reminders() -> Iterator[tuple[str, Message]]:
    snapshot = w.snapshot(FRESH, policy=w.page(w.FIRST_PAGE, committed_at=w.NOW - 200 * w.DAY))
    near = Reminder(kind="ends", line="4.1.x", until=END, stage=30, end=LineEnd(END))
    yield "reminder-30-days", reminder_message(snapshot, near, END.replace(day=1))
    yield "reminder-last-day", reminder_message(snapshot, replace(near, stage=0), END)
    later = END.replace(month=12)
    moved = replace(near, kind="moved", until=later, before=END, stage=NO_STAGE, end=LineEnd(later))
    yield "reminder-moved", reminder_message(snapshot, moved, END.replace(day=8))
    undated = replace(near, kind="lost", until=None, before=END, stage=NO_STAGE, end=LineEnd())
    yield "reminder-without-date", reminder_message(snapshot, undated, END.replace(day=8))


DIGESTS: Mapping[str, Message] = {name: message for part in (_digests, _reminders) for name, message in part()}
