"""What the words of maintainers add up to, also where two ids turn out to be of one advisory."""

from datetime import UTC, datetime

from chatbot.core.maintainers.controls import NOTHING, fold
from chatbot.core.maintainers.word import Action, Word
from chatbot.core.model.ids import RoomAddress

GHSA, CVE, OTHER = (f"advisory/mail/{name}" for name in ("GHSA-aaaa-bbbb-cccc", "CVE-2031-1", "CVE-2031-2"))


def word(action: Action, subject: str, text: str = "") -> Word:
    return Word(
        action=action, subject=subject, by=RoomAddress("console"), at=datetime(2031, 1, 1, tzinfo=UTC), text=text
    )


def test_what_was_taken_back_or_exploited_under_another_id_stays_so() -> None:
    controls = fold([word("retract", CVE, "a duplicate"), word("exploited", CVE), word("note", GHSA, "Please upgrade")])
    both = controls.of(GHSA, CVE)
    assert (both.retracted, both.exploited, both.note) == ("a duplicate", True, "Please upgrade")
    assert controls.of(OTHER) == NOTHING


def test_words_are_kept_with_those_that_were_said_before() -> None:
    controls = fold([word("hold", CVE)])
    assert controls.named_as([GHSA, CVE]) == CVE
    assert controls.named_as([GHSA, OTHER]) == GHSA


def test_nothing_brings_back_what_was_taken_back() -> None:
    later: list[Action] = ["now", "hold", "skip", "good", "note"]
    for action in later:
        assert fold([word("retract", GHSA, "by mistake"), word(action, GHSA)]).of(GHSA).retracted == "by mistake"
