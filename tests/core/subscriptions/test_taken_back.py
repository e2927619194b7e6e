"""A release that is taken back: whoever was told of it in a DM is corrected, and warned once, whichever message told them."""

from dataclasses import replace

import pytest

from chatbot.core.announce.digest import digest
from chatbot.core.announce.messages import PostedMessage
from chatbot.core.announce.render.follow_up import follow_up_facts
from chatbot.core.announce.subject import BAD, WITHDRAWN, Subject, find
from chatbot.core.maintainers.controls import fold
from chatbot.core.maintainers.word import USE, Action, Word
from chatbot.core.model.ids import RoomAddress
from chatbot.core.subscriptions.alerts import PersonalMessage
from chatbot.core.subscriptions.taken_back import Told, corrections, subject_of
from tests.core import make

TAG, ID = "v0.15.5", "release/mail/v0.15.5"
RELEASE, NEXT = make.release(TAG), make.release("v0.15.6", make.START + 2 * make.DAY)
ALERT = "alert/mail/GHSA-aaaa-bbbb-cccc"


def release(*words: tuple[Action, str], is_removed: bool = False) -> Subject:
    """The release, about which maintainers said these words."""
    by, at = RoomAddress("console"), make.START
    said_words = [
        Word(action=each, subject=ID, by=by, at=at, text=text, details={USE: "0.15.6"}) for each, text in words
    ]
    tracked = make.known_release(RELEASE, removal_confirmed=is_removed)
    found_subject = find(make.snapshot([tracked, NEXT], controls=fold(said_words)), ID)
    assert found_subject is not None
    return found_subject


STANDS, BROKEN = release(), release(("bad", "It loses mail."))
STATES = {
    "stands": STANDS,
    "bad": BROKEN,
    "removed": release(is_removed=True),
    "retracted": release(("retract", "By mistake")),
}


def post(subject: str, shows: str, *reasons: str, revision: int = 1) -> PostedMessage:
    return PostedMessage(
        announcement=f"id of {subject}",
        room=RoomAddress("discord:dm:1"),
        subject=subject,
        revision=revision,
        digest=shows,
        template=1,
        notified_for=frozenset(reasons),
    )


ANNOUNCED = post(ID, STANDS.digest_for("short"))


def after(former: Told, steps: tuple[PersonalMessage, ...]) -> Told:
    """What they were told once these were sent."""
    for each in steps:
        posted = post(each.subject, each.digest, *each.notified_for, revision=each.revision)
        former = replace(former, announced=posted) if each.subject == ID else replace(former, warned=posted)
    return former


@pytest.mark.parametrize(
    ("former", "state", "kinds"),
    [
        (Told(), "bad", []),
        (Told(announced=ANNOUNCED), "stands", []),
        (Told(announced=ANNOUNCED), "bad", [("edit", ID), ("reply", ID)]),
        (Told(announced=ANNOUNCED), "removed", [("edit", ID), ("reply", ID)]),
        (Told(announced=ANNOUNCED), "retracted", [("edit", ID)]),
        (Told(recommended=ALERT), "bad", [("reply", ALERT)]),
        (Told(recommended=ALERT), "removed", []),  # the alert names another one
        (Told(recommended=ALERT), "retracted", []),  # that is about the announcement
        (Told(announced=ANNOUNCED, recommended=ALERT), "bad", [("edit", ID), ("reply", ID)]),
    ],
)
def test_one_message_to_whoever_was_told(former: Told, state: str, kinds: list[tuple[str, str]]) -> None:
    steps = corrections(STATES[state], former)
    assert [(each.kind, each.parent or each.subject) for each in steps] == kinds
    assert corrections(STATES[state], after(former, steps)) == (), "and nothing twice"
    for each in steps:
        if each.kind == "edit":
            assert each.message.struck
            assert not each.message.actions
        else:
            assert not each.message.loud, "as in rooms"
            assert "announced or recommended to you here" in make.words(each.message)


def test_what_is_said_later_corrects_both_and_warns_nobody_again() -> None:
    former = Told(announced=ANNOUNCED)
    former = after(former, corrections(BROKEN, former))
    other_reason = corrections(release(("bad", "It loses mail."), ("bad", "It loses folders.")), former)
    assert [(each.kind, each.subject) for each in other_reason] == [("edit", ID), ("edit", subject_of(BROKEN))]
    good_again = release(("bad", "It loses mail."), ("good", ""))
    steps = corrections(good_again, former)
    assert [(each.kind, each.subject) for each in steps] == [("edit", ID), ("edit", subject_of(BROKEN))]
    assert not steps[0].message.struck
    assert "may be used again" in steps[1].message.title
    former = after(former, steps)
    assert corrections(good_again, former) == ()
    assert [each.kind for each in corrections(BROKEN, former)] == ["edit", "edit"]


def test_a_warning_says_what_to_use_instead() -> None:
    (warning,) = corrections(BROKEN, Told(recommended=ALERT))
    assert warning.message.title == "Do not use Mail Server 0.15.5: use 0.15.6 instead"
    assert warning.notified_for == {BAD}
    assert warning.digest == digest(follow_up_facts(BROKEN, {BAD}))
    removed = corrections(STATES["removed"], Told(announced=ANNOUNCED))[1]
    assert (removed.message.title, removed.notified_for) == ("Mail Server 0.15.5 was removed", frozenset({WITHDRAWN}))
