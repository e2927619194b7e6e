"""Kills, stops, outages and lies of the platforms in random order: every room shows everything once, in its last words."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.room_contents import ExpectedContents, mark_of, wrong
from tests.runtime.storm import storm
from tests.runtime.storm_people import wrong_alerts
from tests.standins import postgres
from tests.standins.synapse import Synapse

KILLS = 35  # in one long storm; three seeds make a hundred


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with postgres.running() as running:
        yield running


async def _weather(
    seed: int,
    kills: int,
    folder: Path,
    homeserver: Synapse,
    server: Any = None,
    replicas: int = 1,
    *,
    has_people: bool = True,
) -> None:
    print(f"the storm's seed is {seed}")  # noqa: T201 - with it the storm comes again
    async with storm(seed, folder, homeserver, server=server, replicas=replicas, has_people=has_people) as there:
        await there.first_news()
        await there.blow(kills)
        await there.release()
        await there.calm(within=600)
    expected = there.expected
    print(  # noqa: T201 - what the soak is run for
        f"seed {seed}, {replicas} on {'SQLite' if server is None else 'PostgreSQL'}: {there.kills} kills, "
        f"{len(expected.releases)} releases, {len(expected.flaws)} advisories, {len(expected.worsened)} of them worse later, "
        f"{len(expected.edited)} edits in {len(there.rooms.everywhere())} rooms and {len(there.alerted.messages())} DMs, "
        f"{len(expected.held_back)} held, {len(expected.retracted)} taken back: none lost, none twice; "
        f"{dict(Counter(deed.strip('_') for deed in there.story))}"
    )


@pytest.mark.timeout(700)
async def test_a_short_storm(homeserver: Synapse, tmp_path: Path) -> None:
    await _weather(random.SystemRandom().randrange(10**6), 3, tmp_path, homeserver, has_people=False)


@pytest.mark.timeout(700)
async def test_a_short_storm_over_two_replicas(homeserver: Synapse, server: Any, tmp_path: Path) -> None:
    await _weather(random.SystemRandom().randrange(10**6), 2, tmp_path, homeserver, server, 2, has_people=False)


@pytest.mark.soak
@pytest.mark.timeout(700)
async def test_a_short_storm_with_maintainers_and_subscribers(homeserver: Synapse, tmp_path: Path) -> None:
    await _weather(random.SystemRandom().randrange(10**6), 3, tmp_path, homeserver)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_long_storm_on_sqlite(seed: int, homeserver: Synapse, tmp_path: Path) -> None:
    await _weather(seed, KILLS, tmp_path, homeserver)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_long_storm_on_postgresql(
    seed: int, replicas: int, homeserver: Synapse, server: Any, tmp_path: Path
) -> None:
    await _weather(seed, KILLS, tmp_path, homeserver, server, replicas)


# ---- a storm's judge must see what is wrong -----------------------------------------------------------------------------

EXPECTED = ExpectedContents(
    releases=["1.0.101", "1.0.102", "1.0.103"],
    flaws={"Flaw number 101": "GHSA-2222-2222-2222"},
    fixed=["1.0.103"],
    edited={"1.0.101": "better"},
    worsened=["Flaw number 101"],
)
BACK = replace(EXPECTED, retracted=["1.0.102"], held_back=["1.0.101"])
GOOD = [
    ("Ferry 1.0.101", "Said better."),
    ("Ferry 1.0.102", "Repairs."),
    ("Ferry – Flaw number 101", "Severity: critical"),
    ("Ferry 1.0.103", "Security release · High"),
    ("Severity raised to critical (was high): Flaw number 101", "Security advisory · Critical"),
]


@pytest.mark.parametrize(
    ("room", "problems"),
    [
        (GOOD, []),
        (GOOD[:-1], []),
        (GOOD[1:], ["shows 1.0.101 0 times", "shows old words of 1.0.101"]),
        ([*GOOD, GOOD[1]], ["shows 1.0.102 2 times", "shows its releases in the order ['1.0.101', '1.0.102', '1.0.102']"]),
        ([*GOOD, GOOD[4]], ["shows is worse: Flaw number 101 2 times"]),
        ([*GOOD, ("Hello", "")], ["shows Hello 1 times"]),
        ([GOOD[1], GOOD[0], *GOOD[2:]], ["shows its releases in the order ['1.0.102', '1.0.101']"]),
        ([(GOOD[0][0], "Repairs."), *GOOD[1:]], ["shows old words of 1.0.101"]),
        ([*GOOD[:2], (GOOD[2][0], "Severity: high"), *GOOD[3:]], ["shows old words of Flaw number 101"]),
        ([*GOOD[:3], ("Ferry 1.0.103", "")], ["does not call 1.0.103 a security release"]),
    ],
)  # fmt: skip
def test_the_judge_sees_what_is_wrong(room: list[tuple[str, str]], problems: list[str]) -> None:
    assert wrong([(mark_of(title), (title, words)) for title, words in room], EXPECTED) == problems


@pytest.mark.parametrize(
    ("room", "problems"),
    [
        (GOOD, ["does not show 1.0.102 crossed out"]),
        ([GOOD[0], *GOOD[2:]], []),
        ([("Ferry 1.0.102 (withdrawn)", ""), GOOD[0], *GOOD[2:]], []),
        ([*GOOD, GOOD[1]], ["shows 1.0.102 2 times", "does not show 1.0.102 crossed out", "shows its releases in the order ['1.0.102', '1.0.102']"]),
    ],
)  # fmt: skip
def test_the_judge_knows_what_maintainers_took_back(room: list[tuple[str, str]], problems: list[str]) -> None:
    assert wrong([(mark_of(title), (title, words)) for title, words in room], BACK) == problems


@pytest.mark.parametrize(
    ("titles", "problems"),
    [
        (["Your Ferry 1.0.0 is affected"], []),
        (["Your Ferry 1.0.0 is affected", "Severity raised to critical: your Ferry 1.0.0 is affected"], []),
        (["Your Ferry 1.0.0 is affected", "Fixed in 1.0.105: your Ferry 1.0.0 is affected"], []),
        (["Your Ferry 1.0.0 is affected", *["Fixed in 1.0.105: your Ferry 1.0.0 is affected"] * 2], ["is told 2 times that Flaw number 101 is fixed"]),
        ([], ["is alerted of Flaw number 101 0 times"]),
        (["Your Ferry 1.0.0 is affected"] * 2, ["is alerted of Flaw number 101 2 times"]),
        (["~~Your Ferry 1.0.0 is affected~~"], ["has Flaw number 101 crossed out"]),
    ],
)  # fmt: skip
def test_the_judge_of_alerts_sees_what_is_wrong(titles: list[str], problems: list[str]) -> None:
    assert wrong_alerts([(title, "GHSA-2222-2222-2222") for title in titles], EXPECTED) == problems
