"""The marks of announcements and deliveries: short, stable, and different for different things."""

import re

from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.announce.messages import announcement_id, delivery_key, short_hash
from chatbot.core.model.ids import RoomAddress

_WORDS = st.text(st.characters(exclude_categories=["Cs"]))


def test_marks_never_change_from_one_version_of_the_program_to_the_next() -> None:
    assert short_hash("a") == "zklycewkdo64v6wcggzzui64"
    name = announcement_id(RoomAddress("discord:1"), "release/mail/v1")
    assert (name, delivery_key(name, 1, "new")) == ("ccf58c65c372abefed86d0b1", "ccf58c6558e1e102d5b3d2e6")
    dm = RoomAddress("discord:dm:1234567890123456789")
    alert = announcement_id(dm, "alert/mail/GHSA-1")
    assert (alert, delivery_key(alert, 1, "new", dm)) == ("abd6123456789a1d152fd001", "abd6123456782144119f757b")


@given(_WORDS)
def test_a_mark_of_a_dm_fits_every_chat(place: str) -> None:
    dm = RoomAddress(f"matrix:dm:{place}")
    name = announcement_id(dm, "alert/mail/GHSA-1")
    assert all(re.fullmatch(r"[0-9a-f]{24}", mark) for mark in (name, delivery_key(name, 1, "new", dm)))


@given(st.lists(st.integers(10**18, 10**19 - 1), min_size=2, unique=True), st.sampled_from(["new", "edit"]))
def test_marks_of_dms_come_in_their_order_and_are_all_different(numbers: list[int], kind: str) -> None:
    """A store writes them side by side, then; a few DMs that were opened at once may change places."""
    dms = [RoomAddress(f"discord:dm:{number}") for number in sorted(numbers)]
    names = [announcement_id(dm, "alert/mail/GHSA-1") for dm in dms]
    keys = [delivery_key(name, 1, kind, dm) for name, dm in zip(names, dms, strict=True)]
    assert len({*names, *keys}) == 2 * len(dms)
    for marks in (names, keys):
        assert [mark[:12] for mark in marks] == sorted(mark[:12] for mark in marks)


@given(st.lists(_WORDS, max_size=4))
def test_a_mark_fits_every_chat(parts: list[str]) -> None:
    assert re.fullmatch(r"[a-z2-7]{24}", short_hash(*parts))
    name = announcement_id(RoomAddress("discord:1"), "".join(parts))
    assert all(re.fullmatch(r"[0-9a-f]{24}", mark) for mark in (name, delivery_key(name, 1, "new")))


@given(_WORDS, _WORDS, _WORDS)
def test_marks_of_one_subject_begin_alike_so_that_a_store_keeps_them_side_by_side(
    subject: str, one: str, other: str
) -> None:
    names = [announcement_id(RoomAddress(room), subject) for room in (one, other)]
    marks = [*names, *(delivery_key(name, 1, "new") for name in names)]
    assert len({mark[:8] for mark in marks}) == 1
    assert len(set(marks)) == (2 if one == other else 4)


def test_what_differs_has_another_mark() -> None:
    marks = [
        announcement_id(RoomAddress("discord:1"), "release/mail/v1"),
        announcement_id(RoomAddress("discord:2"), "release/mail/v1"),
        announcement_id(RoomAddress("discord:1"), "release/mail/v2"),
        delivery_key("x", 1, "new"),
        delivery_key("x", 1, "reply"),
        delivery_key("x", 2, "new"),
        delivery_key("y", 2, "new"),
        short_hash("ab", "c"),
        short_hash("a", "bc"),
    ]
    assert len(set(marks)) == len(marks)
