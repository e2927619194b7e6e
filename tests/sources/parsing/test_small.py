"""What is parsed where the event loop runs costs it milliseconds, whatever it holds; what is not small and plain goes to a process."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.core.model.ids import ProjectId
from chatbot.sources.parsing.documents import Document
from chatbot.sources.parsing.parsers import PARSERS, attempt, parses_here
from chatbot.sources.parsing.small import SMALL, is_small
from tests.cost import assert_cheap
from tests.examples import scaled

TEN_TIMES = 0.2  # seconds of computing; the worst of these takes 0.02
UNITS = [
    "[", "[]", "[a](", "![[]()", "**a ", "a**b", "*a_ ", "a_", "~~a", "`", "``x`", "<a ", "<!-- ", "a<!--", "a<?", "&", "&#x", "\\", ">", "> a\n",
    "- ", "1. ", "- a\n", "    - a\n", "\n  b\n", "a\n", "|a", "| a | b |\n", "http://a ", "<http://", "<br>", "<td>", "<table><tr><td>", "```\n",
    "# a\n", "[x]: y\n", "[x][x", "x-", "latest ", "1.x ", "supported until ", "GHSA-aaaa ", "e.g. ", "\n\n", "  \n", "\t", " ", "é", "\u0301",
]  # fmt: skip


def assert_parsed_cheaply(document: Document) -> None:
    assert_cheap(lambda: attempt(document, PARSERS), TEN_TIMES, document)


def documents(text: str) -> list[Document]:
    release = {"tag_name": "v1", "published_at": "2031-03-01T09:00:00Z", "body": text}
    advisory = {"ghsa_id": "GHSA-aaaa-bbbb-cccc", "state": "published", "published_at": "2031-03-01T09:00:00Z"}
    product = {"package": {"ecosystem": "npm", "name": "p"}, "vulnerable_version_range": text, "patched_versions": text}
    return [
        Document(kind="policy", project=ProjectId("p"), name="x", content=f"# Supported versions\n\n{text}".encode()),
        Document(
            kind="release", project=ProjectId("p"), name="x", content=json.dumps(release, ensure_ascii=False).encode()
        ),
        Document(
            kind="advisory",
            project=ProjectId("p"),
            name="x",
            content=json.dumps(
                {**advisory, "description": text, "vulnerabilities": [product]}, ensure_ascii=False
            ).encode(),
        ),
    ]


def largest(unit: str) -> str:
    """As many of these as still pass for small."""
    low, high = 0, SMALL // len(unit.encode())
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if is_small((unit * middle).encode()) else (low, middle - 1)
    return unit * (low * 9 // 10)


@pytest.mark.parametrize("unit", UNITS)
def test_what_is_parsed_here_is_cheap(unit: str) -> None:
    for document in documents(largest(unit)):
        if parses_here(document):
            assert_parsed_cheaply(document)


@settings(max_examples=scaled(60), deadline=None)
@given(st.lists(st.tuples(st.sampled_from(UNITS), st.integers(1, 200)), max_size=8))
def test_so_are_mixtures(parts: list[tuple[str, int]]) -> None:
    for document in documents("".join(unit * times for unit, times in parts)):
        if parses_here(document):
            assert_parsed_cheaply(document)


@pytest.mark.parametrize(
    "content",
    [
        b"x" * (SMALL + 1),
        b"a\n" * 400,
        json.dumps({"body": "a\n" * 400}).encode(),
        b"word " * 600,
        b"[a]" * 700,
        b"> " * 40 + b"a",
        b" " * 80 + b"a",
    ],
)
def test_what_is_not_small_and_plain_is_not_parsed_here(content: bytes) -> None:
    assert not is_small(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n\nWrite to security@example.org.\n",
        json.dumps({"tag_name": "v1", "body": "## Fixes\n\n* a [link](https://example.org) (#12)\n" * 30}).encode(),
    ],
)
def test_ordinary_things_are(content: bytes) -> None:
    assert is_small(content)
