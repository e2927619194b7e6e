"""One word of a project's maintainers about an announcement, as the audit log keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from chatbot.core.model.ids import RoomAddress

Action = Literal[
    "now", "hold", "skip", "retract", "bad", "good", "note", "exploited", "statement", "schedule", "cancel", "test"
]
ACTIONS: tuple[Action, ...] = get_args(Action)

DECLARATIONS = ("security", "outofband")
LONGEST_REASON = 300  # characters
LONGEST_NOTE = 500

DECLARED, USE, JUSTIFICATION, AT, SEVERITY = "declared", "use", "justification", "at", "severity"
"""What `details` may hold: `security` or `outofband` of a release; the version to use in the place of a bad one; why a CVE does
not concern the project; when a release is due, and the severity of what it fixes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Somebody who may do so did this.

    action: what
    subject: about which release or advisory, as `SubjectId` prints; of a statement, the CVE; of a schedule, the version
    by: the address of the person
    at: when, by our clock
    text: a reason, or the words of a note
    details: further values by name
    """

    action: Action
    subject: str
    by: RoomAddress
    at: datetime
    text: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
