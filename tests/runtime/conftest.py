"""One homeserver for the runs of the whole bot."""

from collections.abc import Iterator

import pytest

from tests.standins.synapse import Synapse, synapse


@pytest.fixture(scope="session")
def homeserver() -> Iterator[Synapse]:
    with synapse() as server:
        yield server
