"""The scenes: everything that somebody may see, each made by the same core that makes it in a room."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from chatbot.core.model.message import Message
from chatbot.core.queries.guidance import OF_ALERTS
from tests.looks.alerts import ALERTS
from tests.looks.announcements import ANNOUNCEMENTS
from tests.looks.answers import ANSWERS
from tests.looks.by_the_clock import BY_THE_CLOCK
from tests.looks.controls import CONTROL_ANSWERS, CONTROLLED
from tests.looks.digests import DIGESTS
from tests.looks.line_roles import LINE_ROLES, ROLE_ANSWERS
from tests.looks.maintainers import MAINTAINERS
from tests.looks.subscriptions import SUBSCRIPTIONS

OF_PEOPLE = ("subscribe", *OF_ALERTS)  # commands whose answers are for one person
Kind = Literal["new", "edit", "reply", "answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One message as somebody sees it.

    name: of its golden files
    kind: a new announcement, an edit, a reply to an announcement, or an answer
    message: before a chat formats it
    asked: the command that it answers, such as `/supported 4.2.1`
    in_dm: where it is read
    """

    name: str
    kind: Kind
    message: Message
    asked: str = ""
    in_dm: bool = False


def _scenes() -> Iterator[Scene]:
    for name, (kind, message) in ANNOUNCEMENTS.items():
        yield Scene(name=name, kind=kind, message=message)
    for name, (kind, message) in ALERTS.items():
        yield Scene(name=name, kind=kind, message=message, in_dm=True)
    for name, message in DIGESTS.items():
        yield Scene(name=name, kind="new", message=message)
    for name, message in BY_THE_CLOCK.items():
        yield Scene(name=name, kind="new", message=message, in_dm=True)
    for name, (asked, message) in ANSWERS.items():
        in_dm = bool(asked) and asked.lstrip("/!").split()[0] in OF_PEOPLE
        yield Scene(name=name, kind="answer", message=message, asked=asked, in_dm=in_dm)
    for name, (asked, message) in SUBSCRIPTIONS.items():
        yield Scene(name=name, kind="answer", message=message, asked=asked, in_dm=True)
    for name, (asked, message) in ROLE_ANSWERS.items():
        yield Scene(name=name, kind="answer", message=message, asked=asked)
    for name, message in MAINTAINERS.items():
        yield Scene(name=name, kind="new", message=message)
    for name, (kind, message) in CONTROLLED.items():
        yield Scene(name=name, kind=kind, message=message)
    for name, message in CONTROL_ANSWERS.items():
        yield Scene(name=name, kind="answer", message=message)
    for name, message in LINE_ROLES.items():
        yield Scene(name=name, kind="new", message=message)


SCENES: Mapping[str, Scene] = {scene.name: scene for scene in _scenes()}
