"""What a parser made of a document -> the value that a source wanted, or the error by which sources fail."""

from typing import TypeVar

from chatbot.ports import SourceUnavailable
from chatbot.sources.parsing.documents import Outcome, Parsed, Quarantined, Rejected, TooHeavy

Value = TypeVar("Value")


def value_of(outcome: Outcome, shape: type[Value], place: str) -> Value:
    """The value. Raises SourceUnavailable, in one sentence that begins with the `place` that sent it."""
    match outcome:
        case Parsed(value) if isinstance(value, shape):
            return value
        case Parsed():
            raise SourceUnavailable(f"{place} sent something else than was asked for")
        case Rejected(reason):
            raise SourceUnavailable(f"{place} {reason}")
        case TooHeavy(reason) | Quarantined(reason, _):
            raise SourceUnavailable(f"{place} sent something that cannot be parsed: {reason}")


def failure_of(outcome: Outcome) -> str:
    """Why there is no value, a clause; "" where there is one."""
    return "" if isinstance(outcome, Parsed) else outcome.reason
