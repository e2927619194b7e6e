"""Ids print what they printed in every program before: what was posted, stored and hashed is found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.chats.discord.components.carried import custom_id, read_button
from chatbot.chats.discord.marks import bears, mark_of
from chatbot.core.announce.messages import announcement_id, delivery_key, short_hash
from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.core.model.message import Action

# Written by the program of version 0.1.0: never to be written again.
GOLDEN = [
    (
        "discord:1234567890",
        SubjectId("release", ProjectId("ferry"), "v1.0.1"),
        "release/ferry/v1.0.1",
        "e19720971d9fb4e139dede7e",
        ("e1972097575a46645187ef8f", "e1972097812a7c11b82e7853", "e19720972177e241d9bcd0dd"),
    ),
    (
        "matrix:!id:example.org",
        SubjectId("advisory", ProjectId("ferry"), "GHSA-2222-3333-4444"),
        "advisory/ferry/GHSA-2222-3333-4444",
        "cc2e799bc8d69e6865b4f02c",
        ("cc2e799bf8bf14633608cd55", "cc2e799bf25af0aff344877b", "cc2e799b92b32804841f31a9"),
    ),
    (
        "console",
        SubjectId("policy", ProjectId("ferry"), "abc"),
        "policy/ferry/abc",
        "a9ff58f42d0809b0bc9c4bef",
        ("a9ff58f41451ca7654f88539", "a9ff58f4908f6c9ed0fb6174", "a9ff58f4fe8c0526c6e77832"),
    ),
    (
        "discord:1",
        SubjectId("release", ProjectId("ferry"), "server/v2.0"),
        "release/ferry/server/v2.0",
        "8b48c3708d75a4e38a355ffb",
        ("8b48c370732a2e3084f5ec69", "8b48c370bc0c5ebccf3ff5a0", "8b48c370ce17ba4a0d0f556b"),
    ),
]


@pytest.mark.parametrize(("room", "subject", "text", "announcement", "keys"), GOLDEN)
def test_announcements_and_deliveries_keep_their_ids(
    room: RoomAddress, subject: SubjectId, text: str, announcement: str, keys: tuple[str, str, str]
) -> None:
    assert str(subject) == text
    assert announcement_id(RoomAddress(room), str(subject)) == announcement
    revisions = ((1, "new"), (2, "edit"), (3, "reply"))
    assert tuple(delivery_key(announcement, revision, kind) for revision, kind in revisions) == keys


def test_hashes_of_several_parts_stay_what_they_are() -> None:
    assert short_hash("a", "b") == "6bgnz3mxg2tj3jqqh4ekjwvp"
    assert short_hash("old digest", "new digest", "2031-03-01T09:00:00+00:00") == "ums3ghxah5xt7i2rmismx4wc"


def test_marks_and_buttons_of_old_posts_are_known_again() -> None:
    mark = "d=3uuecaxcneoicrxd.e1972097575a46645187ef8f"
    assert mark_of("e19720971d9fb4e139dede7e", "e1972097575a46645187ef8f") == mark
    assert bears([f"https://example.org/#{mark}"], "e19720971d9fb4e139dede7e", "e1972097575a46645187ef8f")
    button = "affected|ferry|release/ferry/v1.0.1"
    assert custom_id(Action("affected", "Am I affected?", ProjectId("ferry"), "release/ferry/v1.0.1")) == button
    assert read_button(button) == Action("affected", "", ProjectId("ferry"), "release/ferry/v1.0.1")


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(st.sampled_from(["release", "advisory", "policy", "summary", "notice"]), NAMES, st.just("") | NAMES)
def test_a_subject_is_read_from_what_it_prints(kind: str, project: str, name: str) -> None:
    subject = SubjectId(kind, project.replace("/", "-"), name)  # type: ignore[arg-type]  # one of the sampled
    assert SubjectId.parse(str(subject)) == subject


@pytest.mark.parametrize("text", ["", "release", "release/", "release/ferry/", "releases/ferry/v1", "/ferry/v1"])
def test_what_no_subject_prints_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no subject"):
        SubjectId.parse(text)


def test_a_dm_is_an_address_of_its_own_that_says_whose_it_is() -> None:
    for text in ("discord:dm:12", "matrix:dm:!id:server"):
        assert RoomAddress(text).is_direct
        assert not RoomAddress(text).is_person
    for text in ("discord:12", "discord:user:12", "matrix:!id:server", "matrix:@alice:server", "console"):
        assert not RoomAddress(text).is_direct
