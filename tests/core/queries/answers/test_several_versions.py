"""`/affected` with several versions: a verdict on each, and one release that fixes all."""

from dataclasses import replace

import pytest

from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.commands import CommandError, read_line
from tests.core import make
from tests.core.queries.answers.test_recommendations import RELEASES, TWO, advisory, ask


def lines(message: Message) -> list[str]:
    return make.lines_of(message)


@pytest.mark.parametrize("text", ["2.1.0 2.1.1", "2.1.0, 2.1.1", "2.1.0,2.1.1", "v2.1.0 2.1.0 2.1.1"])
def test_each_has_its_verdict_and_one_release_fixes_all(text: str) -> None:
    answer = ask("affected", text, TWO)
    assert answer.title == "Mail Server 2.1.0 and 2.1.1 are affected: upgrade to 2.1.4"
    assert answer.tone is Tone.WARNING
    assert lines(answer)[1:4] == [
        "What to do: Upgrade to 2.1.4, which fixes both.",
        "• ⚠️ 2.1.0 is affected by 2 advisories: upgrade to 2.1.4",
        "• ⚠️ 2.1.1 is affected by 1 advisory: upgrade to 2.1.4",
    ]


def test_the_release_that_fixes_all_is_above_all() -> None:
    both = (advisory("a", ">= 2.1.0, < 2.1.1", "2.1.1"), advisory("b", ">= 2.2.0, < 2.2.1", "2.2.1"))
    answer = ask("affected", "2.1.0 2.2.0 2.1.4", both)
    assert answer.title == "Mail Server 2.1.0 and 2.2.0 are affected: upgrade to 2.2.2"
    assert "• ✅ No published advisory affects Mail Server 2.1.4" in lines(answer)


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        ("2.1.4 2.2.2", Tone.GOOD),
        ("2.2.2 9.9.9", Tone.UNSURE),
        ("2.2.2 1.9.9", Tone.UNSURE),
        ("2.2.2 banana", Tone.UNSURE),
        ("2.2.2 1.9", Tone.WARNING),
    ],
)
def test_only_good_verdicts_make_good_news(text: str, tone: Tone) -> None:
    assert ask("affected", text).tone is tone


def test_at_most_ten_are_looked_at() -> None:
    answer = ask("affected", " ".join(f"9.9.{number}" for number in range(12)))
    assert "Not looked at: 2 more. Ask about 10 at a time." in lines(answer)


def test_known_exploitation_is_shown() -> None:
    exploited = replace(TWO[0], known_exploited=True)
    for text in ("2.1.0", "2.1.0 2.1.1"):
        answer_lines = lines(ask("affected", text, (exploited, TWO[1])))
        assert "Exploited: GHSA-aaaa-aaaa-aaaa: known to be exploited (CISA KEV)" in answer_lines
    assert not [line for line in lines(ask("affected", "2.1.0", TWO)) if "xploited" in line]


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("affected 2.1.0 2.0.3 mail", {"version": "2.1.0 2.0.3", "project": "mail"}),
        ("affected 2.1.0, v2.0.3", {"version": "2.1.0, v2.0.3"}),
        ("affected 2.1.0,2.0.3", {"version": "2.1.0,2.0.3"}),
        ("affected zfs-2.1.3, zfs-2.1.4", {"version": "zfs-2.1.3, zfs-2.1.4"}),
        ("affected 2.1.0 mail", {"version": "2.1.0", "project": "mail"}),
    ],
)
def test_how_several_versions_are_typed(line: str, arguments: dict[str, str]) -> None:
    parsed = read_line(line)
    assert not isinstance(parsed, CommandError)
    assert parsed[1] == arguments


def test_no_version_is_good_without_releases() -> None:
    assert ask("affected", "2.2.2 2.1.4", releases=RELEASES[:2]).tone is not Tone.GOOD
