"""The health file: where it is, who may write it, what is made of it; and that signs of life come from the event loop alone."""

import asyncio
import json
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from chatbot.runtime.ops.pulse import SILENT, Pulse, judge, last_pulse, place_of, write
from chatbot.runtime.ops.pulse_keeper import PulseKeeper
from tests.patience import until

PULSE = Pulse(pid=7, at=1000.0, wrong=("the database does not answer",))


def test_the_folder_of_the_service_is_taken_where_there_is_one(tmp_path: Path) -> None:
    assert place_of(tmp_path / "config.toml", {"RUNTIME_DIRECTORY": "/run/chatbot"}).parent == Path("/run/chatbot")
    assert place_of(tmp_path / "config.toml", {"RUNTIME_DIRECTORY": "/run/a:/run/b"}).parent == Path("/run/a")


def test_without_one_the_user_has_a_folder_of_their_own(tmp_path: Path) -> None:
    assert place_of(tmp_path / "config.toml", {}).parent.name == f"chatbot-{os.geteuid()}"
    assert place_of(tmp_path / "config.toml", {"RUNTIME_DIRECTORY": "run"}) == place_of(tmp_path / "config.toml", {})


def test_each_configuration_file_has_its_own_however_its_path_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.toml").symlink_to("config.toml")
    ways = {
        place_of(Path(way), {}) for way in ("config.toml", "./config.toml", "link.toml", str(tmp_path / "config.toml"))
    }
    assert len(ways) == 1
    assert place_of(tmp_path / "other.toml", {}) not in ways


def test_what_is_written_is_read_and_is_nobody_elses_business(tmp_path: Path) -> None:
    path = tmp_path / "own" / "health.json"
    write(path, PULSE)
    write(path, PULSE)
    assert last_pulse(path) == PULSE
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path.parent, path)] == [0o700, 0o600]
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_folder_in_which_others_write_is_not_believed(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "own" / "health.json"
    write(path, PULSE)
    path.parent.chmod(mode)
    assert last_pulse(path) is None
    with pytest.raises(PermissionError):
        write(path, PULSE)


def test_a_link_in_the_place_of_the_folder_or_the_file_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(PermissionError):
        write(tmp_path / "link" / "health.json", PULSE)
    (tmp_path / "real" / "health.part").symlink_to(victim)
    with pytest.raises(OSError, match="symbolic link"):
        write(tmp_path / "real" / "health.json", PULSE)
    assert victim.read_text() == "untouched"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"pid": 1}', '{"pid": "x", "at": 1, "wrong": []}', "[" * 60_000, '"\\ud800"']
)
def test_what_cannot_be_read_is_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own" / "health.json"
    write(path, PULSE)
    path.write_text(text)
    assert last_pulse(path) is None


@pytest.mark.parametrize(
    ("pulse", "age", "alive", "ready"),
    [
        (None, 0.0, False, False),
        (Pulse(pid=7, at=1000.0), 0.0, True, True),
        (Pulse(pid=7, at=1000.0), SILENT, True, True),
        (Pulse(pid=7, at=1000.0), SILENT + 1, False, False),
        (Pulse(pid=7, at=1000.0), -1.0, False, False),  # from before the machine was started
        (PULSE, 0.0, True, False),
        (PULSE, SILENT + 1, False, False),
    ],
)
def test_the_verdict(pulse: Pulse | None, age: float, alive: bool, ready: bool) -> None:
    verdict = judge(pulse, 1000.0 + age)
    assert (verdict.alive, verdict.ready) == (alive, ready)
    assert verdict.sentences
    if alive and pulse is not None:
        assert verdict.sentences[1:] == pulse.wrong


async def end_of(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_signs_of_life_go_on_while_the_database_hangs(tmp_path: Path) -> None:
    path = tmp_path / "own" / "health.json"

    async def hang() -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    keeping = asyncio.create_task(PulseKeeper(path, hang, beat=0.01).keep())
    await until(
        lambda: (pulse := last_pulse(path)) and pulse.wrong == PULSE.wrong, "the silence of the database is written"
    )
    first = last_pulse(path)
    await until(lambda: (pulse := last_pulse(path)) and first and pulse.at > first.at, "it is written again")
    await end_of(keeping)
    assert not list(path.parent.iterdir())


async def test_what_is_wrong_stands_there_without_secrets(tmp_path: Path) -> None:
    path = tmp_path / "own" / "health.json"

    async def look() -> Sequence[str]:
        return ["discord is stopped: the token MTA.canary.secret was refused"]

    keeping = asyncio.create_task(PulseKeeper(path, look, ["MTA.canary.secret"], beat=0.01).keep())
    await until(lambda: "discord is stopped" in (path.read_text() if path.exists() else ""), "the trouble is written")
    assert json.loads(path.read_text())["wrong"] == ["discord is stopped: the token [secret] was refused"]
    await end_of(keeping)


async def test_a_place_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "own").write_text("a file")
    looks = 0

    async def look() -> Sequence[str]:
        nonlocal looks
        looks += 1
        return []

    keeping = asyncio.create_task(PulseKeeper(tmp_path / "own" / "health.json", look, beat=0.01).keep())
    await until(lambda: looks >= 2, "it goes on")
    await end_of(keeping)
