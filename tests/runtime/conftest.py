"""The repositories that several of these tests watch."""

import pytest

from chatbot.demo.github.data import Repository
from tests.demo.make import release
from tests.standins.clock import START


@pytest.fixture
def ferry() -> Repository:
    """One release, and nothing else."""
    of = Repository(owner="harbour", name="ferry")
    of.releases = [release("v1.0.0", 1)]
    return of


@pytest.fixture
def ferry_with_policy() -> Repository:
    of = Repository(owner="harbour", name="ferry", description="A small IMAP server")
    of.releases = [release("v1.0.0", 1)]
    of.commit("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n", START)
    return of


@pytest.fixture
def ferry_of_three() -> Repository:
    """Three releases, a day apart."""
    of = Repository(owner="harbour", name="ferry")
    of.releases = [release("v1.0.0", 1), release("v1.1.0", 2), release("v1.2.0", 3)]
    return of
