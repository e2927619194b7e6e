"""Versions that do not exist: no range without an end affects them, and nothing clears them."""

import pytest

from chatbot.core.model.message import Tone
from tests.core import make
from tests.core.queries.answers.test_recommendations import advisory, ask

ENDLESS = advisory("e", ">= 2.1.0")
BOUNDED = advisory("b", ">= 2.1.0, < 2.2.2", "2.2.2")


@pytest.mark.parametrize("command", ["affected", "supported", "upgrade"])
@pytest.mark.parametrize("advisories", [(), (BOUNDED,)])
@pytest.mark.parametrize("version", ["99.0", "2.2.3", "99.0.0-rc.1"])
def test_a_version_above_all_that_is_known_does_not_exist(command: str, advisories: tuple[()], version: str) -> None:
    answer = ask(command, version, advisories)
    assert answer.title == f"There is no release {version} of Mail Server; the newest is 2.2.2"
    assert answer.tone is Tone.UNSURE


def test_a_range_without_an_end_does_not_affect_what_does_not_exist() -> None:
    answer = ask("affected", "99.0", (ENDLESS,))
    assert answer.title == "There is no release 99.0 of Mail Server"
    assert answer.tone is Tone.UNSURE
    lines = make.lines_of(answer)
    assert "No release fixes GHSA-eeee-eeee-eeee yet." in lines
    assert any(line.startswith("The newest release is 2.2.2 (affected by GHSA-eeee-eeee-eeee).") for line in lines)


def test_an_unpublished_version_below_the_newest_may_be_somebody_s_own_build() -> None:
    assert ask("affected", "2.1.77", (ENDLESS,)).tone is Tone.WARNING


@pytest.mark.parametrize("version", ["1.9.9", "1.9"])
@pytest.mark.parametrize("command", ["affected", "supported", "upgrade", "latest"])
def test_what_is_out_of_support_is_never_green(command: str, version: str) -> None:
    if command == "latest":
        version = "1.9"
    assert ask(command, version).tone is not Tone.GOOD


def test_the_newest_of_a_line_that_has_ended_comes_with_what_to_do() -> None:
    answer = ask("latest", "1.9")
    assert answer.title == "The newest Mail Server 1.9.x is 1.9.9, but this line is no longer supported"
    assert "What to do: Upgrade to 2.2.2." in make.lines_of(answer)
