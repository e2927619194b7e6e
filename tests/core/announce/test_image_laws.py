"""In whatever order images come among the facts, rooms end with the same announcements, and nothing waits for ever."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.core.announce.decide import WAITS_FOR_IMAGES
from chatbot.core.images.reference import parse_image, parse_platform
from chatbot.core.model.images import ImageName, ImageState, Presence
from tests.core import make
from tests.core.announce import test_laws as laws
from tests.core.history import Life, RegistrySays, Restart, Step
from tests.examples import scaled

AMD, ARM = parse_platform("linux/amd64"), parse_platform("linux/arm64")
TAGS = ("v0.15.5", "v0.14.9", "v0.16.0", "v0.15.6")
LONG = timedelta(days=30)
PROJECT = replace(
    make.project,
    images=(parse_image("ghcr.io/example/mail", ("linux/amd64", "linux/arm64")),),
    wait_for_images=LONG,
)


def says(tag: str, presence: Presence, *platforms: str) -> RegistrySays:
    state = ImageState(
        name=ImageName("ghcr.io", "example/mail", tag),
        must_have=(AMD, ARM),
        presence=presence,
        platforms=tuple(parse_platform(each) for each in platforms),
    )
    return RegistrySays(tag, (state,))


# 8 lives in `make test`, many more in `make fuzz`: each takes a third of a second.
FEW = settings(max_examples=scaled(8), deadline=None, suppress_health_check=[HealthCheck.too_slow])
CHAINS: Mapping[str, Sequence[Step]] = {
    **{name: laws.CHAINS[name] for name in ("fix", "backport", "promotion", "pulled", "raised")},
    **{
        f"images of {tag}": (
            says(tag, "missing"),
            says(tag, "there", "linux/amd64"),
            says(tag, "there", "linux/amd64", "linux/arm64"),
        )
        for tag in TAGS
    },
    "restart": (Restart(),),
}


def lived(names: Sequence[str], pauses: Sequence[bool], *, without: str = "") -> Life:
    """A life in which each step is the next of the chain that is named; with no news of images `without` which it is told."""
    life, rest = Life(laws.WATCHES, project=PROJECT), {name: iter(steps) for name, steps in CHAINS.items()}
    for name, pause in zip(names, pauses, strict=True):
        if not without or not name.startswith(without):
            life.live(next(rest[name]))
        if pause:
            life.settle()
    for _ in range(3):
        life.settle()
    return life


@FEW
@given(st.data())
def test_once_all_images_are_there_rooms_show_what_is_true(data: st.DataObject) -> None:
    names = data.draw(laws.orders(CHAINS))
    pauses = data.draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names)))
    laws.check(lived(names, pauses))


@FEW
@given(laws.orders(CHAINS))
def test_while_images_are_missing_routine_news_alone_waits_and_not_for_ever(names: list[str]) -> None:
    life = lived(names, [False] * len(names), without="images")
    releases = {subject for _, subject in life.holds}
    assert all(hold.reason.startswith(WAITS_FOR_IMAGES) for hold in life.holds.values())
    assert "release/mail/v0.14.9" in releases
    assert not any(subject.startswith("advisory/") for subject in releases)
    for item in life.holds.values():
        assert not life.snapshot.releases[item.subject.rpartition("/")[2]].security
    life.settle(LONG)
    life.settle()
    laws.check(life)
