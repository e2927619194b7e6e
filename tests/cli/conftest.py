"""The shell as a fixture."""

import pytest

from tests.cli.shell import Shell
from tests.cli.shell import shell as make_shell


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return make_shell(capsys)
