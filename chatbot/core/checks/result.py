"""The result of one check, and a room that is to be checked: one vocabulary for the shell, the log and `/status`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Mention
from chatbot.core.text.visible import printable
from chatbot.core.text.words import count

Kind = Literal["account", "room", "source", "image", "step"]
Verdict = Literal["fine", "note", "wrong", "away"]

LONGEST_NAME = 60  # characters of what people call something: their words
LONGEST_WORDS = 700  # of one sentence, in which an answer of a server may stand


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomToCheck:
    """A room of the configuration, with what it needs.

    mention: whom it pings; None where nobody
    line_roles: the projects whose release lines get roles there
    of_maintainers: whether maintainers are told there what needs them
    maintainers: the addresses of these maintainers in this chat
    """

    address: RoomAddress
    mention: Mention | None = None
    line_roles: tuple[ProjectId, ...] = ()
    of_maintainers: bool = False
    maintainers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What trying one thing showed.

    chat: the chat that an account or a room belongs to; empty for the others
    subject: how the configuration calls it: an address, a project's id, an image
    name: what people call it, in their words; "" where nobody knows
    right: what works
    notes: what needs nobody to do anything
    wrong: what is wrong, each with how to fix it
    away: why it could not be tried; "" where it could
    """

    kind: Kind
    chat: str = ""
    subject: str
    name: str = ""
    right: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    away: str = ""

    @property
    def verdict(self) -> Verdict:
        """The worst that was seen."""
        if self.wrong:
            return "wrong"
        if self.away:
            return "away"
        return "note" if self.notes and not self.right else "fine"

    @property
    def called(self) -> str:
        """`#security (discord:1234)`; the address alone where nobody knows the name."""
        name = printable(self.name).strip()[:LONGEST_NAME]
        return f"{name} ({self.subject})" if name else self.subject

    @property
    def words(self) -> str:
        """What is wrong and how to fix it; where nothing is, what works. One line."""
        sentences = (*self.wrong, self.away) if self.wrong or self.away else (*self.right, *self.notes)
        return _joined(sentence for sentence in sentences if sentence)

    @property
    def line(self) -> str:
        """`#security (discord:1234): missing permissions: …`."""
        return f"{self.called}: {self.words}"


def account_away(chat: str, reason: str, rooms: Sequence[RoomToCheck] = ()) -> CheckResult:
    """The account did not answer, and so none of its rooms."""
    return CheckResult(kind="account", chat=chat, subject=chat, away=f"{reason}{_untried(rooms)}")


def account_wrong(chat: str, reason: str, rooms: Sequence[RoomToCheck] = ()) -> CheckResult:
    """The account is refused: one cause, whatever number of rooms it has."""
    return CheckResult(kind="account", chat=chat, subject=chat, wrong=(f"{reason}{_untried(rooms)}",))


def grouped(results: Iterable[CheckResult]) -> list[CheckResult]:
    """Rooms of one chat that did not answer for the same reason as one result: the first, with the number of the others."""
    groups: dict[tuple[str, str], list[CheckResult]] = {}
    order: list[tuple[str, str] | CheckResult] = []
    for result in results:
        if result.kind != "room" or result.verdict != "away":
            order.append(result)
            continue
        key = (result.chat, result.away)
        if key not in groups:
            order.append(key)
        groups.setdefault(key, []).append(result)
    return [each if isinstance(each, CheckResult) else _one_of(groups[each]) for each in order]


def attention(results: Iterable[CheckResult]) -> list[CheckResult]:
    """Those that somebody has to do something about, or that could not be tried."""
    return [result for result in results if result.verdict in ("wrong", "away")]


def _one_of(results: Sequence[CheckResult]) -> CheckResult:
    first, others = results[0], len(results) - 1
    more = f" (and {count(others, 'more room')} for the same reason)" if others else ""
    return replace(first, away=f"{first.away}{more}")


def _untried(rooms: Sequence[RoomToCheck]) -> str:
    return f" ({count(len(rooms), 'room')} not tried)" if rooms else ""


def _joined(sentences: Iterable[str]) -> str:
    """Sentences that begin in lower case, as one line."""
    first, *others = [printable(each).strip()[:LONGEST_WORDS] for each in sentences] or [""]
    return ". ".join([first, *(f"{each[:1].upper()}{each[1:]}" for each in others)])
