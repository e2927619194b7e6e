"""The list of what was tried online, and what a terminal shows while it is tried."""

import io
import os
import sys

import pytest

from chatbot.cli.failure import Failure, Status
from chatbot.cli.output.tried import Progress, show
from chatbot.core.checks.result import CheckResult

FINE = CheckResult(
    kind="room", chat="discord", subject="discord:1504", name="#releases", right=("can post, edit and read back",)
)
WRONG = CheckResult(
    kind="room",
    chat="discord",
    subject="discord:1505",
    name="#security\x1b[2J\u202e",
    wrong=("missing permissions: Embed Links, Send Messages; grant them to the bot's role in this channel",),
)
AWAY = CheckResult(kind="account", chat="matrix", subject="matrix", away="matrix.example.org cannot be found (DNS)")


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def listing_of(monkeypatch: pytest.MonkeyPatch, columns: int, *results: CheckResult) -> tuple[str, Failure | None]:
    screen, failure = Screen(), None
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", Screen())
    monkeypatch.setenv("COLUMNS", str(columns))
    try:
        show({"Discord": results})
    except Failure as ended:
        failure = ended
    return screen.getvalue(), failure


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    output, failure = listing_of(monkeypatch, columns, FINE, WRONG)
    assert failure is not None
    for line in [*output.splitlines(), *failure.sentence.splitlines()]:
        assert len(line) < columns, line
    whole = " ".join(failure.sentence.split())
    assert whole == f"✗ wrong #security[2J (discord:1505): {WRONG.wrong[0]}"
    assert "✓ fine  #releases" in output


@pytest.mark.parametrize(
    ("results", "status"),
    [
        ((FINE,), None),
        ((FINE, WRONG), Status.WRONG_USE),
        ((FINE, AWAY), Status.OUTSIDE),
        ((AWAY, WRONG), Status.WRONG_USE),
    ],
)
def test_the_status_says_whose_turn_it_is(
    monkeypatch: pytest.MonkeyPatch, results: tuple[CheckResult, ...], status: Status | None
) -> None:
    output, failure = listing_of(monkeypatch, 80, *results)
    assert (failure.status if failure else None) is status
    assert ("all of it works" in output) is (status is None)


@pytest.mark.parametrize(
    ("stream", "term", "on_screen"),
    [
        (io.StringIO(), "xterm", ""),
        (Screen(), "xterm", "\r\x1b[KTrying Discord: 2 rooms …\r\x1b[K"),
        (Screen(), "dumb", "Trying Discord: 2 rooms …\n"),
    ],
)
def test_progress_is_for_who_watches(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, term: str, on_screen: str
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setitem(os.environ, "TERM", term)
    progress = Progress()
    progress.begin("Discord: 2 rooms")
    progress.end()
    assert stream.getvalue() == on_screen
