"""Kills, stops, outages and lies of the platform in random order: every room shows everything once, in its last words."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.storm import storm
from tests.standins import postgres
from tests.standins.synapse import Synapse


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with postgres.running() as running:
        yield running


async def _weather(
    seed: int, kills: int, folder: Path, homeserver: Synapse, database: str = "", replicas: int = 1
) -> None:
    print(f"the storm's seed is {seed}")  # noqa: T201 - with it the storm comes again
    async with storm(seed, folder, homeserver, database=database, replicas=replicas) as there:
        await there.blow(kills)
        await there.release()
        await there.calm(within=600)
    print(  # noqa: T201 - what the soak is run for
        f"seed {seed}: {there.kills} kills, {len(there.releases)} releases, {len(there.flaws)} advisories, "
        f"{len(there.edited)} edits in {len(there.channels) + len(there.rooms)} rooms: none lost, none twice"
    )


@pytest.mark.timeout(700)
async def test_a_short_storm(homeserver: Synapse, tmp_path: Path) -> None:
    await _weather(random.SystemRandom().randrange(10**6), 3, tmp_path, homeserver)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_long_storm_over_one_bot(seed: int, homeserver: Synapse, tmp_path: Path) -> None:
    await _weather(seed, 40, tmp_path, homeserver)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_long_storm_over_three_replicas(seed: int, homeserver: Synapse, server: Any, tmp_path: Path) -> None:
    await _weather(seed, 40, tmp_path, homeserver, await postgres.new_database(server), 3)
