"""The unit file: hardened, watched, with secrets as credentials; and systemd itself has nothing against it where it is here."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chatbot.runtime.settings import environment
from chatbot.runtime.settings.fields import SHORTEST_WATCHDOG
from chatbot.runtime.settings.place import VARIABLE
from chatbot.runtime.settings.settings import Settings
from tests.packaging.installation import ROOT
from tests.packaging.unit_file import read_unit
from tests.patience import PATIENCE

UNIT = ROOT / "deploy" / "systemd" / "chatbot.service"
SERVICE = read_unit(UNIT)["Service"]
SYSTEMD_ANALYZE = shutil.which("systemd-analyze")
MOST_EXPOSED = 20  # tenths: systemd calls up to 2.0 "OK" at the least; a service without any hardening has 9.6

# Why each must stand there: what an attacker who runs code in the bot could do otherwise.
HARDENING = {
    "NoNewPrivileges": "yes",  # become another user by a setuid program
    "CapabilityBoundingSet": "",  # use a right of root
    "ProtectSystem": "strict",  # write outside the state directory
    "ProtectHome": "yes",  # read people's keys
    "PrivateTmp": "yes",  # meet other services in /tmp
    "PrivateDevices": "yes",  # read disks
    "ProtectKernelTunables": "yes",  # write to /proc/sys
    "ProtectKernelModules": "yes",  # load code into the kernel
    "ProtectKernelLogs": "yes",  # read the kernel's log
    "ProtectControlGroups": "yes",  # lift its own limits
    "ProtectProc": "invisible",  # see other users' processes
    "RestrictNamespaces": "yes",  # reach code of the kernel that only namespaces reach
    "RestrictSUIDSGID": "yes",  # leave a setuid file behind
    "LockPersonality": "yes",  # switch address randomisation off
    "MemoryDenyWriteExecute": "yes",  # run what it wrote into memory
    "SystemCallArchitectures": "native",  # get round the filter by 32-bit calls
    "UMask": "0077",  # let others read the database
    "LimitCORE": "0",  # leave every secret in a core file
}


@pytest.mark.parametrize(("key", "value"), HARDENING.items(), ids=list(HARDENING))
def test_it_is_hardened(key: str, value: str) -> None:
    assert list(SERVICE.get(key, ())) == [value]


def test_it_reaches_the_network_and_nothing_exotic() -> None:
    assert set(SERVICE["RestrictAddressFamilies"][0].split()) == {"AF_INET", "AF_INET6", "AF_UNIX"}


def test_system_calls_are_those_of_a_service_without_privileges() -> None:
    assert list(SERVICE["SystemCallFilter"]) == ["@system-service", "~@privileged"]


def test_it_runs_as_a_user_without_rights_and_writes_in_its_own_directories() -> None:
    assert SERVICE["User"] == ["chatbot"]
    assert SERVICE["WorkingDirectory"] == [f"/var/lib/{SERVICE['StateDirectory'][0]}"]
    assert SERVICE["StateDirectoryMode"] == SERVICE["RuntimeDirectoryMode"] == ["0700"]
    assert "ReadWritePaths" not in SERVICE


def test_systemd_guards_it_only_after_its_own_watchdog() -> None:
    assert SERVICE["Type"] == ["notify"]
    watchdog = re.fullmatch(r"(\d+)s", SERVICE["WatchdogSec"][0])
    assert watchdog
    assert int(watchdog[1]) > Settings().health.watchdog_seconds >= SHORTEST_WATCHDOG
    assert SERVICE["Restart"] == ["on-failure"]
    assert SERVICE["ExecReload"] == ["/bin/kill -HUP $MAINPID"]


def lines_of_environment() -> list[tuple[str, str]]:
    """What the bot finds in its environment, also from the lines that one may switch on."""
    text = UNIT.read_text(encoding="utf-8")
    return re.findall(r"^(?:# )?Environment=(CHATBOT_\w+)=(\S+)$", text, re.MULTILINE)


def test_every_variable_is_a_setting() -> None:
    values: dict[str, Any] = dict(lines_of_environment())
    assert len(values) >= 4
    assert environment.read(values, Settings)[1] == []


def test_every_secret_is_a_credential() -> None:
    text = UNIT.read_text(encoding="utf-8")
    credentials = set(re.findall(r"^(?:# )?LoadCredential=([\w-]+):/etc/chatbot/secrets/\1$", text, re.MULTILINE))
    files = {value for name, value in lines_of_environment() if name != VARIABLE}
    assert files == {f"%d/{name}" for name in credentials}
    assert not [line for line in text.splitlines() if re.search(r"(TOKEN|PASSWORD|SECRET)=", line)]


@pytest.fixture
def runnable(tmp_path: Path) -> Path:
    """The unit with a program that exists here; systemd asks for that."""
    copy = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8").replace("/opt/chatbot/bin/chatbot", sys.executable)
    copy.write_text(text.replace("=chatbot\nGroup=chatbot", "=root\nGroup=root"), encoding="utf-8")
    return copy


def complaints(unit: Path) -> tuple[int, list[str]]:
    """The exit status of its check, and the lines about it."""
    ran = analyze("verify", "--man=no", "--recursive-errors=no", unit)
    return ran.returncode, [line for line in (ran.stdout + ran.stderr).splitlines() if unit.name in line]


def analyze(*words: object) -> subprocess.CompletedProcess[str]:
    assert SYSTEMD_ANALYZE
    command = [SYSTEMD_ANALYZE, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)


@pytest.mark.skipif(SYSTEMD_ANALYZE is None, reason="systemd is not here")
def test_systemd_can_read_it(runnable: Path) -> None:
    assert complaints(runnable) == (0, [])


@pytest.mark.skipif(SYSTEMD_ANALYZE is None, reason="systemd is not here")
@pytest.mark.parametrize(
    ("right", "slip"),
    [("ProtectHome=", "ProtectHomes="), ("=@system-service", "=@system-services"), ("=10min", "=10mins!")],
)
def test_systemd_would_find_a_slip(runnable: Path, right: str, slip: str) -> None:
    runnable.write_text(runnable.read_text(encoding="utf-8").replace(right, slip), encoding="utf-8")
    assert complaints(runnable) != (0, [])


@pytest.mark.skipif(SYSTEMD_ANALYZE is None, reason="systemd is not here")
def test_systemd_finds_little_that_is_open(runnable: Path) -> None:
    ran = analyze("security", "--offline=yes", "--no-pager", f"--threshold={MOST_EXPOSED}", runnable)
    assert ran.returncode == 0, ran.stdout
