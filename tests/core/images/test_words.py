"""The line in an announcement, and a sentence about each image."""

from collections.abc import Sequence

import pytest

from chatbot.core.images.reference import parse_platform
from chatbot.core.images.words import image_facts, image_sentence, images_field, labels_of, platform_words
from chatbot.core.model.images import ImageName, ImageState
from chatbot.core.model.message import plain
from tests.core.images.test_readiness import GHCR_NAME, HUB_NAME, state

BOTH = ["linux/amd64", "linux/arm64"]


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ([state(HUB_NAME, platforms=BOTH), state(GHCR_NAME, "missing")], "docker.io ✓ amd64, arm64 · ghcr.io not yet"),
        ([state(HUB_NAME, platforms=BOTH, must_have=["linux/amd64"])], "docker.io ✓ amd64"),
        ([state(HUB_NAME, must_have=BOTH)], "docker.io ✓ amd64 (arm64 not yet)"),
        ([state(HUB_NAME, platforms=[], must_have=BOTH)], "docker.io ✓ (amd64, arm64 not yet)"),
        ([state(HUB_NAME, platforms=[])], "docker.io ✓"),
        ([state(GHCR_NAME, "not public")], "ghcr.io not public"),
        ([state(GHCR_NAME, "unknown")], "ghcr.io could not be asked yet"),
        ([state(HUB_NAME, before="sha256:1")], "docker.io not yet"),
        ([state(HUB_NAME, platforms=["windows/amd64", "linux/arm/v7"])], "docker.io ✓ windows/amd64, arm/v7"),
    ],
)
def test_the_line_says_what_is_where(states: Sequence[ImageState], words: str) -> None:
    field = images_field(states)
    assert field is not None
    assert (field.label, plain(field.spans)) == ("Docker images", words)


def test_without_an_answer_there_is_no_line() -> None:
    assert images_field([]) is None


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (["docker.io a 1", "ghcr.io a 1"], ["docker.io", "ghcr.io"]),
        (["docker.io a 1", "docker.io b 1"], ["docker.io/a", "docker.io/b"]),
        (["docker.io a 1", "docker.io a 1-alpine"], ["docker.io 1", "docker.io 1-alpine"]),
        (
            ["docker.io a 1", "docker.io a 2", "docker.io b 1"],
            ["docker.io/a:1", "docker.io 2", "docker.io/b"],
        ),
    ],
)
def test_images_are_told_from_each_other_in_few_words(names: Sequence[str], labels: Sequence[str]) -> None:
    images = [ImageName(*name.split()) for name in names]
    assert list(labels_of(images).values()) == labels


def test_many_platforms_are_counted() -> None:
    many = [parse_platform(f"linux/a{number}") for number in range(9)]
    assert platform_words(many) == "a0, a1, a2, a3, a4, a5 and 3 more"


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (state(HUB_NAME, must_have=BOTH), "docker.io/example/mail:1.2.0 is there (linux/amd64), without linux/arm64."),
        (state(HUB_NAME, "missing"), "docker.io/example/mail:1.2.0 is not there yet."),
        (
            state(GHCR_NAME, "not public"),
            "ghcr.io/example/mail:v1.2.0 is not public, or does not exist: make it public in the registry's settings.",
        ),
        (
            state(HUB_NAME, before="sha256:1"),
            "docker.io/example/mail:1.2.0 is there, but nothing shows that it belongs to this release yet.",
        ),
        (
            ImageState(name=GHCR_NAME, failures=1, trouble="ghcr.io asked us to wait"),
            "ghcr.io/example/mail:v1.2.0: the registry could not be asked yet. Ghcr.io asked us to wait.",
        ),
    ],
)
def test_maintainers_are_told_in_a_sentence(image: ImageState, sentence: str) -> None:
    assert image_sentence(image, [image]) == sentence


def test_equal_lines_have_equal_facts_whenever_they_were_asked() -> None:
    one = state(HUB_NAME, platforms=BOTH, must_have=BOTH)
    other = state(HUB_NAME, platforms=[*BOTH, "linux/s390x"], must_have=BOTH, digest="sha256:9")
    assert image_facts([one]) == image_facts([other])
    assert image_facts([one]) != image_facts([state(HUB_NAME, platforms=BOTH[:1], must_have=BOTH)])
