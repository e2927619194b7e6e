"""Garbage is looked for seldom while people are gone through, and as before afterwards."""

import gc

import pytest

from chatbot.runtime.subscriptions.fan_out.memory import seldom_collected


def interrupted() -> None:
    with seldom_collected():
        assert gc.get_threshold()[0] > 10_000
        raise ValueError


def test_the_interpreter_looks_as_often_as_before_afterwards() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError):  # noqa: PT011 - our own
        interrupted()
    assert gc.get_threshold() == before
    assert gc.isenabled()
