"""Whatever maintainers say, and whenever: rooms end with what is true, what is held is not posted, and what was taken back stays so."""

from collections.abc import Mapping, Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.core.announce.subject import find
from chatbot.core.maintainers.approval import IS_HELD
from tests.core import make
from tests.core.announce import test_laws as laws
from tests.core.history import Life, MaintainerSays, Restart, Step
from tests.examples import scaled

FIX, OLD, BUG = "release/mail/v0.15.5", "release/mail/v0.14.9", "advisory/mail/GHSA-aaaa-bbbb-cccc"
FEW = settings(max_examples=scaled(10), deadline=None, suppress_health_check=[HealthCheck.too_slow])
FACTS: Mapping[str, Sequence[Step]] = {
    name: laws.CHAINS[name] for name in ("fix", "backport", "promotion", "pulled", "raised")
}
WORDS: Mapping[str, Sequence[Step]] = {
    "held for a time": (MaintainerSays("hold", FIX), MaintainerSays("now", FIX)),
    "an advisory held for a time": (MaintainerSays("hold", BUG), MaintainerSays("now", BUG)),
    "taken back": (MaintainerSays("retract", OLD), MaintainerSays("note", OLD), MaintainerSays("hold", OLD)),
    "bad for a time": (MaintainerSays("bad", FIX), MaintainerSays("good", FIX)),
    "noted": (MaintainerSays("note", BUG),),
    "exploited": (MaintainerSays("exploited", BUG),),
    "restart": (Restart(),),
}
CHAINS: Mapping[str, Sequence[Step]] = {**FACTS, **WORDS}


def lived(names: Sequence[str], pauses: Sequence[bool]) -> Life:
    life, rest = Life(laws.WATCHES), {name: iter(steps) for name, steps in CHAINS.items()}
    for name, pause in zip(names, pauses, strict=True):
        before = {place for place, item in life.holds.items() if item.reason == IS_HELD}
        life.live(next(rest[name]))
        if pause:
            life.settle()
        still = {place for place, item in life.holds.items() if item.reason == IS_HELD}
        assert not (before & still & life.posted.keys()), "what is held was posted"
    for _ in range(3):
        life.settle()
    return life


@FEW
@given(st.data())
def test_rooms_show_what_is_true_and_what_the_maintainers_want(data: st.DataObject) -> None:
    names = data.draw(laws.orders(CHAINS))
    pauses = data.draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names)))
    life = lived(names, pauses)
    laws.check(life)
    subject = find(life.snapshot, OLD)
    if subject is not None and subject.control.retracted:
        posts = [message for (_, name), message in life.posted.items() if name == OLD]
        assert {message.digest for message in posts} <= {subject.digest}


@FEW
@given(laws.orders(CHAINS))
def test_every_order_of_words_about_the_same_facts_ends_the_same_but_for_what_was_taken_back(names: list[str]) -> None:
    facts_first = [name for name in names if name in FACTS] + [name for name in names if name in WORDS]
    calm = lived(facts_first, [True] * len(names))
    busy = lived(names, [False] * len(names))
    both = calm.snapshot.controls.by_subject.keys() & busy.snapshot.controls.by_subject.keys()
    for watch in laws.WATCHES:
        one, other = calm.shows(watch.room.address), busy.shows(watch.room.address)
        for subject in one.keys() & other.keys() & {FIX, BUG} & both:
            if calm.snapshot.controls.of(subject) == busy.snapshot.controls.of(subject):
                assert one[subject] == other[subject]


def test_these_lives_reach_every_word() -> None:
    life = lived([name for name, steps in CHAINS.items() for _ in steps], [True] * sum(map(len, CHAINS.values())))
    actions = {word.action for word in life.words}
    assert actions == {"hold", "now", "retract", "note", "bad", "good", "exploited"}
    assert life.now > make.START
