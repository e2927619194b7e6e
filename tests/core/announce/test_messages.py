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
