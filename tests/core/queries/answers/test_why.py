"""The answer to `/why`: what was read, and what was decided about it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.core.announce.messages import Decision
from chatbot.core.announce.plan_builder import BRIDGED
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.answers.why import MOST_EVENTS, subjects_of, why
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.questions import QUESTIONS
from chatbot.core.snapshot import build_snapshot
from tests.core import make

DAY, START = make.DAY, make.START
MINUTE = timedelta(minutes=1)
FIX = make.known_release(make.release("v0.15.5"), origins=("GitHub", "OSV"))
HIGH = make.known_advisory(make.advisory(aliases=frozenset({"CVE-2030-1"})), known_before=True)
MISSING = make.known_release(
    make.release("v0.16.0"), changed_at=START + 4 * DAY, promoted_at=START + 4 * DAY, missing_since=START + 5 * DAY
)
REMOVED = make.known_release(make.release("v0.15.9"), missing_since=START + 5 * DAY, removal_confirmed=True)


def ask(name: str) -> QueryContext:
    facts = make.knowledge([FIX, MISSING, REMOVED, make.release("nightly")], [HIGH])
    return QueryContext(
        forge=make.FORGE, snapshot=build_snapshot(make.project, facts), policy=None, now=START, arguments={"id": name}
    )


def decision(reason: str, verdict: str = "skip") -> Decision:
    return Decision(project="mail", subject="release/mail/v0.15.5", room="discord:1", verdict=verdict, reason=reason)  # type: ignore[arg-type]  # from a table


@pytest.mark.parametrize(
    ("name", "subjects"),
    [
        ("v0.15.5", ("release/mail/v0.15.5",)),
        (" 0.15.5 ", ("release/mail/v0.15.5",)),
        ("NIGHTLY", ("release/mail/nightly",)),
        ("cve-2030-1", ("advisory/mail/CVE-2030-1", "advisory/mail/GHSA-aaaa-bbbb-cccc")),
        ("v9", ()),
        ("", ()),
    ],
)
def test_the_subjects_of_an_id(name: str, subjects: tuple[str, ...]) -> None:
    assert subjects_of(ask(name)) == subjects


EDITS = ("its words changed", "amend")
WORSE = ("Its severity is now critical; it was high.", "escalate")
NEW = ("a new release", "announce")
HOLD = ("it is read once more before it is announced", "hold")


def after(*decisions: tuple[str, str], name: str = "0.15.5", **more: Any) -> Message:
    """The answer after these decisions, a minute apart."""
    timed = [(START + 2 * DAY + number * MINUTE, decision(*each)) for number, each in enumerate(decisions)]
    return why(ask(name), timed, **({"all_rooms": False, "watching": True} | more))


@pytest.mark.parametrize(
    ("decisions", "title"),
    [
        ([NEW], "Mail Server 0.15.5 was announced here on 3 January 2030"),
        ([HOLD, NEW], "Mail Server 0.15.5 was announced here on 3 January 2030"),
        ([NEW, HOLD], "Mail Server 0.15.5 was announced here on 3 January 2030"),
        (
            [NEW, ("this room shows its newest words", "skip")],
            "Mail Server 0.15.5 was announced here on 3 January 2030",
        ),
        ([EDITS], "Mail Server 0.15.5 was announced here"),
        ([HOLD], "Mail Server 0.15.5 is not announced here yet: it is read once more before it is announced"),
        (
            [("this room does not watch releases", "skip")],
            "Mail Server 0.15.5 was not announced here, because this room does not watch releases",
        ),
        (
            [(f"{BRIDGED}elsewhere:!secret, which shows it", "skip")],
            "Mail Server 0.15.5 was not announced here, because a room that is bridged with this one shows it",
        ),
    ],
)
def test_the_title_is_the_answer(decisions: list[tuple[str, str]], title: str) -> None:
    assert after(*decisions).title == title
    assert "secret" not in make.words(after(*decisions))


def test_a_channel_is_called_one_where_people_call_it_so() -> None:
    context = replace(ask("0.15.5"), room_word="channel")
    answer = why(context, [(START, decision("this room does not watch releases"))], all_rooms=False)
    assert answer.title.endswith("because this channel does not watch releases")


def test_what_happened_stands_in_order_and_without_what_was_waited_for() -> None:
    fixed = ("a reply says that it is fixed", "amend")
    answer = after(HOLD, NEW, HOLD, EDITS, ("this room shows its newest words", "skip"), EDITS, WORSE, EDITS, fixed)
    assert make.lines_of(answer)[1:] == [
        "• 2 January 2030, 12:00 UTC – published",
        "• 3 January 2030, 12:01 UTC – announced (a new release)",
        "• 3 January 2030, 12:05 UTC – edited, for the 2nd time",
        "• 3 January 2030, 12:06 UTC – got worse: its severity is now critical; it was high",
        "• 3 January 2030, 12:07 UTC – edited",
        "• 3 January 2030, 12:08 UTC – a reply says that it is fixed",
        "First read 3 January 2030, 12:00 UTC on GitHub, then OSV",
    ]


def test_of_very_many_events_the_first_and_the_newest_are_shown() -> None:
    many = [NEW, *[WORSE] * (MOST_EVENTS + 3)]
    lines = [line for line in make.lines_of(after(*many)) if line.startswith("• ")]
    assert len(lines) == MOST_EVENTS
    assert lines[0].endswith("published")


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("0.16.0", ["published", "became a full release", "no longer listed by the project"]),
        ("0.15.9", ["published", "removed by the project"]),
        ("CVE-2030-1", ["published"]),
    ],
)
def test_what_the_project_did(name: str, events: list[str]) -> None:
    lines = make.lines_of(after(name=name))
    assert [line.partition(" – ")[2] for line in lines if line.startswith("• ")] == events


@pytest.mark.parametrize(
    ("name", "all_rooms", "watching", "words"),
    [
        ("0.15.5", True, True, "Mail Server 0.15.5 was not announced anywhere, because no room watched Mail Server when I first saw it"),
        ("0.15.5", False, True, "Mail Server 0.15.5 was not announced here, because it was known before this room began to watch Mail Server"),
        ("0.15.5", False, False, "Mail Server 0.15.5 was not announced here, because announcements go to rooms that watch Mail Server"),
        ("CVE-2030-1", False, True, "GHSA-aaaa-bbbb-cccc was not announced here, because it was out before I began to watch Mail Server"),
        ("CVE-2030-1", True, True, "GHSA-aaaa-bbbb-cccc was not announced anywhere, because it was out before I began to watch Mail Server"),
        ("policy", False, True, "The security policy of Mail Server is not there, or I have not found it yet"),
    ],
)  # fmt: skip
def test_why_nothing_was_decided(name: str, all_rooms: bool, watching: bool, words: str) -> None:
    assert after(name=name, all_rooms=all_rooms, watching=watching).title == words


NAMES = {"discord:1": "#releases", "discord:2": "#security", "discord:3": "#small talk"}


def in_rooms(**verdicts: tuple[str, str]) -> Message:
    timed = [
        (START + DAY, replace(decision(*each), room=RoomAddress(room.replace("_", ":"))))
        for room, each in verdicts.items()
    ]
    return why(ask("0.15.5"), timed, all_rooms=True, name_of=NAMES.__getitem__)


@pytest.mark.parametrize(
    ("verdicts", "lines"),
    [
        (
            {"discord_1": NEW, "discord_2": ("prereleases are off in this room", "skip"), "discord_3": ("prereleases are off in this room", "skip")},
            [
                "Mail Server 0.15.5 was announced in 1 of 3 rooms",
                "• #releases: announced on 2 January 2030 (a new release)",
                "• #security and #small talk: not announced, because prereleases are off in this room",
            ],
        ),
        (
            {"discord_1": NEW, "discord_2": (f"{BRIDGED}discord:1, which shows it", "skip")},
            [
                "Mail Server 0.15.5 was announced in 1 of 2 rooms",
                "• #releases: announced on 2 January 2030 (a new release)",
                "• #security: not announced, because it is bridged with #releases, which shows it",
            ],
        ),
        ({"discord_1": NEW}, ["Mail Server 0.15.5 was announced in #releases"]),
        ({"discord_1": NEW, "discord_2": NEW}, ["Mail Server 0.15.5 was announced in all 2 rooms that were watching"]),
        ({"discord_1": HOLD}, ["Mail Server 0.15.5 was announced nowhere", f"• #releases: not yet: {HOLD[0]}"]),
    ],
)  # fmt: skip
def test_maintainers_see_all_rooms_by_name(verdicts: dict[str, tuple[str, str]], lines: list[str]) -> None:
    answer = in_rooms(**verdicts)
    assert make.lines_of(answer)[: len(lines)] == lines
    assert "discord:" not in make.words(answer)


def test_the_id_that_stays_names_an_advisory_that_has_two() -> None:
    announced = replace(decision(*NEW), subject="advisory/mail/GHSA-aaaa-bbbb-cccc")
    same = decision("it is the same as advisory/mail/GHSA-aaaa-bbbb-cccc")
    answer = why(ask("CVE-2030-1"), [(START, announced), (START + MINUTE, same)], all_rooms=False)
    assert answer.title == "GHSA-aaaa-bbbb-cccc was announced here on 1 January 2030"
    assert "advisory/" not in make.words(answer)


def test_an_unknown_id() -> None:
    answer = why(ask("v9" + "x" * 99), [], all_rooms=False, watching=True)
    assert answer.title == "I don't know “v9" + "x" * 58 + "”"
    assert "Ask with a tag, a version or an advisory's id, such as /why 0.15.5." in make.lines_of(answer)
    assert answer.tone is Tone.UNSURE


def test_every_question_about_a_project_has_its_answer() -> None:
    assert {
        "supported",
        "latest",
        "affected",
        "advisory",
        "advisories",
        "credits",
        "policy",
        "report",
        "upgrade",
    } <= set(QUESTIONS)
