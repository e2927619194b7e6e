"""The guard that keeps tests on this machine: what it refuses and notes, and what it lets through."""

import asyncio
import socket

import pytest

from tests.standins.loopback import HERE, LeftTheMachine, is_here, needs_no_look_up


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "localhost", "", "0.0.0.0", "::"]
)
def test_this_machine_is_here(host: str) -> None:
    assert is_here(host)


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "api.github.com", "127.0.0.1.example.org"]
)
def test_everything_else_is_outside(host: str) -> None:
    assert not is_here(host)


@pytest.mark.parametrize(
    ("host", "needs_none"), [(None, True), ("192.0.2.1", True), ("0x7f000001", True), ("a.example", False)]
)
def test_only_names_are_looked_up(host: str | None, needs_none: bool) -> None:
    assert needs_no_look_up(host) is needs_none


async def test_a_connection_and_a_look_up_outside_are_refused_and_noted() -> None:
    with pytest.raises(LeftTheMachine):
        await asyncio.open_connection("guarded.example", 443)
    with pytest.raises(LeftTheMachine):
        await asyncio.open_connection("192.0.2.1", 443)
    with pytest.raises(LeftTheMachine), socket.socket() as there:
        there.connect(("192.0.2.2", 443))
    assert HERE.take() == ["guarded.example", "192.0.2.1", "192.0.2.2"]


async def test_this_machine_is_reached_as_ever() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        _, writer = await asyncio.open_connection("localhost", server.sockets[0].getsockname()[1])
        writer.close()
    assert HERE.take() == []
