"""What is handed to a parser, and what a parser makes of it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.ids import ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One thing from outside that is about to be parsed.

    kind: which parser reads it, a key of `parsers.PARSERS`
    project: the id of the project that it is read for
    name: what people call it: a tag, an advisory's id, a path, an address
    content: its bytes
    """

    kind: str
    project: ProjectId
    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """What stands for this content of this project."""
        head = f"{self.kind}\n{self.project}\n".encode()
        return hashlib.blake2b(head + self.content, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a page of several, found by its plain fields; its texts are not read yet.

    subject: `project/tag` or `project/id`; empty where the item has no usable name
    mark: what tells this state of the item from others, without blanks
    document: the item for its parser; None where it is not the project's, or is no item at all
    bare: what its plain fields say, for when the parser fails; None where they do not say enough
    problem: why there is no document, one line; empty where there is nothing to complain of
    """

    subject: str = ""
    mark: str = ""
    document: Document | None = None
    bare: Release | Advisory | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The items of a page, and where the source says that the next page begins."""

    items: tuple[Item, ...]
    next_token: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The parser's result."""

    value: object


@dataclass(frozen=True, slots=True)
class Rejected:
    """The content is not what it should be; the same content is rejected each time. `reason` is one sentence or clause."""

    reason: str


@dataclass(frozen=True, slots=True)
class TooHeavy:
    """The content ended its parser or exceeded a limit. `reason` is a clause: "it took more than 5 s of computing time"."""

    reason: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """The content ended or exceeded its parser twice: it is not parsed again before `again_at`, unless it changes.

    parsed_before: the very same content was parsed since the start, so it is not to blame, and what was made of it still holds
    """

    reason: str
    again_at: datetime
    parsed_before: bool = False


Outcome = Parsed | Rejected | TooHeavy | Quarantined
