"""What would have alerted in the last year, in words: how many, and the newest of them."""

from dataclasses import replace

from chatbot.core.model.message import Message, Tone
from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions.answers.card import past_words
from tests.core import make

ONE = make.advisory()


def lines(*advisories: object) -> list[str]:
    blocks = past_words(list(advisories))  # type: ignore[arg-type]  # they are advisories
    return make.lines_of(Message(title="t", tone=Tone.GOOD, body=tuple(blocks)))[1:]


def test_none_is_no_good_news_and_is_stated_plainly() -> None:
    assert lines() == ["In the last 12 months you would have had no alert."]


def test_one_and_several() -> None:
    assert lines(ONE) == [
        "In the last 12 months you would have had 1 alert:",
        "• A crafted message reads files (high, 2 January 2030)",
    ]
    assert lines(ONE, ONE, ONE, ONE, ONE)[0] == "In the last 12 months you would have had 5 alerts:"
    assert lines(ONE, ONE, ONE, ONE)[-1] == "• and 1 more alert"
    assert lines(ONE, ONE, ONE, ONE, ONE)[-1] == "• and 2 more alerts"


def test_what_is_not_stated_and_what_is_too_long() -> None:
    bare = replace(ONE, summary="", severity=Severity.UNKNOWN, url="")
    assert lines(bare)[1] == "• GHSA-aaaa-bbbb-cccc (severity not stated, 2 January 2030)"
    assert lines(replace(ONE, summary="x" * 500))[1] == f"• {'x' * 79}… (high, 2 January 2030)"
