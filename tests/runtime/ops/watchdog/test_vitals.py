"""How much of a silence counts: only time in which the process could have spoken."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from chatbot.runtime.ops.watchdog.vitals import Silence, State, Vitals, _seconds, from_ps, vitals_of
from tests.patience import until

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.mark.parametrize(
    ("looks", "counted"),
    [
        ([("waiting", 0.0, 1.0)] * 5, 5.0),
        ([("running", 1.0, 1.0)] * 5, 5.0),  # all of it computing
        ([("running", 0.1, 1.0)] * 50, 5.0),  # starved: it got a tenth of the time
        ([("running", 0.0, 1.0)] * 50, 0.0),
        ([("running", 4.0, 1.0)] * 5, 5.0),  # four threads: no more than passed
        ([("stopped", 0.0, 1.0)] * 50, 0.0),
        ([("waiting", 0.0, 3600.0)], 2.0),  # who looks was stopped too, or the machine slept
        ([("waiting", 0.0, -5.0)] * 5, 0.0),
        ([("waiting", 0.0, 1.0), ("stopped", 0.0, 1.0), ("waiting", 0.0, 1.0), ("waiting", 0.0, 1.0)], 2.0),
    ],
)
def test_what_counts(looks: list[tuple[State, float, float]], counted: float) -> None:
    silence, used = Silence(tick=1.0), 0.0
    silence.look(Vitals("waiting", 0.0), 1.0)  # the first look only begins
    assert silence.seconds == 0
    for state, more, elapsed in looks:
        used += more
        silence.look(Vitals(state, used), elapsed)
    assert silence.seconds == pytest.approx(counted)
    silence.broken()
    assert silence.seconds == 0


@pytest.mark.parametrize(
    ("time", "seconds"), [("0:01.50", 1.5), ("02:03", 123.0), ("1:02:03", 3723.0), ("2-01:00:00", 176_400.0)]
)
def test_the_times_of_ps(time: str, seconds: float) -> None:
    assert _seconds(time) == seconds


BURNING = "while True: sum(range(10**6))"
IN_A_THREAD = (
    f"import threading, time; threading.Thread(target=lambda: exec({BURNING!r}), daemon=True).start(); time.sleep(600)"
)


@linux
@pytest.mark.parametrize(
    ("program", "state"), [("import time; time.sleep(600)", "waiting"), (BURNING, "running"), (IN_A_THREAD, "running")]
)
async def test_the_vitals_of_a_process(program: str, state: State) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    try:
        await until(lambda: (vitals := vitals_of(process.pid)) and vitals.state == state, f"it is {state}")
        process.send_signal(signal.SIGSTOP)
        await until(lambda: (vitals := vitals_of(process.pid)) and vitals.state == "stopped", "it is stopped")
        assert (vitals := from_ps(process.pid)) is not None
        assert vitals.state == "stopped"
    finally:
        process.kill()
        await process.wait()
    assert vitals_of(process.pid) is None
    assert from_ps(process.pid) is None


@linux
def test_ps_tells_what_proc_tells() -> None:
    own, by_ps = vitals_of(os.getpid()), from_ps(os.getpid())
    assert own is not None
    assert by_ps is not None
    assert abs(own.used - by_ps.used) < 5
    assert Path("/bin/ps").exists()
