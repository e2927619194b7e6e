"""What a check says: one line for each thing, the worst first, foreign words made harmless, and one cause told once."""

from dataclasses import replace

import pytest

from chatbot.core.checks.result import (
    LONGEST_NAME,
    CheckResult,
    RoomToCheck,
    account_away,
    account_wrong,
    attention,
    grouped,
)
from chatbot.core.model.ids import RoomAddress

ROOM = CheckResult(kind="room", chat="discord", subject="discord:1", name="#news", right=("can post",))


@pytest.mark.parametrize(
    ("result", "verdict", "line"),
    [
        (ROOM, "fine", "#news (discord:1): can post"),
        (replace(ROOM, name=""), "fine", "discord:1: can post"),
        (replace(ROOM, notes=("a maintainers' room",)), "fine", "#news (discord:1): can post. A maintainers' room"),
        (replace(ROOM, right=(), notes=("it will join",)), "note", "#news (discord:1): it will join"),
        (replace(ROOM, wrong=("no role 7", "no embeds")), "wrong", "#news (discord:1): no role 7. No embeds"),
        (replace(ROOM, away="503"), "away", "#news (discord:1): 503"),
        (replace(ROOM, wrong=("no role 7",), away="503"), "wrong", "#news (discord:1): no role 7. 503"),
        (replace(ROOM, name="#a\nb\u202e\x1b[2J"), "fine", "#a b[2J (discord:1): can post"),
        (replace(ROOM, wrong=("it said\n\x1b[31mno",)), "wrong", "#news (discord:1): it said [31mno"),
    ],
)
def test_a_result_is_one_line(result: CheckResult, verdict: str, line: str) -> None:
    assert (result.verdict, result.line) == (verdict, line)


def test_a_long_name_is_cut() -> None:
    assert replace(ROOM, name="#" + "n" * 5000).called == f"#{'n' * (LONGEST_NAME - 1)} (discord:1)"
    assert len(replace(ROOM, wrong=("x" * 9000,)).words) < 1000


def test_rooms_that_do_not_answer_for_one_reason_are_one_result() -> None:
    away = replace(ROOM, right=(), away="Discord answered 503")
    others = [replace(away, subject=f"discord:{number}") for number in (2, 3)]
    elsewhere = replace(away, chat="matrix", subject="matrix:#a:b", away="the homeserver answered 502")
    wrong = [replace(ROOM, subject=f"discord:{number}", wrong=("no role 7",)) for number in (4, 5)]
    results = grouped([away, wrong[0], *others, elsewhere, wrong[1]])
    assert [each.line for each in results] == [
        "#news (discord:1): Discord answered 503 (and 2 more rooms for the same reason)",
        "#news (discord:4): no role 7",
        "#news (matrix:#a:b): the homeserver answered 502",
        "#news (discord:5): no role 7",
    ]
    assert attention([ROOM, *results]) == results


def test_an_account_is_one_result_whatever_rooms_it_has() -> None:
    rooms = [RoomToCheck(address=RoomAddress(f"discord:{number}")) for number in range(3)]
    assert (
        account_wrong("discord", "the token is refused", rooms).line
        == "discord: the token is refused (3 rooms not tried)"
    )
    assert account_away("matrix", "no network").verdict == "away"
