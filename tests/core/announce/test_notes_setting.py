"""How much of the notes a room shows: one announcement for rooms with different settings, which a later change does not edit."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest

from chatbot.core.announce.audience import Watch
from chatbot.core.announce.messages import Plan, PostedMessage, announcement_id
from chatbot.core.announce.plan import plan
from chatbot.core.announce.subject import find
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import BulletList, Message, Text, bullets
from chatbot.core.model.watches import NotesLength, WatchFilter
from chatbot.core.snapshot import ProjectSnapshot
from tests.core import make

LENGTHS: list[NotesLength] = ["short", "full", "none"]
RELEASE = "release/mail/v0.15.5"
FIX = replace(
    make.release("v0.15.5", make.START + make.DAY), notes=(bullets(f"number {number}" for number in range(60)),)
)
HERON = replace(FIX, name="v0.15.5 – Blue Heron")
HERE = make.snapshot([FIX])


def watches(*lengths: NotesLength) -> list[Watch]:
    return [make.watch(f"discord:{at}", WatchFilter(notes=length)) for at, length in enumerate(lengths)]


def planned(
    snapshot: ProjectSnapshot,
    *lengths: NotesLength,
    posted: make.PostedThere | None = None,
    touched: Sequence[str] = (RELEASE,),
) -> Plan:
    return plan(snapshot, watches(*lengths), posted or {}, touched, now=make.START, settle=make.SETTLE)


def messages(steps: Plan) -> dict[str, Message]:
    return {room: each.message for each in steps.messages for room in each.revisions}


def items(message: Message) -> int:
    return sum(len(block.items) for block in message.body if isinstance(block, BulletList))


def test_each_room_is_shown_as_much_as_it_wants() -> None:
    steps = planned(HERE, *LENGTHS, "full")
    assert {room: items(message) for room, message in messages(steps).items()} == {
        "discord:0": 12,
        "discord:1": 60,
        "discord:2": 0,
        "discord:3": 60,
    }
    assert len(steps.messages) == 3, "rooms that want the same share one rendering"


def test_what_is_cut_leads_to_the_full_notes() -> None:
    labels = {room: message.links[0].text for room, message in messages(planned(HERE, *LENGTHS)).items()}
    assert labels["discord:0"] == "Full release notes"
    assert labels["discord:1"] == "Release notes"
    assert messages(planned(HERE, "short"))["discord:0"].links[0].url == FIX.url


@pytest.mark.parametrize(("before", "after"), list(product(LENGTHS, LENGTHS)))
def test_another_setting_edits_no_post(before: NotesLength, after: NotesLength) -> None:
    for fix in (FIX, HERON):
        snapshot = make.snapshot([fix])
        posted = make.carry_out(planned(snapshot, before), {})
        assert planned(snapshot, after, posted=posted).messages == ()


@pytest.mark.parametrize(("before", "after"), list(product(LENGTHS, LENGTHS)))
def test_new_notes_edit_what_shows_notes_in_the_way_that_is_set_now(before: NotesLength, after: NotesLength) -> None:
    posted = make.carry_out(planned(HERE, before), {})
    changed = make.snapshot([replace(FIX, notes=(bullets(f"other {number}" for number in range(60)),))])
    steps = planned(changed, after, posted=posted)
    if before == "none":
        assert steps.messages == ()
        return
    assert [each.kind for each in steps.messages] == ["edit"]
    assert items(steps.messages[0].message) == {"short": 12, "full": 60, "none": 0}[after]
    assert planned(changed, before, posted=make.carry_out(steps, posted)).messages == ()


def test_a_release_that_is_taken_back_is_crossed_out_in_every_room() -> None:
    posted = make.carry_out(planned(HERE, *LENGTHS), {})
    without_it = make.snapshot(
        [make.known_release(FIX, missing_since=make.START + 3 * make.DAY, removal_confirmed=True)]
    )
    steps = planned(without_it, *LENGTHS, posted=posted)
    edits = [each for each in steps.messages if each.kind == "edit"]
    assert {room for each in edits for room in each.revisions} == {"discord:0", "discord:1", "discord:2"}
    assert all(each.message.struck for each in edits)


def older_post(template: int) -> make.PostedThere:
    """What a program posted that did not show the release's name."""
    subject = find(HERE, RELEASE)
    assert subject is not None
    name = announcement_id(RoomAddress("discord:0"), RELEASE)
    post = PostedMessage(
        announcement=name,
        room=RoomAddress("discord:0"),
        subject=RELEASE,
        revision=1,
        digest=subject.digest,
        template=template,
    )
    return {(post.room, RELEASE): post}


def test_a_name_that_an_older_program_did_not_show_edits_no_post_of_it() -> None:
    assert planned(make.snapshot([HERON]), "short", posted=older_post(1)).messages == ()
    changed = make.snapshot([replace(HERON, notes=())])
    assert [each.kind for each in planned(changed, "short", posted=older_post(1)).messages] == ["edit"]


def test_a_name_that_is_given_later_is_shown() -> None:
    (edit,) = planned(make.snapshot([HERON]), "short", posted=older_post(2)).messages
    assert any(
        span.text == "Blue Heron" for block in edit.message.body for span in getattr(block, "spans", (Text(""),))
    )
