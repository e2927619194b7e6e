"""What maintainers of Windlass see of announcements that they control, and what the rooms see of their words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chatbot.core.announce.audience import Watch
from chatbot.core.announce.messages import MessageKind
from chatbot.core.announce.plan import plan
from chatbot.core.maintainers.controls import fold
from chatbot.core.maintainers.schedule import answers
from chatbot.core.maintainers.schedule.reading import Intended
from chatbot.core.maintainers.word import AT, SEVERITY, USE, Action, Word
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Paragraph, Text
from chatbot.core.model.severity import Severity
from chatbot.runtime.maintainers.renderers import RENDERERS
from tests.core import make
from tests.looks import windlass as w
from tests.looks.announcements import HOSTILE

OPS = RoomAddress("discord:1002")
MIRA = RoomAddress("discord:user:1")
HOUR = timedelta(hours=1)
DUE = w.NOW + 3 * w.DAY
RELEASE, ADVISORY = f"release/windlass/{w.PATCH.tag}", f"advisory/windlass/{w.HIGH.id}"
PLANNED = "schedule/windlass/4.3.0"
NO_DETAILS: Mapping[str, str] = {}
Said = tuple[str, MessageKind, Message]


@dataclass(slots=True)
class Stage:
    """A room and the maintainers' room, as the plans left them."""

    asks: bool = False
    ops: RoomAddress = OPS
    rooms: tuple[RoomAddress, ...] = ()
    advisory: Advisory = w.HIGH
    words: list[Word] = field(default_factory=list)
    posted: make.PostedThere = field(default_factory=dict)

    def say(self, action: Action, subject: str, text: str = "", details: Mapping[str, str] = NO_DETAILS) -> None:
        self.words.append(Word(action=action, subject=subject, by=MIRA, at=w.NOW, text=text, details=details))

    def plans(self, subject: str, now: datetime = w.NOW, releases: Sequence[Release] = ()) -> Iterator[Said]:
        """What is newly message about the subject, each with the kind of what it is about."""
        project = replace(w.WINDLASS, maintainers_room=self.ops, announce="approve" if self.asks else "auto")
        snapshot = w.snapshot([w.PATCH, *releases], [self.advisory], project=project, controls=fold(self.words))
        room = w.room(w.PING, project)
        rooms = [replace(room, address=address) for address in self.rooms] or [room]
        watches = [Watch(each, w.NOW - 3 * w.DAY) for each in rooms]
        settle = timedelta(seconds=30)
        steps = plan(snapshot, watches, self.posted, {subject}, now=now, settle=settle, renderers=RENDERERS)
        self.posted = make.carry_out(steps, self.posted)
        for each in steps.messages:
            yield each.subject.partition("/")[0], each.kind, each.message


def _cards() -> Iterator[Said]:
    stage = Stage(asks=True)
    yield from (("approval-card", kind, message) for what, kind, message in stage.plans(RELEASE) if what == "card")
    stage.say("hold", ADVISORY)
    after = w.NOW + HOUR
    yield from (
        (f"held-{what}", kind, message)
        for what, kind, message in stage.plans(ADVISORY, after)
        if what in ("card", "notice")
    )


def _cards_of_two_chats() -> Iterator[Said]:
    hall, wharf = RoomAddress("discord:1001"), RoomAddress("matrix:!wharf:example.org")
    ops = RoomAddress("matrix:!ops:example.org")
    hostile = replace(w.HIGH, summary=HOSTILE, description=(Paragraph((Text(f"{HOSTILE} " * 200),)),))
    for name, stage, subject in (
        ("approval-card-two-chats", Stage(asks=True, rooms=(hall, wharf)), RELEASE),
        ("approval-card-read-on-matrix", Stage(asks=True, rooms=(hall,), ops=ops), RELEASE),
        ("approval-card-advisory", Stage(asks=True, rooms=(hall, wharf), ops=ops), ADVISORY),
        ("approval-card-hostile", Stage(asks=True, rooms=(hall, wharf), advisory=hostile), ADVISORY),
        ("approval-card-hostile-on-matrix", Stage(asks=True, rooms=(hall, wharf), advisory=hostile, ops=ops), ADVISORY),
    ):
        if subject == ADVISORY:
            stage.say("hold", ADVISORY)
        yield from ((name, kind, message) for what, kind, message in stage.plans(subject) if what == "card")


def _posts() -> Iterator[Said]:
    for name, action, text, details in (
        ("bad-release", "bad", "It loses mail when a folder is renamed.", {USE: "4.2.2"}),
        ("retracted", "retract", "It was tagged by mistake", {}),
        ("noted", "note", "Back your database up first: the first start takes a while.", {}),
    ):
        stage = Stage()
        list(stage.plans(RELEASE))
        stage.say(action, RELEASE, text, details)  # type: ignore[arg-type]  # one of the actions
        for what, kind, message in stage.plans(RELEASE):
            if what in ("release", "follow-up"):
                yield f"{name}-{kind}", kind, message


def _planned() -> Iterator[Said]:
    stage = Stage()

    def due(at: datetime) -> dict[str, str]:
        return {AT: at.isoformat(), SEVERITY: "high"}

    def shows(name: str, now: datetime, *releases: Release) -> Iterator[Said]:
        for what, kind, message in stage.plans(PLANNED, now, releases):
            yield f"planned-{name}{'-notice' if what == 'notice' else ''}-{kind}", kind, message

    stage.say("schedule", "4.3.0", details=due(DUE - w.DAY))
    yield from shows("first", w.NOW)
    stage.say("schedule", "4.3.0", details=due(DUE))
    yield from shows("moved", w.NOW)
    yield from shows("soon", DUE - HOUR / 2)
    before = dict(stage.posted), list(stage.words)
    yield from shows("late", DUE + 25 * HOUR)
    stage.posted, stage.words = dict(before[0]), list(before[1])
    stage.say("cancel", "4.3.0")
    yield from shows("cancelled", DUE - HOUR / 2)
    stage.posted, stage.words = before
    yield from shows("released", DUE, w.release("v4.3.0", w.NOW))


CONTROLLED: Mapping[str, tuple[MessageKind, Message]] = {
    name: (kind, message) for part in (_cards, _cards_of_two_chats, _posts, _planned) for name, kind, message in part()
}
CONTROL_ANSWERS: Mapping[str, Message] = {
    "planned-asked-again": answers.ask_again(
        w.WINDLASS, Intended(version="4.3.0", at=DUE.replace(minute=0), severity=Severity.HIGH)
    )
}
