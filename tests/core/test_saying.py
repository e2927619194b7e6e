"""The marks of announcements and deliveries: short, stable, and different for different things."""

import re

from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.saying import announcement_id, delivery_key, short_hash


def test_marks_never_change_from_one_version_of_the_program_to_the_next() -> None:
    assert short_hash("a") == "zklycewkdo64v6wcggzzui64"
    assert announcement_id("discord:1", "release/mail/v1") == "ynzkx37nq3ildkloznbd5ldd"
    assert delivery_key("x", 1, "new") == "46qsue4wjp7segpuuc56n4tm"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4))
def test_a_mark_fits_every_chat(parts: list[str]) -> None:
    assert re.fullmatch(r"[a-z2-7]{24}", short_hash(*parts))


def test_what_differs_has_another_mark() -> None:
    marks = [
        announcement_id("discord:1", "release/mail/v1"),
        announcement_id("discord:2", "release/mail/v1"),
        announcement_id("discord:1", "release/mail/v2"),
        delivery_key("x", 1, "new"),
        delivery_key("x", 1, "reply"),
        delivery_key("x", 2, "new"),
        delivery_key("y", 2, "new"),
        short_hash("ab", "c"),
        short_hash("a", "bc"),
    ]
    assert len(set(marks)) == len(marks)
