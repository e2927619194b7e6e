"""The hosts that the bot reaches: those in docs/how-to/install.md, and no other stands in the code except in links for readers."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel

from chatbot.runtime.settings.settings import Settings
from tests.packaging.installation import ROOT
from tests.test_docs import settings_of

PAGE = (ROOT / "docs" / "how-to" / "install.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.+?) \| `([a-z_.]+)` \| (.+?) \|$", PAGE.partition("## What it reaches")[2], re.MULTILINE)
REACHED = {host for cell, _, _ in ROWS for host in re.findall(r"`([a-z0-9.*-]+)`", cell)}
HOST = re.compile(r"(?:https?|wss?)://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")

# Hosts that the code writes into links for readers, or into examples, and never opens.
SHOWN = {
    "matrix.to": "links to people and rooms",
    "www.matrix.to": "an old form of such a link, as people paste it",
    "osv.dev": "the page of an advisory",
    "www.w3.org": "the name of Atom's XML namespace",
}
EXAMPLES = re.compile(r"(^|\.)(example\.org|example\.com|example|invalid)$")
# Settings that hold an address which is only shown.
ONLY_SHOWN = {"web.public_url", "projects.bugs_url"}


def texts() -> Iterator[tuple[str, str]]:
    """Every text of the program that is not for its readers, with its file; the demo's GitHub is the demo's own."""
    for path in sorted((ROOT / "chatbot").rglob("*.py")):
        if "demo" in path.relative_to(ROOT).parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                yield str(path.relative_to(ROOT)), node.value


@cache
def hosts() -> dict[str, set[str]]:
    """Hosts in the code, with the files that name them."""
    places: dict[str, set[str]] = {}
    for file, text in texts():
        for host in HOST.findall(text):
            places.setdefault(host.lower(), set()).add(file)
    return places


def test_the_code_names_no_host_that_the_page_leaves_out() -> None:
    foreign = {host: files for host, files in hosts().items() if host not in REACHED | SHOWN.keys()}
    assert {host: files for host, files in foreign.items() if not EXAMPLES.search(host)} == {}


def test_what_is_only_shown_is_in_the_code() -> None:
    assert SHOWN.keys() <= hosts().keys()


def defaults(model: type[BaseModel]) -> Iterator[str]:
    """Every address that is a default."""
    for field in model.model_fields.values():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from defaults(annotation)
        elif isinstance(field.default, str) and "://" in field.default:
            yield field.default


@pytest.mark.parametrize("address", sorted(defaults(Settings)))
def test_a_default_is_on_the_page(address: str) -> None:
    assert urlsplit(address).hostname in REACHED


def test_every_setting_that_names_a_place_is_on_the_page() -> None:
    places = {
        key for key in settings_of(Settings) if key.endswith("_url") or key in ("matrix.homeserver", "projects.policy")
    }
    named_on_page = {setting for _, setting, _ in ROWS}
    assert places - ONLY_SHOWN <= named_on_page
    assert named_on_page - places == {"projects.images", "database"}


def test_the_page_names_no_host_in_vain() -> None:
    named_by_others = {"*.discord.gg", "auth.docker.io", "www.cisa.gov"}
    assert REACHED - hosts().keys() == named_by_others
