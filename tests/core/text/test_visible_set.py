"""What nobody sees is defined once, and goes; what joins emoji stays."""

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.text.visible import INVISIBLE, spell_out, visible

# https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt, Default_Ignorable_Code_Point
_IGNORABLE = (
    *(
        0xAD,
        0x34F,
        0x61C,
        0x115F,
        0x1160,
        0x17B4,
        0x17B5,
        *range(0x180B, 0x1810),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
    ),
    *(
        *range(0x2060, 0x2070),
        0x3164,
        *range(0xFE00, 0xFE10),
        0xFEFF,
        0xFFA0,
        *range(0xFFF0, 0xFFF9),
        *range(0x1BCA0, 0x1BCA4),
    ),
    *(*range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000)),
)


def test_every_control_format_separator_and_ignorable_character_is_invisible() -> None:
    characters = {
        chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Zl", "Zp")
    }
    assert not (characters | set(map(chr, _IGNORABLE))) - INVISIBLE
    others = {ord(each) for each in INVISIBLE - characters} - {*_IGNORABLE, ord("\u2800"), ord("\ufffc")}
    assert not [
        chr(code) for code in others if chr(code).isprintable()
    ]  # they are format characters of a later Unicode


@pytest.mark.parametrize(
    ("text", "visible_text"),
    [
        ("plain words", "plain words"),
        (
            "a\u200bb\u202ec\u2066d\ufeffe\xadf\u061cg\u180eh\u2061i\u206fj\ufff9k\U000e0041l\u3164m\u115fn",
            "abcdefghijklmn",
        ),
        ("a\x1b[31mb\x9b31mc\x07", "a[31mb31mc"),
        ("a\u2028b\u2029c\x85d\x0be\x0cf", "a b c d e f"),
        ("a\ud800b\udfffc", "a\ufffdb\ufffdc"),
        ("a\tb\nc\r\nd", "a b c  d"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        (
            "\u2764\ufe0f\u200d\U0001f525 1\ufe0f\u20e3 \u26a0\ufe0f \u2194\ufe0f",
            "\u2764\ufe0f\u200d\U0001f525 1\ufe0f\u20e3 \u26a0\ufe0f \u2194\ufe0f",
        ),
        ("a\u200db\ufe0fc\ufe0f\ufe0f 1\ufe0f2", "abc 12"),
        ("\U0001f468\u200d\u200dx\ufe0e", "\U0001f468x"),
        ("\u26a0\ufe0f\ufe0f\ufe0f\ufe0e", "\u26a0\ufe0f"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4"),
        ("naïve Straße 版本 نسخة हिन्दी", "naïve Straße 版本 نسخة हिन्दी"),
    ],
)
def test_what_nobody_sees_goes(text: str, visible_text: str) -> None:
    assert visible(text, lines=False) == visible_text


def test_newlines_and_tabs_stay_where_they_are_wanted() -> None:
    assert visible("a\tb\nc\r\nd\re\u200b", tabs=True) == "a\tb\nc\nd\ne"
    assert visible("a\tb\nc") == "a b\nc"


_ANY = st.text(
    alphabet=st.characters() | st.sampled_from([*sorted(INVISIBLE), "\ud800", "\U0001f468", "\u26a0", "1", "\u20e3"])
)


@given(_ANY)
def test_nothing_invisible_is_left_and_doing_it_twice_changes_nothing(text: str) -> None:
    visible_text = visible(text, lines=False)
    assert not (set(visible_text) & INVISIBLE) - set("\u200d\ufe0e\ufe0f")
    assert visible(visible_text, lines=False) == visible_text
    visible_text.encode()  # no half of a character is left


@given(_ANY)
def test_a_document_that_is_spelled_out_says_the_same_and_shows_nothing_invisible(text: str) -> None:
    document = spell_out(json.dumps({text: [text]}, ensure_ascii=False, indent=2))
    assert json.loads(document) == {text: [text]}
    assert not set(document) & (INVISIBLE - {"\n"})
    document.encode()
