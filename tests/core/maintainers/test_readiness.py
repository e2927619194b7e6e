"""What a release has and lacks, by what is known of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.core.images.readiness import images_of
from chatbot.core.maintainers.readiness.message import ready_message
from chatbot.core.maintainers.readiness.steps import Place, Step, readiness
from chatbot.core.model.facts import Assets, Release
from chatbot.core.model.images import ImageName, ImageState, ImageTemplate, Platform, Presence
from chatbot.core.model.message import Tone, plain
from chatbot.sources.support_policy.reader import read_policy
from tests.looks import windlass as w

AMD, ARM = Platform("linux", "amd64"), Platform("linux", "arm64")
HUB = ImageTemplate(registry="docker.io", repository="windlass/server", platforms=(AMD, ARM))
WITH_IMAGES = replace(w.WINDLASS, images=(HUB,))
NEWS = w.release("v4.2.3", w.NOW - timedelta(hours=1), assets=Assets(number=2))
POLICY = read_policy(w.FIRST_PAGE)
THERE = Place(name="#releases", state="there")


def image(presence: Presence, *platforms: Platform, trouble: str = "") -> dict[str, tuple[ImageState, ...]]:
    name = ImageName("docker.io", "windlass/server", "v4.2.3")
    state = ImageState(
        name=name, must_have=(AMD, ARM), presence=presence, platforms=platforms, asked_at=w.NOW, trouble=trouble
    )
    return {"v4.2.3": (state,)}


def steps_of(
    news: Release = NEWS,
    images: dict[str, tuple[ImageState, ...]] | None = None,
    places: tuple[Place, ...] = (THERE,),
    page: str = w.FIRST_PAGE,
    fixes: str = "",
) -> tuple[Step, ...]:
    critical = w.CRITICAL if fixes == "critical" else replace(w.CRITICAL, aliases=frozenset()) if fixes else None
    snapshot = w.snapshot([news], [critical] if critical else [], project=WITH_IMAGES, images=images)
    return readiness(
        snapshot, news.tag, read_policy(page) if page else None, images_of(snapshot, news.tag), places, w.NOW.date()
    )


def states(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    return [(step.kind, step.state) for step in steps]


def words(steps: tuple[Step, ...], kind: str) -> list[str]:
    return [plain(step.words) for step in steps if step.kind == kind]


def test_a_whole_release_has_everything() -> None:
    steps = steps_of(images=image("there", AMD, ARM))
    done = [("release", "done"), ("assets", "done"), ("image", "done"), ("policy", "done"), ("rooms", "done")]
    assert states(steps) == done
    message = ready_message("Windlass 4.2.3", "Windlass", steps)
    assert (message.title, message.tone) == ("Windlass 4.2.3 has all that I look for", Tone.GOOD)


@pytest.mark.parametrize(
    ("images", "state", "expected"),
    [
        (None, "unknown", "Whether docker.io/windlass/server:v4.2.3 is there: no answer yet"),
        (image("unknown", trouble="it timed out"), "unknown", "no answer yet: it timed out"),
        (image("missing"), "missing", "is not there yet"),
        (image("not public"), "missing", "make it public in the registry's settings"),
        (image("there", AMD), "missing", "without linux/arm64"),
        (image("there", AMD, ARM), "done", "is there (linux/amd64, linux/arm64)"),
    ],
)
def test_an_image_is_there_missing_or_not_known(
    images: dict[str, tuple[ImageState, ...]] | None, state: str, expected: str
) -> None:
    steps = steps_of(images=images)
    assert ("image", state) in states(steps)
    assert expected in words(steps, "image")[0]


@pytest.mark.parametrize(
    ("assets", "state", "expected"),
    [
        (None, "unknown", "Which files are attached: not read yet"),
        (Assets(number=0), "done", "No files are attached to it"),
        (Assets(number=1, immutable=True), "done", "1 file is attached; the release is immutable"),
        (Assets(number=8), "done", "8 files are attached"),
        (
            Assets(number=8, uploading=("windlass.tar.gz", "windlass.zip")),
            "missing",
            "Of 8 files not uploaded yet: windlass.tar.gz and windlass.zip",
        ),
    ],
)
def test_attached_files_are_there_or_still_being_uploaded(assets: Assets | None, state: str, expected: str) -> None:
    steps = steps_of(replace(NEWS, assets=assets))
    assert ("assets", state) in states(steps)
    assert words(steps, "assets") == [expected]


def test_what_is_missing_comes_first_and_what_is_not_known_before_what_is_there() -> None:
    steps = steps_of(places=(Place(name="#a", state="failed", reason="no permission."), THERE))
    assert [state for _, state in states(steps)] == ["missing", "unknown", "done", "done", "done", "done"]
    assert words(steps, "rooms")[0] == "#a did not get it: no permission"
    assert ready_message("Windlass 4.2.3", "Windlass", steps).title == "Windlass 4.2.3: 1 thing is missing"


@pytest.mark.parametrize(
    ("tag", "page", "state"),
    [
        ("v4.2.3", w.FIRST_PAGE, "done"),
        ("v5.0.0", w.FIRST_PAGE, "missing"),
        ("v3.9.9", w.FIRST_PAGE, "missing"),
        ("v4.2.3", "", "unknown"),
        ("v4.2.3", "We are nice people.", "unknown"),
    ],
)
def test_its_line_in_the_policy(tag: str, page: str, state: str) -> None:
    assert ("policy", state) in states(steps_of(replace(NEWS, tag=tag), page=page))


@pytest.mark.parametrize(("fixes", "state"), [("critical", "done"), ("without a number", "missing")])
def test_an_advisory_of_weight_needs_a_cve_number(fixes: str, state: str) -> None:
    steps = steps_of(fixes=fixes)
    assert ("advisory", "done") in states(steps)
    assert ("cve", state) in states(steps)


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ((), [("missing", "Announced nowhere")]),
        ((THERE, THERE), [("done", "Announced in 2 rooms")]),
        (
            (Place(name="#a", state="on the way", reason="it timed out"),),
            [("missing", "On its way to 1 room; the last attempt failed: it timed out")],
        ),
        (
            (Place(name="#a", state="waits", reason="its digest"),),
            [("waits", "1 room does not have it yet: its digest")],
        ),
    ],
)
def test_rooms(places: tuple[Place, ...], expected: list[tuple[str, str]]) -> None:
    steps = steps_of(places=places)
    assert [(step.state, plain(step.words)) for step in steps if step.kind == "rooms"] == expected


def test_what_was_there_before_the_bot_is_not_missing_anywhere() -> None:
    snapshot = w.snapshot()
    tag = next(iter(snapshot.releases))
    steps = readiness(snapshot, tag, POLICY, (), (), w.NOW.date())
    assert ("rooms", "unknown") in states(steps)
