"""What `check --online` tried, as a list: a line for each account, room, source and image, with a word that says how it went."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from chatbot.cli.failure import Failure, Status
from chatbot.cli.output.table import print_sentence, terminal_columns, wrap
from chatbot.core.checks.result import CheckResult, attention
from chatbot.core.text.visible import printable
from chatbot.core.text.words import count

# A sign for the eye, and a word for whoever cannot see it.
_SIGNS = {"fine": "✓ fine", "note": "· note", "wrong": "✗ wrong", "away": "? no answer"}
_GAP = 2


class Progress:
    """What is tried at this moment, on a terminal; nothing where nobody watches. On a dumb one each is a line."""

    def __init__(self) -> None:
        self._is_shown, self._is_dumb = sys.stderr.isatty(), os.environ.get("TERM") == "dumb"

    def begin(self, what: str) -> None:
        if self._is_shown:
            self._write(f"Trying {printable(what)} …")

    def end(self) -> None:
        if self._is_shown and not self._is_dumb:
            self._write("")

    def _write(self, words: str) -> None:
        print(f"{words}\n" if self._is_dumb else f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)


def show(groups: Mapping[str, Sequence[CheckResult]]) -> None:
    """Print what works on standard output, and raise Failure with the rest: a line each."""
    for title, results in groups.items():
        if works := [result for result in results if result.verdict in ("fine", "note")]:
            print()
            print_sentence(title)
            for result in works:
                print(_shown(result, sys.stdout, indent=2))
    wrong = attention(result for results in groups.values() for result in results)
    total = count(sum(map(len, groups.values())), "thing")
    print()
    if not wrong:
        print_sentence(f"Tried {total} online: all of it works.")
        return
    print_sentence(f"Tried {total} online: {len(wrong)} {'needs' if len(wrong) == 1 else 'need'} attention.")
    sys.stdout.flush()  # what is wrong comes last, on standard error
    status = Status.WRONG_USE if any(result.verdict == "wrong" for result in wrong) else Status.OUTSIDE
    raise Failure("\n".join(_shown(result, sys.stderr) for result in wrong), status)


def _shown(result: CheckResult, stream: TextIO, indent: int = 0) -> str:
    """One line, which a terminal shows wrapped between words, beside the sign."""
    lead = " " * indent + _SIGNS[result.verdict] + " " * _GAP
    line = printable(f"account {result.line}" if result.kind == "account" else result.line)
    columns = terminal_columns(stream)
    rows = [line] if columns is None else wrap(line, columns - len(lead))
    return "\n".join([lead + rows[0], *(" " * len(lead) + row for row in rows[1:])])
