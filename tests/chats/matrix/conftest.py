"""One homeserver for the whole run; each test has users and rooms of its own."""

from collections.abc import Iterator

import pytest

from tests.standins.synapse import Synapse, synapse


@pytest.fixture(scope="session")
def homeserver() -> Iterator[Synapse]:
    with synapse() as server:
        yield server
