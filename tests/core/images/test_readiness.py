"""Which images a release waits for, and how long."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.core.images.readiness import (
    FIRST_ANSWER,
    images_of,
    is_complete,
    missing_platforms,
    tags_to_ask,
    waits_until,
)
from chatbot.core.images.reference import parse_image, parse_platform
from chatbot.core.model.images import ImageName, ImageState, Presence
from chatbot.core.snapshot import ProjectSnapshot, build_snapshot
from tests.core import make
from tests.core.make import DAY, HOUR, START

MINUTE = timedelta(minutes=1)
CAME = START + DAY  # when v1.2.0 was published
HUB, GHCR = "docker.io/example/mail:{version}", "ghcr.io/example/mail:{tag}"
HUB_NAME = ImageName("docker.io", "example/mail", "1.2.0")
GHCR_NAME = ImageName("ghcr.io", "example/mail", "v1.2.0")


def state(
    name: ImageName,
    presence: Presence = "there",
    platforms: Sequence[str] = ("linux/amd64",),
    *,
    must_have: Sequence[str] = (),
    digest: str = "sha256:1",
    before: str = "",
) -> ImageState:
    there = tuple(parse_platform(each) for each in platforms) if presence == "there" else ()
    must = tuple(parse_platform(each) for each in must_have)
    return ImageState(
        name=name, must_have=must, presence=presence, platforms=there, digest=digest, before=before, asked_at=CAME
    )


def snapshot(
    *states: ImageState,
    images: Sequence[str] = (HUB, GHCR),
    platforms: Sequence[str] = (),
    tag: str = "v1.2.0",
    read_at: timedelta = MINUTE,
    **more: object,
) -> ProjectSnapshot:
    templates = tuple(parse_image(each, tuple(platforms)) for each in images)
    at = CAME + read_at
    tracked = make.known_release(make.release(tag, CAME), at, **{"read_at": at + MINUTE, **more})
    knowledge = replace(make.knowledge([tracked]), images={tag: states} if states else {})
    return build_snapshot(replace(make.project, images=templates), knowledge)


@pytest.mark.parametrize(
    ("states", "waits"),
    [
        ([state(HUB_NAME), state(GHCR_NAME)], None),
        ([state(HUB_NAME), state(GHCR_NAME, "missing")], 2 * HOUR),
        ([state(HUB_NAME), state(GHCR_NAME, "not public")], 2 * HOUR),
        ([state(HUB_NAME), state(GHCR_NAME, "unknown")], 2 * HOUR),
    ],
)
def test_routine_news_waits_until_all_images_are_there(states: Sequence[ImageState], waits: timedelta | None) -> None:
    assert waits_until(snapshot(*states), "v1.2.0") == (None if waits is None else CAME + waits)


@pytest.mark.parametrize(
    ("platforms", "must_have", "missing"),
    [
        (["linux/amd64"], [], []),
        (["linux/amd64"], ["linux/amd64"], []),
        (["linux/amd64"], ["linux/amd64", "linux/arm64"], ["linux/arm64"]),
        ([], ["linux/amd64"], ["linux/amd64"]),
        (["linux/arm/v6"], ["linux/arm/v7"], ["linux/arm/v7"]),
    ],
)
def test_an_image_is_complete_with_all_platforms_that_it_must_have(
    platforms: Sequence[str], must_have: Sequence[str], missing: Sequence[str]
) -> None:
    image = state(HUB_NAME, platforms=platforms, must_have=must_have)
    assert [str(each) for each in missing_platforms(image)] == missing
    assert is_complete(image, [image]) is not bool(missing)


def test_the_settings_of_now_say_which_platforms_are_waited_for() -> None:
    there = snapshot(state(HUB_NAME), images=[HUB], platforms=["linux/arm64"])
    assert not images_of(there, "v1.2.0")[0].is_complete
    assert waits_until(there, "v1.2.0") is not None


def test_nobody_waits_where_no_image_is_configured() -> None:
    assert waits_until(snapshot(images=()), "v1.2.0") is None


def test_a_release_that_was_read_late_waits_for_the_first_answer_alone() -> None:
    late = snapshot(read_at=5 * HOUR)
    assert waits_until(late, "v1.2.0") == CAME + 5 * HOUR + FIRST_ANSWER
    after = snapshot(state(HUB_NAME), state(GHCR_NAME, "missing"), read_at=5 * HOUR)
    assert waits_until(after, "v1.2.0") == CAME + 2 * HOUR


def test_a_publication_in_the_future_counts_from_its_reading() -> None:
    early = snapshot(state(HUB_NAME, "missing"), images=[HUB], read_at=-3 * HOUR)
    assert waits_until(early, "v1.2.0") == CAME - HOUR


def test_an_image_that_a_release_cannot_have_is_not_waited_for() -> None:
    alone = snapshot(images=["ghcr.io/a:{tag}"], tag="v1.2.0 final")
    assert [image.name for image in images_of(alone, "v1.2.0 final")] == [None]
    assert waits_until(alone, "v1.2.0 final") is None
    assert tags_to_ask(alone, CAME + MINUTE) == ()


def test_two_templates_with_one_name_are_one_image() -> None:
    assert len(images_of(snapshot(images=["ghcr.io/a:v{version}", "ghcr.io/a:{tag}"]), "v1.2.0")) == 1


@pytest.mark.parametrize(
    ("digest", "before", "sibling", "expected"),
    [
        ("sha256:2", "sha256:1", None, True),
        ("sha256:1", "sha256:1", None, False),
        ("sha256:1", "sha256:1", "sha256:1", True),
        ("sha256:1", "sha256:1", "sha256:2", False),
    ],
)
def test_a_tag_that_moves_must_have_moved_or_lead_to_the_releases_own_image(
    digest: str, before: str, sibling: str | None, *, expected: bool
) -> None:
    moving = state(ImageName("docker.io", "example/mail", "latest"), digest=digest, before=before)
    others = [state(HUB_NAME, digest=sibling)] if sibling else []
    assert is_complete(moving, [moving, *others]) is expected


def test_the_images_of_another_repository_prove_nothing() -> None:
    moving = state(ImageName("docker.io", "example/web", "latest"), before="sha256:1")
    assert not is_complete(moving, [moving, state(HUB_NAME)])


@pytest.mark.parametrize(
    ("more", "after", "expected"),
    [
        ({}, HOUR, True),
        ({}, 4 * DAY, False),
        ({"known_before": True}, HOUR, False),
        ({"known_before": True, "promoted_at": CAME + HOUR}, 2 * HOUR, True),
        ({"missing_since": CAME + HOUR}, 2 * HOUR, False),
        ({"removal_confirmed": True}, HOUR, False),
    ],
)
def test_registries_are_asked_for_what_is_news(more: dict[str, object], after: timedelta, *, expected: bool) -> None:
    assert tags_to_ask(snapshot(**more), CAME + after) == (("v1.2.0",) if expected else ())  # type: ignore[arg-type]  # a table of mixed fields


def test_a_complete_release_is_asked_for_no_more() -> None:
    assert tags_to_ask(snapshot(state(HUB_NAME), state(GHCR_NAME)), CAME + HOUR) == ()
    assert tags_to_ask(snapshot(state(HUB_NAME)), CAME + HOUR) == ("v1.2.0",)
