"""What a 401 asks for, and where a token may be fetched."""

import pytest
from yarl import URL

from chatbot.ports import SourceUnavailable
from chatbot.sources.registry.challenge import Challenge, read_challenge, token_address


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        (
            'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull"',
            Challenge("https://auth.docker.io/token", "registry.docker.io"),
        ),
        ('bearer REALM="https://a.example/t"', Challenge("https://a.example/t", "")),
        ("Bearer realm=https://a.example/t, service=a", Challenge("https://a.example/t", "a")),
        ('Basic realm="x", Bearer realm="https://a.example/t",service="a"', Challenge("https://a.example/t", "a")),
        ('Bearer realm="https://a.example/\\"t",service="a b"', Challenge('https://a.example/"t', "")),
        ('Bearer realm="https://a.example/t",realm="https://b.example/t"', Challenge("https://a.example/t", "")),
        ('Basic realm="x"', None),
        ('Bearer service="a"', None),
        ("", None),
        ('realm="https://a.example/t"', None),
    ],
)
def test_a_challenge_is_read_whatever_stands_beside_it(header: str, challenge: Challenge | None) -> None:
    assert read_challenge(header) == challenge


@pytest.mark.parametrize(
    ("registry", "realm", "address", "is_foreign"),
    [
        (
            "https://registry-1.docker.io",
            "https://auth.docker.io/token",
            "https://auth.docker.io/token?service=s&scope=repository:a/b:pull",
            True,
        ),
        (
            "https://ghcr.io",
            "https://ghcr.io/token",
            "https://ghcr.io/token?service=s&scope=repository:a/b:pull",
            False,
        ),
        (
            "https://ghcr.io",
            "https://ghcr.io/t?x=1#y",
            "https://ghcr.io/t?x=1&service=s&scope=repository:a/b:pull",
            False,
        ),
        (
            "http://127.0.0.1:5000",
            "http://localhost:5001/t",
            "http://localhost:5001/t?service=s&scope=repository:a/b:pull",
            False,
        ),
        ("http://[::1]:5000", "http://[::1]:5001/t", "http://[::1]:5001/t?service=s&scope=repository:a/b:pull", False),
    ],
)
def test_the_scope_is_our_own(registry: str, realm: str, address: str, *, is_foreign: bool) -> None:
    assert token_address(Challenge(realm, "s"), "a/b", URL(registry)) == (address, is_foreign)


@pytest.mark.parametrize(
    ("registry", "realm"),
    [
        ("https://ghcr.io", "http://ghcr.io/token"),
        ("https://ghcr.io", "http://127.0.0.1/token"),
        ("https://10.0.0.1", "http://10.0.0.1/token"),
        ("http://127.0.0.1:5000", "http://10.0.0.1/token"),
    ],
)
def test_a_token_is_asked_for_by_https(registry: str, realm: str) -> None:
    with pytest.raises(SourceUnavailable, match="without TLS"):
        token_address(Challenge(realm, "s"), "a/b", URL(registry))
