"""JSON from outside: whatever the bytes are, the value can be written down and walked, or it is a ValueError."""

import copy
import json
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.core.text.json_values import DEEPEST, clean, is_deep, read_json
from tests.examples import scaled


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (rb'{"a": [1, "x"]}', {"a": [1, "x"]}),
        (rb'["\ud800"]', ["\ufffd"]),
        (rb'{"\ud800": "\udfff\ud83d"}', {"\ufffd": "\ufffd\ufffd"}),
        (rb'["\ud83d\ude00 \u00e9"]', ["😀 é"]),
        (rb'["\u0000\u001B\u009b\u0085\t\n\r"]', ["\ufffd\ufffd\ufffd\ufffd\t\n\r"]),
        (b"[" + b"9" * 5000 + b", 1]", [None, 1]),
        (b'["' + b"9" * 5000 + b'"]', ["9" * 5000]),
    ],
)
def test_odd_values(raw: bytes, value: object) -> None:
    assert read_json(raw) == value


@pytest.mark.parametrize("raw", [b"", b"{", b"x", b'"\xff"', b"[1,]", b"<html>"])
def test_what_is_no_json(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(raw)


@pytest.mark.parametrize("depth", [60, 200, 400, 5_000, 100_000])
def test_depth_costs_the_deep_value_alone(depth: int) -> None:
    deep = b'{"a":[' * depth + b'"]}\\""' + b"]}" * depth
    value = read_json(b'{"bad": ' + deep + b', "good": [{"x": "]"}], "end": 1}')
    assert isinstance(value, dict)
    assert (value["good"], value["end"]) == ([{"x": "]"}], 1)


@pytest.mark.parametrize("depth", [DEEPEST + 2, 300, 500, 900, 5_000])
@pytest.mark.parametrize(("opened", "closed"), [(b"[", b"]"), (b'{"a":', b"}"), (b'[1,{"a":', b"}]")])
def test_what_the_reader_takes_is_no_deeper_than_what_others_can_copy(opened: bytes, closed: bytes, depth: int) -> None:
    value = read_json(b'{"good": 1, "bad": ' + opened * depth + b"0" + closed * depth + b"}")
    assert not is_deep(value)
    assert isinstance(value, dict)
    assert copy.deepcopy(value)["good"] == 1


def test_what_is_flat_is_not_deep() -> None:
    assert not is_deep([[{"a": [1]}]] * 1000)
    assert not is_deep("x")


def test_cleaning_cuts_what_is_too_deep() -> None:
    value: Any = "x"
    for _ in range(DEEPEST * 3):
        value = [value]
    assert len(json.dumps(clean(value))) < DEEPEST * 3


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet=st.characters()) | st.sampled_from(["\ud800", "\0"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4) | st.just("\udc00"), inner, max_size=4)
    ),
)


@given(VALUES)
def test_what_is_read_can_be_written(value: object) -> None:
    raw = json.dumps(value).encode()
    parsed = read_json(raw)
    assert json.dumps(parsed, ensure_ascii=False).encode()
    assert read_json(json.dumps(parsed).encode()) == parsed


@given(st.lists(st.sampled_from([*'[]{}":,\\', "1", "null", '"a"', *string.ascii_lowercase[:2]]), max_size=60))
@settings(max_examples=scaled(300))
def test_nothing_but_a_value_error(parts: list[str]) -> None:
    for raw in ("".join(parts).encode(), b"[" * 3000 + "".join(parts).encode()):
        try:
            read_json(raw)
        except ValueError:
            continue
