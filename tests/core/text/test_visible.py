"""What of a text is seen: nothing hides, turns or separates words, and emoji stay whole."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.text.visible import visible


@pytest.mark.parametrize(
    ("text", "visible_text"),
    [
        ("plain words", "plain words"),
        ("tab\there", "tab here"),
        ("line\nbreak", "line\nbreak"),
        ("a\x00b\x1bc\x7fd\x9be", "abcde"),
        ("a\u200bb\u200dc\u2060d\ufeffe\u00adf\u061cg\u180eh", "abcdefgh"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("a\u2061b\u206ac\ufff9d\U000e0041e", "abcde"),
        ("a\u3164b\u2800c\u115fd\uffa0e\u034ff", "abcdef"),
        ("\ud800 half", "\ufffd half"),
        ("\ud83d\ude00", "😀"),
        ("👩\u200d💻 ❤️ 1️⃣ 🏳️\u200d🌈", "👩\u200d💻 ❤️ 1️⃣ 🏳️\u200d🌈"),
        ("x\ufe0f y\u200d z", "x y z"),
        ("👩\u200d", "👩"),
        ("\u200d👩", "👩"),
        ("", ""),
    ],
)
def test_what_is_seen(text: str, visible_text: str) -> None:
    assert visible(text) == visible_text


def test_what_is_kept_is_asked_for() -> None:
    assert visible("a\nb", lines=False) == "a b"


@given(st.text(st.characters(blacklist_categories=())))
def test_nothing_unseen_is_left_but_between_emoji(text: str) -> None:
    visible_text = visible(text)
    categories = {unicodedata.category(character) for character in visible_text if character not in "\n\u200d"}
    assert not categories & {"Cc", "Cf", "Zl", "Zp", "Cs"}
    assert visible(visible_text) == visible_text
