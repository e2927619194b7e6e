"""The maintainers' part in the decision about a first announcement: what they hold, approve, skip or took back."""

from datetime import datetime, timedelta

from chatbot.core.announce.decide import Announce, Hold, Outcome, Skip, Stay
from chatbot.core.delivery import Lane
from chatbot.core.maintainers.controls import Control
from chatbot.core.model.watches import Project

LONGEST_WAIT = timedelta(hours=1)  # for the approval of security news
IS_HELD = "its maintainers hold it"
NOT_APPROVED = "it waits for its maintainers to announce it"
SKIPPED = "its maintainers chose not to announce it"
BAD = "its maintainers say that nobody should use it"
RETRACTED = "its maintainers took it back: "  # followed by their reason


def controlled(
    outcome: Outcome, control: Control, project: Project, ready_at: datetime, now: datetime, *, cards_arrive: bool
) -> Outcome:
    """What becomes of an announcement that would go out.

    ready_at: when it could first have been announced
    cards_arrive: whether the maintainers can be asked; where they cannot, everything goes out unasked
    """
    if not isinstance(outcome, Announce):
        return outcome
    if control.retracted:
        return Skip(f"{RETRACTED}{control.retracted}")
    if control.bad is not None:
        return Skip(BAD)
    if control.skipped:
        return Skip(SKIPPED)
    if control.held_at is not None:
        return Stay(IS_HELD)
    if control.announced_at is not None or not needs_approval(project) or not cards_arrive:
        return outcome
    if outcome.lane is Lane.CRITICAL:
        return outcome
    if outcome.lane is Lane.ROUTINE:
        return Stay(NOT_APPROVED)
    until = ready_at + LONGEST_WAIT
    return outcome if now >= until else Hold(NOT_APPROVED, until)


def needs_approval(project: Project) -> bool:
    """Whether its maintainers are asked before news goes out."""
    return project.announce == "approve" and bool(project.maintainers_room)
