"""Labels that look like another address than the link's, and those that do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.text.links import looks_like_another_address

EVIL = "https://evil.example/x"
REPO = "https://github.com/harbour/ferry/releases/tag/v1.0.0"


@pytest.mark.parametrize(
    ("label", "url"),
    [
        ("https://github.com/harbour/ferry", EVIL),
        ("HTTPS://GitHub.com", EVIL),
        ("http://localhost", EVIL),
        ("https:github.com", EVIL),
        ("https\\://github.com/x", EVIL),
        ("https:\\\\github.com", EVIL),
        ("https: //github.com/x", EVIL),
        ("//github.com", EVIL),
        ("hxxps://github.com", EVIL),
        ("github.com", EVIL),
        ("a" * 3_000 + " github.com", EVIL),
        ("\ufdfa" * 60_000, EVIL),
        ("www.github.com", EVIL),
        ("github.com/harbour/ferry", EVIL),
        ("see github.com.", EVIL),
        ("(github.com)", EVIL),
        ("**github.com**", EVIL),
        ("git\u200bhub.com", EVIL),
        ("github\u2024com", EVIL),
        ("github\uff0ecom", EVIL),
        ("github\u3002com", EVIL),
        ("\uff47ithub.com", EVIL),
        ("https\uff1a\uff0f\uff0fgithub.com", EVIL),
        ("https:\u2215\u2215github.com", EVIL),
        ("g\u0456thub.com", "https://github.com/"),  # a Cyrillic letter
        ("security@github.com", EVIL),
        ("https://user@github.com", EVIL),
        ("https://evil.example@github.com/x", EVIL),
        ("https://github.com/harbour/ferry", "https://github.com/evil/ferry"),
        ("github.com/harbour", "https://github.com/harbour-evil"),
        ("https://github.com/harbour/fe…", "https://github.com/evil"),
        ("github.com", "https://github.com.evil.example/"),
        ("github.com", "https://evil.example/github.com"),
        ("github.com", "https://github.community/"),
        ("https://github.com then https://evil.example/x", EVIL),
        ("github.com:443/x", EVIL),
        ("https://1.1.1.1/", EVIL),
        ("get.sh/x", EVIL),
        ("…github.com…", EVIL),
    ],
)
def test_another_address(label: str, url: str) -> None:
    assert looks_like_another_address(label, url)


@pytest.mark.parametrize(
    ("label", "url"),
    [
        ("Download", EVIL),
        ("", EVIL),
        ("the whole story, e.g. this. Or that", EVIL),
        ("v1.0.0", REPO),
        ("1.2.3.4", EVIL),
        ("2.0.0.Final", EVIL),
        ("1.0.0-rc.alpha", EVIL),
        ("README.md", EVIL),
        ("src/main.rs", EVIL),
        ("config.toml", EVIL),
        ("harbour/ferry#12", REPO),
        ("CVE-2026-1234", EVIL),
        ("@alice", EVIL),
        ("and/or", EVIL),
        (REPO, REPO),
        (REPO.removeprefix("https://"), REPO),
        ("https://github.com/harbour/ferry", REPO),
        ("GitHub.com/Harbour", REPO),
        ("http://www.github.com/", REPO),
        ("https://github.com/harbour/ferry/rel…", REPO),
        ("https://github.com/harbour/ferry/rel...", REPO),
        ("https://a.test/ä ö", "https://a.test/%C3%A4"),
        ("https://a.test/x", "https://a.test/x?y=1#z"),
        ("https://a.test?y=1", "https://a.test/?y=1"),
    ],
)
def test_the_same_address_or_none(label: str, url: str) -> None:
    assert not looks_like_another_address(label, url)


@given(st.text(max_size=80), st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=40))
def test_any_label_is_read(label: str, path: str) -> None:
    url = f"https://example.org/{path}"
    looks_like_another_address(label, url)
    assert looks_like_another_address(f"https://github.com/{path}", EVIL)
