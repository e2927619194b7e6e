"""What is remembered after each answer, and when a registry is asked again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.images.progress import LONGEST, SHORTEST, after_answer, after_failure, next_question, with_earlier
from chatbot.core.images.reference import parse_platform
from chatbot.core.model.images import ImageAnswer, ImageName, ImageState
from tests.core.make import HOUR, START

NAME = ImageName("ghcr.io", "harbour/ferry", "v1.2.0")
MINUTE = timedelta(minutes=1)
AMD, ARM = parse_platform("linux/amd64"), parse_platform("linux/arm64")
THERE = ImageAnswer(presence="there", platforms=(AMD,), digest="sha256:1")


def test_it_is_remembered_when_an_image_was_first_there() -> None:
    state = after_answer(ImageState(name=NAME), ImageAnswer(presence="missing"), START)
    assert (state.presence, state.first_seen_at, state.asked_at) == ("missing", None, START)
    state = after_answer(state, THERE, START + MINUTE)
    later = after_answer(state, ImageAnswer(presence="there", platforms=(AMD, ARM), digest="sha256:2"), START + HOUR)
    assert (later.first_seen_at, later.platforms, later.digest) == (START + MINUTE, (AMD, ARM), "sha256:2")


def test_an_answer_without_platforms_keeps_those_that_were_read() -> None:
    state = after_answer(ImageState(name=NAME), THERE, START)
    same = after_answer(state, ImageAnswer(presence="there", platforms=None, digest="sha256:1"), START + HOUR)
    assert (same.platforms, same.digest, same.asked_at) == ((AMD,), "sha256:1", START + HOUR)


def test_an_image_that_was_taken_away_is_missing() -> None:
    state = after_answer(ImageState(name=NAME), THERE, START)
    gone = after_answer(state, ImageAnswer(presence="missing"), START + HOUR)
    assert (gone.presence, gone.platforms, gone.digest, gone.first_seen_at) == ("missing", (), "", START)


def test_a_failure_takes_nothing_back_and_is_counted() -> None:
    state = after_failure(after_answer(ImageState(name=NAME), THERE, START), "it did not answer", START + MINUTE)
    state = after_failure(state, "it did not answer", START + 2 * MINUTE)
    assert (state.presence, state.platforms, state.failures, state.trouble) == ("there", (AMD,), 2, "it did not answer")
    assert after_answer(state, THERE, START + HOUR).failures == 0
    assert after_answer(state, THERE, START + HOUR).trouble == ""
    assert after_failure(ImageState(name=NAME), "no", START).presence == "unknown"


def test_a_tag_that_moves_is_compared_with_what_it_was() -> None:
    state = after_answer(ImageState(name=NAME), THERE, START)
    assert with_earlier(state, ImageState(name=NAME, digest="sha256:0")).before == "sha256:0"
    assert with_earlier(state, None).before == "sha256:1"
    assert with_earlier(state, ImageState(name=NAME)).before == "sha256:1"


def waiting_since(minutes: float, failures: int = 0) -> ImageState:
    return ImageState(name=NAME, asked_at=START + minutes * MINUTE, failures=failures)


def test_it_is_asked_often_at_first_and_then_more_rarely() -> None:
    waits = [
        next_question(waiting_since(minutes), START, START + 100 * HOUR) - START - minutes * MINUTE
        for minutes in (0, 5, 60, 6000)
    ]
    assert waits == [SHORTEST, SHORTEST, 6 * MINUTE, LONGEST]


def test_a_registry_that_does_not_answer_is_asked_ever_more_rarely() -> None:
    waits = [
        next_question(waiting_since(0, failures), START, START + 100 * HOUR) - START
        for failures in (1, 2, 3, 7, 100_000)
    ]
    assert waits == [MINUTE, 2 * MINUTE, 4 * MINUTE, LONGEST, LONGEST]


def test_what_was_never_asked_is_asked_now() -> None:
    assert next_question(ImageState(name=NAME), START, START + HOUR) == START + HOUR


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**6), st.integers(-(10**6), 10**6))
def test_the_next_question_is_never_far_ahead_nor_at_once_again(asked_at: int, failures: int, now: int) -> None:
    at = START + timedelta(seconds=asked_at)
    moment = START + timedelta(seconds=now)
    due = next_question(ImageState(name=NAME, asked_at=at, failures=failures), START, moment)
    assert due == moment if at > moment else at + SHORTEST <= due <= at + LONGEST
