"""The cost of answers and of the plan: each advisory is evaluated about once, however many releases and advisories there are."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from chatbot.core.announce.render.advisory import advisory_message
from chatbot.core.model.facts import Advisory, Affected, Release
from chatbot.core.queries.commands import Kind
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.questions import QUESTIONS
from chatbot.core.queries.suggest import suggestions
from chatbot.core.snapshot import build_snapshot
from tests.core import make
from tests.cost import assert_cheap

START = make.START
MANY = 1_000
BOUND = 6.0  # seconds of this thread's own time: ten times what the slowest takes on a quiet machine
READ_NOW = {"github-releases:mail": START, "github-advisories:mail": START}


def releases() -> list[Release]:
    return [make.release(f"v{at // 50}.{at % 50}.0", START + timedelta(hours=at)) for at in range(MANY)]


def between(at: int) -> Advisory:
    """Three packages each, as in a large repository of several."""
    entries = tuple(
        Affected(package=f"n{j}", range=f">= {j}.{at % 50}, < {j + 1}.{at % 50}.{j}", patched=f"{j + 1}.{at % 50}.{j}")
        for j in range(3)
    )
    return _holding(at, *entries)


def one_release(at: int) -> Advisory:
    """Each release has an advisory of its own."""
    return _holding(at, Affected(range=f"= {at // 50}.{at % 50}.0", patched="99.0.0"))


def endless(at: int) -> Advisory:
    return _holding(at, Affected(range=f">= {at // 50}.{at % 50}.0"))


def unreadable(at: int) -> Advisory:
    return _holding(at, Affected(range=f"what came before {at}th"))


def _holding(at: int, *entries: Affected) -> Advisory:
    base = make.advisory(f"GHSA-{at:04}-aaaa-bbbb")
    return Advisory(
        project=base.project,
        id=base.id,
        summary="s",
        affected=entries,
        published_at=base.published_at,
        updated_at=base.updated_at,
    )


@pytest.mark.parametrize("kind", [between, one_release, endless, unreadable])
def test_every_answer_is_linear(kind: Callable[[int], Advisory]) -> None:
    knowledge = make.knowledge(releases(), [kind(at) for at in range(MANY)], read_at=READ_NOW)
    snapshot = build_snapshot(make.project, knowledge)
    for command in ("supported", "affected", "upgrade", "latest", "advisory", "advisories", "credits"):
        for version in ("0.5.0", "1.5.0", "19.49.0", "19", "1.5"):
            arguments = {"version": version, "id": "GHSA-0001-aaaa-bbbb"}
            context = QueryContext(forge=make.FORGE, snapshot=snapshot, policy=None, now=START, arguments=arguments)
            assert_cheap(partial(QUESTIONS[command], context), BOUND, (command, version))
    assert_cheap(lambda: suggestions(context, Kind.VERSION, "1."), BOUND)


@pytest.mark.parametrize("packages", [1_000, pytest.param(5_000, marks=pytest.mark.soak)])
def test_an_advisory_of_very_many_packages_is_announced_and_answered_in_time(packages: int) -> None:
    """The bound is in step with the packages; as many as a reader takes in the soak."""
    entries = [
        Affected(package=f"p{at}", range=f">= 0.{at}, < 1.{at}.7", patched=f"1.{at}.7") for at in range(packages)
    ]
    advisory = _holding(1, *entries)

    def announce_and_answer() -> None:
        snapshot = make.snapshot(releases()[:300], [advisory])
        advisory_message(snapshot, advisory.id)
        QUESTIONS["affected"](
            QueryContext(forge=make.FORGE, snapshot=snapshot, policy=None, now=START, arguments={"version": "1.5.0"})
        )

    assert_cheap(announce_and_answer, packages / 500 * BOUND)
