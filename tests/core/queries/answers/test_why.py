"""The answer to `/why`: what was read, and what was decided about it."""

from datetime import timedelta

import pytest

from chatbot.core.announce.messages import Decision
from chatbot.core.announce.plan_builder import BRIDGED
from chatbot.core.model.message import Tone
from chatbot.core.queries.answers.why import MOST, subjects_of, why
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.questions import QUESTIONS
from chatbot.core.snapshot import build_snapshot
from tests.core import make

DAY, START = make.DAY, make.START
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


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "0.15.5",
            [
                "• v0.15.5 was published 2030-01-02 12:00 UTC",
                "• first seen 2030-01-03 12:00 UTC on GitHub, then OSV",
                "• last seen 2030-01-04 12:00 UTC",
            ],
        ),
        (
            "CVE-2030-1",
            [
                "• GHSA-aaaa-bbbb-cccc was published 2030-01-02 12:00 UTC",
                "• first seen 2030-01-03 12:00 UTC on GitHub",
                "• last seen 2030-01-04 12:00 UTC",
                "• it was there before I began to watch, so it was never announced",
            ],
        ),
        (
            "0.16.0",
            [
                "• v0.16.0 was published 2030-01-02 12:00 UTC",
                "• first seen 2030-01-03 12:00 UTC on GitHub",
                "• last seen 2030-01-04 12:00 UTC",
                "• last changed 2030-01-05 12:00 UTC",
                "• became a full release 2030-01-05 12:00 UTC",
                "• missing since 2030-01-06 12:00 UTC",
            ],
        ),
        ("0.15.9", [*[""] * 3, "• missing since 2030-01-06 12:00 UTC, and confirmed as removed"]),
    ],
)
def test_what_was_read(name: str, lines: list[str]) -> None:
    answer_lines = make.lines_of(why(ask(name), [], all_rooms=False, watching=True))
    assert [
        line for line, expected in zip(answer_lines[1:], lines, strict=False) if expected and line != expected
    ] == []
    nothing = "Nothing was decided of it for this room: it was known before the room began to listen."
    assert answer_lines[len(lines) + 1] == nothing


@pytest.mark.parametrize(
    ("all_rooms", "watching", "words"),
    [
        (True, True, "Nothing was decided of it in any room: no room listened when it was first seen."),
        (False, True, "Nothing was decided of it for this room: it was known before the room began to listen."),
        (False, False, "Nothing is announced here, because this is no room that hears Mail Server."),
    ],
)
def test_why_nothing_was_decided(all_rooms: bool, watching: bool, words: str) -> None:
    assert words in make.lines_of(why(ask("0.15.5"), [], all_rooms=all_rooms, watching=watching))


@pytest.mark.parametrize(
    ("all_rooms", "heading", "line"),
    [
        (False, "Decided for this room", "• 2030-01-01 12:00 UTC: announced, a new release"),
        (True, "Decided", "• 2030-01-01 12:00 UTC in discord:1: announced, a new release"),
    ],
)
def test_what_was_decided(all_rooms: bool, heading: str, line: str) -> None:
    answer_lines = make.lines_of(
        why(ask("0.15.5"), [(START, decision("a new release", "announce"))], all_rooms=all_rooms, watching=True)
    )
    assert heading in answer_lines
    assert line in answer_lines


def test_a_hold_that_a_later_decision_replaced_is_left_out() -> None:
    decisions = [
        (START, decision("it is read once more before it is announced", "hold")),
        (START + timedelta(minutes=1), decision("a new release", "announce")),
        (START + timedelta(minutes=2), decision("its changes are read once more before they are shown", "hold")),
    ]
    lines = [
        line
        for line in make.lines_of(why(ask("0.15.5"), decisions, all_rooms=True, watching=True))
        if " UTC in " in line
    ]
    assert [line.partition(": ")[2] for line in lines] == [
        "announced, a new release",
        "waited, its changes are read once more before they are shown",
    ]


def test_the_address_of_another_room_is_not_shown() -> None:
    reason = f"{BRIDGED}elsewhere:!secret, which says it"
    mine = make.lines_of(why(ask("0.15.5"), [(START, decision(reason, "skip"))], all_rooms=False, watching=True))
    assert "• 2030-01-01 12:00 UTC: silent, another room that is bridged with this one says it" in mine
    assert not any("secret" in line for line in mine)
    theirs = make.lines_of(why(ask("0.15.5"), [(START, decision(reason, "skip"))], all_rooms=True, watching=True))
    assert any("elsewhere:!secret" in line for line in theirs)


def test_of_very_many_decisions_the_newest_are_shown() -> None:
    many = [(START + number * timedelta(days=1), decision(str(number))) for number in range(MOST + 5)]
    answer_lines = make.lines_of(why(ask("0.15.5"), many, all_rooms=False, watching=True))
    assert [line.rpartition(" ")[2] for line in answer_lines if "silent" in line] == [
        str(number) for number in range(5, MOST + 5)
    ]


def test_an_unknown_id() -> None:
    answer = why(ask("v9" + "x" * 99), [], all_rooms=False, watching=True)
    assert answer.title == "I have not seen v9" + "x" * 58
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
