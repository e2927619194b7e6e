"""Killed at random moments while channels, subscribers and maintainers are told, and while maintainers speak: every place shows
each announcement once, nobody is alerted twice, what is kept back stays so, and the audit log has every word once."""

import random
import time
from pathlib import Path

import pytest

from tests.runtime.kills.fates import Fate, shown_by, word, wrong_in_dm, wrong_in_room
from tests.runtime.kills.newsroom import STORIES, open_newsroom


async def _kill(folder: Path, seed: int, *, channels: int, people: int, fan_outs: int, kills: int, worse: bool) -> None:
    mode, began = random.Random(seed).choice(list(STORIES)), time.monotonic()
    print(f"the seed of the kills is {seed}, announcements: {mode}")  # noqa: T201 - with it they come again
    async with open_newsroom(folder, seed, mode=mode, channels=channels, people=people) as room:
        for _ in range(fan_outs):
            await room.fan_out(kills)
            if worse:
                await room.raise_one()
        polls, posts = room.there.message_requests("GET"), room.there.message_requests("POST")
        print(  # noqa: T201 - what the soak is run for
            f"seed {seed}, {mode}: {room.kills} kills, {posts} messages to {channels} channels and {people} people, looked for "
            f"{polls} times, {room.audit_log().total()} words: none lost, none twice, in {time.monotonic() - began:.0f} s"
        )
        assert polls or not worse, "some kills came while messages were under way"


@pytest.mark.timeout(400)
async def test_some_kills_among_news_and_words_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    await _kill(tmp_path, seed, channels=24, people=8, fan_outs=1, kills=2, worse=False)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_many_kills_among_news_and_words_lose_nothing_and_repeat_nothing(seed: int, tmp_path: Path) -> None:
    await _kill(tmp_path, seed, channels=200, people=60, fan_outs=5, kills=12, worse=True)


# ---- the judge of these must see what is wrong --------------------------------------------------------------------------


def embed(title: str, words: str = "", name: str = "") -> dict[str, object]:
    return {"embeds": [{"title": title, "description": words, "url": f"https://github.example/{name}"}]}


RELEASE, FLAW = ("release", "1.0.101", "v1.0.101"), ("flaw", "Flaw number 101", "GHSA-2222-2222-2222")
PLAN = ("plan", "1.0.901", "1.0.901")


@pytest.mark.parametrize(
    ("what", "actions", "titles", "problems"),
    [
        (RELEASE, [], ["Ferry 1.0.101"], []),
        (RELEASE, [], [], ["does not show 1.0.101"]),
        (RELEASE, [], ["Ferry 1.0.101"] * 2, ["shows main of 1.0.101 2 times"]),
        (RELEASE, [], ["~~Ferry 1.0.101~~"], ["shows 1.0.101 crossed out"]),
        (RELEASE, ["hold", "now"], [], ["does not show 1.0.101"]),
        (RELEASE, ["hold"], [], []),
        (RELEASE, ["skip"], [], []),
        (RELEASE, ["note"], ["Ferry 1.0.101"], ["does not show the note on 1.0.101"]),
        (RELEASE, ["retract"], ["Ferry 1.0.101"], ["shows 1.0.101 not crossed out"]),
        (RELEASE, ["retract"], ["~~Ferry 1.0.101~~"], []),
        (RELEASE, ["bad"], ["~~Ferry 1.0.101~~"], ["does not say that 1.0.101 is bad"]),
        (RELEASE, ["bad"], ["~~Ferry 1.0.101~~", "Do not use Ferry 1.0.101"], []),
        (RELEASE, ["bad"], ["Do not use Ferry 1.0.101"], ["says bad of 1.0.101, which it does not show"]),
        (FLAW, [], ["Ferry – Flaw number 101"], []),
        (FLAW, ["now", "retract"], ["Ferry – Flaw number 101"], ["shows Flaw number 101 not crossed out"]),
        (PLAN, ["cancel"], ["~~Ferry 1.0.901 is planned~~", "Ferry 1.0.901 is not planned any more"], []),
        (PLAN, ["cancel"], ["Ferry 1.0.901 is planned"], ["shows 1.0.901 not crossed out"]),
        (RELEASE, [], ["Ferry 1.0.101", "Hello"], ["shows “Hello”"]),
    ],
)  # fmt: skip
def test_the_judge_of_rooms_sees_what_is_wrong(
    what: tuple[str, str, str], actions: list[str], titles: list[str], problems: list[str]
) -> None:
    fate = Fate(what[0], what[1], what[2], [word(action, what[2]) for action in actions])  # type: ignore[arg-type]  # a table
    assert wrong_in_room([embed(title) for title in titles], [fate]) == problems


@pytest.mark.parametrize(
    ("actions", "titles", "problems"),
    [
        ([], ["Your Ferry 1.0.0 is affected"], []),
        ([], [], ["is not alerted of Flaw number 101"]),
        ([], ["Your Ferry 1.0.0 is affected"] * 2, ["is alerted of Flaw number 101 so often: {'main': 2}"]),
        (["retract"], ["Your Ferry 1.0.0 is affected"], ["has Flaw number 101 not crossed out"]),
        (["retract"], [], []),
    ],
)  # fmt: skip
def test_the_judge_of_alerts_sees_what_is_wrong(actions: list[str], titles: list[str], problems: list[str]) -> None:
    fate = Fate("flaw", "Flaw number 101", "GHSA-2222-2222-2222", [word(action, "") for action in actions])
    messages = [embed(title, name=fate.name) for title in titles]
    assert wrong_in_dm(messages, [fate], is_affected=True) == problems
    if titles and not actions:
        assert "is alerted of Flaw number 101, which does not concern them" in wrong_in_dm(
            messages, [fate], is_affected=False
        )


def test_what_is_kept_back_is_told_by_its_words() -> None:
    fate = Fate("release", "1.0.101", "v1.0.101", [word("hold", "v1.0.101"), word("now", "v1.0.101")])
    fate.words[0].written_at = 5.0
    assert fate.quiet_times() == [(5.0, float("inf"))]
    fate.words[1].fired_at = 9.0
    assert fate.quiet_times() == [(5.0, 9.0)]
    assert shown_by({"title": "Ferry 1.0.101"}).part == "main"
