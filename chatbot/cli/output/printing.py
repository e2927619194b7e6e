"""What the offline commands write: one JSON document, or lines in which foreign words cannot move the cursor."""

import json
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from chatbot.core.text.visible import printable as without_invisible
from chatbot.core.text.visible import spell_out

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def print_json(document: Any) -> None:
    """Whatever its strings hold: nothing in them moves the cursor of a terminal, and a program reads what they hold."""
    print(spell_out(json.dumps(document, ensure_ascii=False, indent=2)))


def one_or_all(documents: Sequence[Any]) -> Any:
    """The document where one thing was asked for, else all of them in their order."""
    return documents[0] if len(documents) == 1 else list(documents)


def print_words(words: str, indent: int = 0) -> None:
    print(" " * indent + printable(words))


def warn(sentence: str) -> None:
    """Say something on standard error without ending the command."""
    print(printable(sentence), file=sys.stderr)


def printable(text: str) -> str:
    """Foreign words as one line for a terminal: nothing in them moves the cursor or turns the reading direction."""
    return without_invisible(text)
