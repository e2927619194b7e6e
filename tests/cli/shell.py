"""A shell in which the tests type: the program's own command line, with what it wrote and how it ended."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from chatbot.cli import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


Shell = Callable[..., Ran]


def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    def run(*words: object) -> Ran:
        status = main([str(word) for word in words])
        output = capsys.readouterr()
        return Ran(status=status, out=output.out, err=output.err)

    return run
