"""What waits for images, until when, and what its announcement says of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.core.announce import decide
from chatbot.core.announce.decide import Announce, Hold, Outcome, Skip
from chatbot.core.announce.messages import Plan
from chatbot.core.announce.plan import plan
from chatbot.core.announce.subject import find
from chatbot.core.delivery import Lane
from chatbot.core.model.images import ImageState
from chatbot.core.model.severity import Severity
from chatbot.core.snapshot import ProjectSnapshot, build_snapshot
from tests.core import make
from tests.core.images.test_readiness import CAME, GHCR_NAME, HUB_NAME, MINUTE, snapshot, state
from tests.core.make import HOUR

TAG = "v1.2.0"
ROUTINE = Announce("a new release", Lane.ROUTINE)
URGENT = Announce("a new security release", Lane.SECURITY, Severity.HIGH)
BOTH, ONE = (state(HUB_NAME), state(GHCR_NAME)), (state(HUB_NAME), state(GHCR_NAME, "missing"))


@pytest.mark.parametrize(
    ("outcome", "states", "after", "waits"),
    [
        (ROUTINE, ONE, MINUTE, True),
        (ROUTINE, (), MINUTE, True),
        (ROUTINE, ONE, 2 * HOUR, False),
        (ROUTINE, BOTH, MINUTE, False),
        (URGENT, ONE, MINUTE, False),
        (Skip("unwanted"), ONE, MINUTE, False),
        (Hold("it settles", CAME), ONE, MINUTE, False),
    ],
)
def test_only_routine_news_waits_and_not_for_ever(
    outcome: Outcome, states: tuple[ImageState, ...], after: timedelta, *, waits: bool
) -> None:
    result = decide.for_images(outcome, snapshot(*states), TAG, CAME + after)
    if waits:
        assert isinstance(result, Hold)
        assert result.until == CAME + 2 * HOUR
    else:
        assert result is outcome


def test_the_reason_says_what_is_where() -> None:
    outcome = decide.for_images(ROUTINE, snapshot(*ONE), TAG, CAME + MINUTE)
    assert outcome.reason == "it waits for its Docker images: docker.io ✓ amd64 · ghcr.io not yet"
    assert decide.for_images(ROUTINE, snapshot(), TAG, CAME).reason == "it waits for its Docker images"


def planned(current: ProjectSnapshot, posted: make.PostedThere, after: timedelta = 10 * MINUTE) -> Plan:
    watches = [make.watch("console:1")]
    return plan(current, watches, posted, [f"release/mail/{TAG}"], now=CAME + after, settle=timedelta(0))


def test_a_release_is_announced_when_its_last_image_is_there() -> None:
    waiting = planned(snapshot(*ONE), {})
    assert (waiting.messages, waiting.replan_at) == ((), CAME + 2 * HOUR)
    (message,) = planned(snapshot(*BOTH), {}).messages
    assert "Docker images: docker.io ✓ amd64 · ghcr.io ✓ amd64" in make.lines_of(message.message)


def test_after_the_wait_it_says_what_is_missing_and_is_edited_when_that_comes() -> None:
    late = planned(snapshot(*ONE), {}, 3 * HOUR)
    (message,) = late.messages
    assert "Docker images: docker.io ✓ amd64 · ghcr.io not yet" in make.lines_of(message.message)
    posted = make.carry_out(late, {})
    assert planned(snapshot(*ONE), posted, 4 * HOUR).messages == ()
    (edit,) = planned(snapshot(*BOTH), posted, 4 * HOUR).messages
    assert (edit.kind, edit.message.mentions) == ("edit", ())
    assert planned(snapshot(*BOTH), make.carry_out(planned(snapshot(*BOTH), posted, 4 * HOUR), posted)).messages == ()


def test_a_room_that_is_introduced_waits_for_nothing() -> None:
    watch = replace(make.watch("console:1"), introduce=frozenset({f"release/mail/{TAG}"}))
    steps = plan(snapshot(*ONE), [watch], {}, [f"release/mail/{TAG}"], now=CAME + MINUTE, settle=timedelta(0))
    assert len(steps.messages) == 1


def test_a_post_of_an_older_wording_is_not_edited_for_its_images() -> None:
    with_images, without = (find(each, f"release/mail/{TAG}") for each in (snapshot(*ONE), snapshot(images=())))
    assert with_images is not None
    assert without is not None
    assert with_images.digest_as_of(3) == without.digest_as_of(3)
    assert with_images.digest != without.digest
    assert without.digest == without.digest_as_of(3)


def test_a_setting_that_is_changed_edits_no_old_post() -> None:
    configured, not_any_more = (
        find(each, f"release/mail/{TAG}") for each in (snapshot(*ONE), snapshot(*ONE, images=()))
    )
    assert configured is not None
    assert not_any_more is not None
    assert configured.digest == not_any_more.digest


def of_a_fix(*states: ImageState) -> ProjectSnapshot:
    advisory = make.advisory(affected="< 1.2.0", patched="1.2.0", at=CAME)
    return build_snapshot(
        make.project,
        replace(make.knowledge([make.release(TAG, CAME)], [advisory]), images={TAG: states} if states else {}),
    )


def test_an_advisory_says_which_images_of_its_fix_are_there() -> None:
    subject = f"advisory/mail/{make.advisory().id}"
    partly, complete = find(of_a_fix(*ONE), subject), find(of_a_fix(*BOTH), subject)
    assert partly is not None
    assert complete is not None
    assert "Docker images: docker.io ✓ amd64 · ghcr.io not yet" in make.lines_of(partly.message)
    assert partly.digest != complete.digest
