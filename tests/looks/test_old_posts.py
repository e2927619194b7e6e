"""What an earlier program posted stays as it is: a new wording, a new layout, and facts that are newly shown edit no old post.

`posted_by_template_1.json` holds what the program posted in the rooms of the scenes when its announcements had template 1.
It is never written again: a post of those days looks like that for ever.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chatbot.core.announce.digest import TEMPLATE
from chatbot.core.announce.messages import PostedMessage, announcement_id
from chatbot.core.model.facts import Advisory
from chatbot.core.model.knowledge import Tracked
from tests.core.make import PostedThere
from tests.looks import windlass as w
from tests.looks.announcements import HISTORIES, Fact

POSTED: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "posted_by_template_1.json").read_text(encoding="utf-8")
)


def posted_by(name: str) -> PostedThere:
    posts = [
        PostedMessage(
            announcement=announcement_id(w.ROOM, row["subject"]),
            room=w.ROOM,
            subject=row["subject"],
            revision=row["revision"],
            digest=row["digest"],
            template=1,
            notified_for=frozenset(row["notified_for"]),
        )
        for row in POSTED[name]
    ]
    return {(post.room, post.subject): post for post in posts}


@pytest.mark.parametrize("name", sorted(POSTED))
def test_old_posts_are_not_touched_while_their_facts_stay(name: str) -> None:
    room, facts = HISTORIES[name]
    assert replace(room, posted=posted_by(name)).sees(*facts).messages == ()


@pytest.mark.parametrize("name", sorted(HISTORIES))
def test_nor_are_posts_of_this_program(name: str) -> None:
    room, facts = HISTORIES[name]
    assert {post.template for post in room.posted.values()} == {TEMPLATE}
    assert replace(room, posted=dict(room.posted)).sees(*facts).messages == ()


def withdrawn(fact: Fact) -> Fact:
    bare = fact.fact if isinstance(fact, Tracked) else fact
    return replace(bare, withdrawn_at=w.NOW) if isinstance(bare, Advisory) else fact


@pytest.mark.parametrize("name", ["advisory-high", "advisory-low", "event", "severity-raised"])
def test_but_a_fact_that_changes_does_edit_them(name: str) -> None:
    """Otherwise the test above could not fail."""
    room, facts = HISTORIES[name]
    steps = replace(room, posted=posted_by(name)).sees(*map(withdrawn, facts))
    assert "edit" in {planned.kind for planned in steps.messages}
