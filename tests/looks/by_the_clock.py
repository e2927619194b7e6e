"""What subscribers of Windlass get in their DMs by the clock: reminders of ends of support, and weekly lists."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from chatbot.core.digests.personal import Entry, Listed, ProjectNews, weekly
from chatbot.core.digests.personal_message import list_items, personal_list
from chatbot.core.digests.schedule import digest_label, last_digest
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Message
from chatbot.core.reminders.due import NO_STAGE, Reminder
from chatbot.core.reminders.ends import LineEnd
from chatbot.core.reminders.personal import PersonalReminder, personal_message
from chatbot.core.subscriptions.subscription import Scope
from tests.looks import windlass as w
from tests.looks.digests import FRESH, HOSTILE, OLDER

END = date(2031, 10, 31)
LINE, EXACT = Scope("line", "4.1"), Scope("version", "4.1.8")


def _reminders() -> Iterator[tuple[str, Message]]:
    snapshot = w.snapshot(FRESH, policy=w.page(w.FIRST_PAGE, committed_at=w.NOW - 200 * w.DAY))
    first = Reminder(kind="ends", line="4.1", until=END, stage=90, end=LineEnd(END))
    alone, both = (LINE,), (LINE, EXACT)
    yield "my-reminder-90-days", personal_message(snapshot, PersonalReminder(first, alone), END - timedelta(days=90))
    yield "my-reminder-last-day", personal_message(snapshot, PersonalReminder(replace(first, stage=0), both), END)
    later = END.replace(month=12)
    moved = replace(first, kind="moved", until=later, before=END, stage=NO_STAGE, end=LineEnd(later))
    yield "my-reminder-moved", personal_message(snapshot, PersonalReminder(moved, alone), END.replace(day=8))


def _lists() -> Iterator[tuple[str, Message]]:
    zone, at = ZoneInfo("Europe/Berlin"), {fact.tag: w.NOW for fact in (*FRESH, *OLDER)}
    label = digest_label(weekly(zone), last_digest(weekly(zone), w.NOW))
    flaws = [w.CRITICAL, w.LOW]
    windlass = w.snapshot([w.FIX, *FRESH[1:], *OLDER], flaws)
    bollard = replace(windlass.project, id=ProjectId("bollard"), name="Bollard")
    news = {
        windlass.project.id: ProjectNews(windlass, at),
        bollard.id: ProjectNews(replace(w.snapshot(FRESH), project=bollard), at),
    }

    def listed_as(*names: tuple[ProjectId, str, bool]) -> list[Listed]:
        entries = [
            (Entry(of, "advisory" if name.startswith("GHSA") else "release", name), first) for of, name, first in names
        ]
        return [Listed(entry, first) for entry, first in entries]

    releases = [(w.WINDLASS.id, fact.tag, fact.tag == "v4.2.3") for fact in FRESH]  # it fixes something
    yield "my-week", _list_of(news, listed_as(*releases, (w.WINDLASS.id, "v4.1.9", True)), label)
    yield "my-week-one-release", _list_of(news, listed_as((w.WINDLASS.id, "v4.2.5", False)), label)
    several = [*releases, (w.WINDLASS.id, w.LOW.id, True), (bollard.id, "v4.2.4", False), (bollard.id, "v4.2.5", False)]
    yield "my-week-several", _list_of(news, listed_as(*several), label)
    hostile = replace(w.LOW, summary=HOSTILE)
    of = replace(w.snapshot(FRESH, [hostile]), project=replace(w.WINDLASS, name=HOSTILE))
    names = listed_as((w.WINDLASS.id, hostile.id, True), (w.WINDLASS.id, "v4.2.5", False))
    yield "my-week-hostile", _list_of({w.WINDLASS.id: ProjectNews(of, at)}, names, label)


def _list_of(news: Mapping[ProjectId, ProjectNews], entries: list[Listed], label: str) -> Message:
    return personal_list([item for _, item in list_items(news, entries)], label)[0]


BY_THE_CLOCK: Mapping[str, Message] = dict([*_reminders(), *_lists()])
