"""TOML that is written is read back as it was meant, whatever a text holds."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.cli.init.toml_text import quoted, value_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_a_text_is_read_back(text: str) -> None:
    line = f"key = {quoted(text)}"
    assert tomllib.loads(line) == {"key": text}
    assert line.isprintable()


@given(st.lists(TEXTS))
def test_a_list_is_read_back(texts: list[str]) -> None:
    assert tomllib.loads(f"key = {value_of(texts)}") == {"key": texts}


def test_a_truth_is_read_back() -> None:
    assert [tomllib.loads(f"key = {value_of(each)}")["key"] for each in (True, False)] == [True, False]


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        quoted("a\ud800")
