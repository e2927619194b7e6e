"""The stage on which maintainers say what happens."""

from pathlib import Path

import pytest

from tests.runtime.maintainers.test_announce import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)
