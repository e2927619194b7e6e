"""The bot as the image, the unit and the manifests run it: on a root that nobody can write to, without rights, with its own folder and
one for temporary files. Linux does that here as well as a container would, where the tests run as root."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE
from functools import cache
from pathlib import Path

import pytest

from chatbot.runtime.ops.pulse import last_pulse, place_of
from tests.cli.process import environment, harbour
from tests.packaging.installation import Installation
from tests.patience import until

# Its words are the command. What is mounted on its own, such as /dev, is left alone, but for what the test's folders are on.
SANDBOX = """
set -e
mount --make-rprivate /
for folder in "$DATA" "$TEMPORARY"; do mount --bind "$folder" "$folder"; done
for folder in / "$MOUNT"; do mount -o remount,bind,ro "$folder"; done
cd "$DATA"
exec setpriv --bounding-set -all --inh-caps -all --no-new-privs -- "$@"
"""
PROBE = """
import pathlib, sys
writable = []
for folder in sys.argv[1:]:
    try:
        pathlib.Path(folder, "probe").write_text("")
        writable.append(folder)
    except OSError:
        pass
capabilities = [line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapPrm", "CapBnd"))]
print(writable, set(capabilities), end="")
"""


def sandboxed(data: Path, temporary: Path, *words: str | Path) -> tuple[list[str], dict[str, str]]:
    """The command line and the environment that run these words in it."""
    mount = next(folder for folder in data.parents if os.path.ismount(folder))
    variables = {"DATA": str(data), "TEMPORARY": str(temporary), "TMPDIR": str(temporary), "MOUNT": str(mount)}
    command = ["unshare", "--mount", "sh", "-c", SANDBOX, "sandbox", *map(str, words)]
    return command, environment() | variables | {"PYTHONDONTWRITEBYTECODE": "1"}


@cache
def can_be_made() -> bool:
    if sys.platform != "linux" or os.geteuid() or not all(map(shutil.which, ("unshare", "setpriv", "mount"))):
        return False
    command, variables = sandboxed(Path("/tmp"), Path("/tmp"), "true")
    return subprocess.run(command, env=variables, check=False, capture_output=True).returncode == 0


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    if not can_be_made():
        pytest.skip("a read-only root needs root on Linux")
    for name in ("data", "temporary"):
        (tmp_path / name).mkdir(mode=0o700)
    return tmp_path / "data", tmp_path / "temporary"


def test_the_sandbox_is_one(folders: tuple[Path, Path], tmp_path: Path) -> None:
    command, variables = sandboxed(*folders, sys.executable, "-c", PROBE, tmp_path, *folders, "/", "/etc")
    ran = subprocess.run(command, env=variables, check=True, capture_output=True, text=True)
    assert ran.stdout == f"{[str(folder) for folder in folders]} {{'0000000000000000'}}"


async def test_it_reads_is_healthy_and_ends(
    folders: tuple[Path, Path], tmp_path: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, temporary = folders
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    async with harbour(data) as there:
        config = tmp_path / "config.toml"  # outside, as it is mounted into a container
        config.write_text(there.config.read_text())
        words = (installation.chatbot, "run", "--config", config)
        command, variables = sandboxed(data, temporary, *words)
        process = await asyncio.create_subprocess_exec(*command, env=variables, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
        collecting = asyncio.create_task(process.communicate())
        try:
            file = place_of(config, {})
            await until(
                lambda: collecting.done() or ((pulse := last_pulse(file)) and not pulse.wrong),
                "it says that all is well",
            )
            asked, variables = sandboxed(data, temporary, installation.chatbot, "health", "--ready", "--config", config)
            ran = await asyncio.to_thread(subprocess.run, asked, env=variables, check=False, capture_output=True)
            assert ran.returncode == 0, ran.stdout
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            _, err = await collecting
    assert process.returncode == 0, err.decode()
    assert b"Traceback" not in err
    assert {path.name for path in data.iterdir()} >= {"bot.db"}
    assert not list(temporary.glob("chatbot-*/*"))
