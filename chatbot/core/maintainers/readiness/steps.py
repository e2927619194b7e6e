"""The steps of a release: published, its files, images and advisories, its line in the policy, and the rooms that were told."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from chatbot.core.images.readiness import ImageOfRelease
from chatbot.core.images.words import image_sentence
from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import NOWHERE, RoomAddress
from chatbot.core.model.knowledge import taken_back
from chatbot.core.model.message import Moment, Spans, Text
from chatbot.core.model.severity import Severity
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.by_releases import status_by_releases
from chatbot.core.support.policy import Policy
from chatbot.core.text.words import count, listed

StepState = Literal["missing", "unknown", "waits", "done"]
StepKind = Literal["release", "assets", "word", "image", "advisory", "cve", "policy", "rooms"]
PlaceState = Literal["there", "on the way", "failed", "waits"]

MOST_ADVISORIES = 10
MOST_REASONS = 5  # why rooms wait
_CVE_IS_USUAL = frozenset({Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL})
_ORDER: tuple[StepState, ...] = ("missing", "unknown", "waits", "done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a release needs.

    key: the same for the same thing, whatever became of it
    state: missing; unknown, where nobody can tell; waits, for what somebody decided; done
    words: a sentence without its full stop
    """

    kind: StepKind
    key: str
    state: StepState
    words: Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What became of the announcement in one room.

    name: what people call the room
    room: its address, which stays the same; NOWHERE where nobody needs it
    reason: why it failed, or waits; of one on the way, why the last attempt failed; "" without one
    link: to the post, "" where there is none
    """

    name: str
    state: PlaceState
    room: RoomAddress = NOWHERE
    reason: str = ""
    link: str = ""


def readiness(
    snapshot: ProjectSnapshot,
    tag: str,
    policy: Policy | None,
    images: Sequence[ImageOfRelease],
    places: Sequence[Place],
    today: date,
) -> tuple[Step, ...]:
    """What a release needs, what is missing first. `images`: what is known of its images now."""
    steps = [
        _published(snapshot, tag),
        _assets(snapshot, tag),
        *_word(snapshot, tag),
        *_images(images),
        *_advisories(snapshot, tag),
        *_policy(snapshot, snapshot.releases[tag], policy, today),
        *rooms(places, before=snapshot.knowledge.releases[tag].known_before),
    ]
    return tuple(sorted(steps, key=lambda step: _ORDER.index(step.state)))


def rooms(places: Sequence[Place], *, before: bool = False) -> Iterator[Step]:
    """Who was told. `before`: it was there before the bot began to watch, so that nobody was to be told."""
    numbers = Counter(place.state for place in places)
    if numbers["there"]:
        yield _step("rooms", "there", "done", f"Announced in {count(numbers['there'], 'room')}")
    for place in places:
        if place.state == "failed":
            yield _step(
                "rooms", place.room or place.name, "missing", f"{place.name} did not get it{_because(place.reason)}"
            )
    late = [place for place in places if place.state == "on the way"]
    if late:
        reasons = sorted({place.reason for place in late if place.reason})
        why = f"; the last attempt failed: {reasons[0]}" if reasons else ""
        yield _step("rooms", "on the way", "missing", f"On its way to {count(len(late), 'room')}{why}")
    reasons_to_wait = Counter(place.reason for place in places if place.state == "waits")
    for reason, number in reasons_to_wait.most_common(MOST_REASONS):
        verb = "does" if number == 1 else "do"
        words = f"{count(number, 'room')} {verb} not have it yet{_because(reason)}"
        yield _step("rooms", "waits", "waits", words)
    if not places and before:
        yield _step("rooms", "there", "unknown", "Announced nowhere: it was there before I began to watch")
    elif not places:
        yield _step("rooms", "there", "missing", "Announced nowhere")


def _published(snapshot: ProjectSnapshot, tag: str) -> Step:
    tracked = snapshot.knowledge.releases[tag]
    if tracked.removal_confirmed:
        return _step("release", "release", "missing", "The release was removed")
    if taken_back(tracked):
        return _step("release", "release", "missing", "The release is missing from the list of releases")
    kind = "Prerelease" if snapshot.releases[tag].kind == "prerelease" else "Release"
    words: Spans = (Text(f"{kind} published "), Moment(tracked.fact.published_at))
    return Step(kind="release", key="release", state="done", words=words)


def _assets(snapshot: ProjectSnapshot, tag: str) -> Step:
    assets = snapshot.knowledge.releases[tag].fact.assets
    if assets is None:
        return _step("assets", "assets", "unknown", "Which files are attached: not read yet")
    ending = "; the release is immutable" if assets.immutable else ""
    # The number is part of the key, so that a card shows more files as they come.
    key = f"assets {assets.number}{' immutable' if assets.immutable else ''}"
    if assets.uploading:
        names = listed(list(assets.uploading))
        return _step(
            "assets", f"{key} {names}", "missing", f"Of {count(assets.number, 'file')} not uploaded yet: {names}"
        )
    if not assets.number:
        return _step("assets", key, "done", f"No files are attached to it{ending}")
    verb = "is" if assets.number == 1 else "are"
    return _step("assets", key, "done", f"{count(assets.number, 'file')} {verb} attached{ending}")


def _word(snapshot: ProjectSnapshot, tag: str) -> Iterator[Step]:
    """What maintainers said that keeps it from being announced."""
    control = snapshot.control_of_release(tag)
    if control.bad is not None:
        yield _step("word", "bad", "waits", "You told everybody not to use it")
    if control.retracted:
        yield _step("word", "retracted", "waits", "You took its announcement back")
    elif control.skipped:
        yield _step("word", "skipped", "waits", "You chose not to announce it")
    elif control.held_at is not None:
        yield _step("word", "held", "waits", "You hold its announcement until you say now")


def _images(images: Sequence[ImageOfRelease]) -> Iterator[Step]:
    states = [image.state for image in images if image.state is not None]
    for image in images:
        if image.name is None:
            yield _step("image", str(image.template), "unknown", f"{image.template} has no tag for this release")
        elif image.state is None or image.state.presence == "unknown":
            trouble = f": {image.state.trouble.rstrip('.')}" if image.state is not None and image.state.trouble else ""
            yield _step("image", str(image.name), "unknown", f"Whether {image.name} is there: no answer yet{trouble}")
        else:
            words = image_sentence(image.state, states).rstrip(".")
            yield _step("image", str(image.name), "done" if image.is_complete else "missing", words)


def _advisories(snapshot: ProjectSnapshot, tag: str) -> Iterator[Step]:
    for advisory in snapshot.fixed_by(tag)[:MOST_ADVISORIES]:
        yield _step(
            "advisory", advisory.id, "done", f"{advisory.id} ({advisory.severity}) is published, and is fixed by it"
        )
        yield from _cve(advisory)


def _cve(advisory: Advisory) -> Iterator[Step]:
    numbers = sorted(name for name in advisory.ids if name.upper().startswith("CVE-"))
    if numbers:
        yield _step("cve", f"cve {advisory.id}", "done", f"{advisory.id} has a CVE number: {numbers[0]}")
    elif advisory.severity in _CVE_IS_USUAL:
        yield _step(
            "cve", f"cve {advisory.id}", "missing", f"{advisory.id} has no CVE number: request one in the advisory"
        )


def _policy(snapshot: ProjectSnapshot, item: Classified, policy: Policy | None, today: date) -> Iterator[Step]:
    """Whether the policy page says that its line is supported. It promises nothing of prereleases."""
    if item.version is None or item.kind == "prerelease":
        return
    what = str(item.version)
    if policy is None or not policy.readable:
        yield _step("policy", "policy", "unknown", f"Whether {what} is supported: no policy page can be read")
        return
    members = [
        each
        for tag, each in snapshot.releases.items()
        if each.version is not None
        and each.version.package == item.version.package
        and each.kind != "prerelease"
        and not taken_back(snapshot.knowledge.releases[tag])
    ]
    status = status_by_releases(
        policy,
        item.version,
        members,
        today=today,
        component=snapshot.project.component,
        lines=snapshot.lines,
    )
    match status.state:
        case "supported":
            yield _step("policy", "policy", "done", f"The policy page says that {what} is supported")
        case "ended":
            yield _step("policy", "policy", "missing", f"The policy page says that {what} is no longer supported")
        case "not_listed":
            yield _step("policy", "policy", "missing", f"No row of the policy page covers {what}: add one")
        case _:
            yield _step("policy", "policy", "unknown", f"Whether {what} is supported: the policy page does not say")


def _step(kind: StepKind, key: str, state: StepState, words: str) -> Step:
    return Step(kind=kind, key=key, state=state, words=(Text(words),))


def _because(reason: str) -> str:
    return f": {reason.rstrip('.')}" if reason else ""
