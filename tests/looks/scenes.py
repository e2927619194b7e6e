"""The scenes: everything that somebody may see, each made by the same core that makes it in a room."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from chatbot.core.model.message import Message
from tests.looks.alerts import ALERTS
from tests.looks.announcements import ANNOUNCEMENTS
from tests.looks.answers import ANSWERS
from tests.looks.digests import DIGESTS

Kind = Literal["new", "edit", "reply", "answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One message as somebody sees it.

    name: of its golden files
    kind: a new announcement, an edit, a reply to an announcement, or an answer
    message: before a chat formats it
    asked: the command that it answers, such as `/supported 4.2.1`
    """

    name: str
    kind: Kind
    message: Message
    asked: str = ""


def _scenes() -> Iterator[Scene]:
    for name, (kind, message) in ANNOUNCEMENTS.items():
        yield Scene(name=name, kind=kind, message=message)
    for name, (kind, message) in ALERTS.items():
        yield Scene(name=name, kind=kind, message=message)
    for name, message in DIGESTS.items():
        yield Scene(name=name, kind="new", message=message)
    for name, (asked, message) in ANSWERS.items():
        yield Scene(name=name, kind="answer", message=message, asked=asked)


SCENES: Mapping[str, Scene] = {scene.name: scene for scene in _scenes()}
