"""Addresses below a configured one: where GitHub's token may go."""

import pytest

from chatbot.sources.http.configured import below, is_below
from chatbot.sources.http.status import place

API, ENTERPRISE = "https://api.github.com", "https://ghe.example.org:8443/api/v3"


@pytest.mark.parametrize(
    ("root", "path", "address"),
    [
        (API, "/repos/o/n", "https://api.github.com/repos/o/n"),
        (API + "/", "/repos/o/n?per_page=1", "https://api.github.com/repos/o/n?per_page=1"),
        (ENTERPRISE, "/repos/o/n", "https://ghe.example.org:8443/api/v3/repos/o/n"),
        ("https://m.example/osv?key=K", "/v1/query", "https://m.example/osv/v1/query?key=K"),
        ("https://m.example/?key=K", "/r?page=2", "https://m.example/r?page=2&key=K"),
    ],
)
def test_a_path_below_an_address(root: str, path: str, address: str) -> None:
    assert below(root, path) == address
    assert is_below(root, address)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.github.com/x", "https://api.github.com:444/x", "https://api.github.com.evil.example/x", "https://evil.example/x",
        "https://api.github.com@evil.example/x", "https://token@api.github.com/x", "https://evilapi.github.com/", "//api.github.com/x",
        "https://github.com/x", "ftp://api.github.com/x", "https://api.github.com./x", "x", "", "https://[::1", "https:///x",
    ],
)  # fmt: skip
def test_another_server_is_not_below(url: str) -> None:
    assert not is_below(API, url)


@pytest.mark.parametrize(
    ("url", "below"),
    [
        ("https://ghe.example.org:8443/api/v3/repositories/1/releases?page=2", True),
        ("https://GHE.example.org:8443/api/v3", True),
        ("https://ghe.example.org:8443/api/v30/x", False),
        ("https://ghe.example.org:8443/api/v3/../../login", False),
        ("https://ghe.example.org:8443/api/v3/%2e%2e/%2e%2e/login", False),
        ("https://ghe.example.org:8443/api/v3\\..\\login", False),
        ("https://ghe.example.org:8443/", False),
        ("https://ghe.example.org/api/v3/x", False),
    ],
)
def test_another_path_of_the_server_is_not_below(url: str, *, below: bool) -> None:
    assert is_below(ENTERPRISE, url) is below


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://m.example/kev.json?apikey=K#part", "m.example/kev.json"),
        ("http://127.0.0.1:8080/x?K", "127.0.0.1:8080/x"),
        ("https://m.example:443/x", "m.example/x"),
        ("https://u:p@m.example/x", "m.example/x"),
        ("https://m.example?apikey=K", "m.example/"),
        ("https://[::1:K", "an address that cannot be read"),
    ],
)
def test_what_is_shown_of_an_address(url: str, text: str) -> None:
    assert place(url) == text
