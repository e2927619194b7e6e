"""What is remembered of an image after each answer, and when its registry is asked again."""

from dataclasses import replace
from datetime import datetime, timedelta

from chatbot.core.model.images import ImageAnswer, ImageState

SHORTEST = timedelta(seconds=30)  # between two questions about one image
LONGEST = timedelta(hours=1)
_SHARE = 10  # of the time since the release: after an hour it is asked every six minutes
_AFTER_FAILURE = timedelta(minutes=1)


def after_answer(before: ImageState, answer: ImageAnswer, now: datetime) -> ImageState:
    """What is known once the registry answered."""
    is_there = answer.presence == "there"
    same = is_there and answer.platforms is None
    return replace(
        before,
        presence=answer.presence,
        platforms=before.platforms if same else answer.platforms or (),
        digest=answer.digest if is_there else "",
        first_seen_at=before.first_seen_at or now if is_there else before.first_seen_at,
        asked_at=now,
        failures=0,
        trouble=answer.trouble,
    )


def after_failure(before: ImageState, why: str, now: datetime) -> ImageState:
    """The same where it did not answer: what it said before stays what is known."""
    return replace(before, asked_at=now, failures=before.failures + 1, trouble=why)


def with_earlier(state: ImageState, earlier: ImageState | None) -> ImageState:
    """Of a tag that moves, after its first answer: the digest that it had before this release, by the `earlier` release's
    memory of it; where nobody remembers one, what it has now counts as that."""
    return replace(state, before=(earlier.digest if earlier is not None else "") or state.digest)


def next_question(state: ImageState, since: datetime, now: datetime) -> datetime:
    """When to ask about an image that is not complete; `since`: when its release appeared. Often at first, then ever more
    rarely, and more rarely too where the registry does not answer."""
    if state.asked_at is None or state.asked_at > now:  # a clock was wrong
        return now
    wait = min(max((state.asked_at - since) / _SHARE, SHORTEST), LONGEST)
    if state.failures:
        wait = max(wait, min(_AFTER_FAILURE * 2 ** (min(state.failures, 20) - 1), LONGEST))
    return state.asked_at + wait
