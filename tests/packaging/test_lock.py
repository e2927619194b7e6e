"""The parts that the bot is made of: all locked, under licences that it may be shipped with, and listed as CycloneDX says."""

import json
import re
from importlib.resources import files
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it brings no types
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT7

from tests.packaging import sbom
from tests.packaging.installation import ROOT, closure
from tests.packaging.lock import LOCK, READ_BY_HAND, direct, licensing, parts

# Why a part under it may be shipped beside a program under Apache-2.0.
ALLOWED = {
    "Apache-2.0": "the bot's own",
    "MIT": "asks for its notice, which pip installs with the part",
    "BSD-2-Clause": "asks for its notice",
    "BSD-3-Clause": "asks for its notice",
    "ISC": "asks for its notice",
    "PSF-2.0": "asks for its notice and a word about changes; nothing is changed",
    "Unlicense": "asks for nothing",
    "LGPL-3.0-or-later": "cvss alone: imported as it is, never copied or changed, and anybody can put another one in its place",
}
ONLY_FOR = {"LGPL-3.0-or-later": {"cvss"}}


@pytest.mark.parametrize("name", sorted(parts()))
def test_its_licence_is_one_that_the_bot_may_be_shipped_with(name: str) -> None:
    licence = parts()[name].licence
    assert licence, f"read the licence of {name} and write it into READ_BY_HAND"
    keys = {str(key) for key in licensing().license_keys(licence)}
    assert keys <= ALLOWED.keys()
    for key in keys & ONLY_FOR.keys():
        assert name in ONLY_FOR[key]


def test_no_licence_is_allowed_or_read_in_vain() -> None:
    used = {str(key) for part in parts().values() for key in licensing().license_keys(part.licence)}
    assert used == ALLOWED.keys()
    assert parts().keys() >= READ_BY_HAND.keys()


def test_everything_that_runs_is_locked_and_hashed() -> None:
    text = LOCK.read_text(encoding="utf-8")
    assert {
        re.sub(r"[-_.]+", "-", each.metadata["Name"]).lower() for each in closure("release-chatbot")
    } <= parts().keys()
    assert len(re.findall(r"^[a-z0-9][\w.-]*==", text, re.MULTILINE)) == len(parts())
    blocks = re.split(r"^(?=[a-z0-9][\w.-]*==)", text, flags=re.MULTILINE)[1:]
    assert not [block.partition("==")[0] for block in blocks if "--hash=sha256:" not in block]
    assert not re.search(r"^\s*(-e|--index-url|--extra-index-url|--find-links|git\+|https?:)", text, re.MULTILINE)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"])
def test_every_lock_names_hashes_and_no_place(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9][\w.-]*==)", text, flags=re.MULTILINE)[1:]
    assert blocks
    assert not [block.partition("==")[0] for block in blocks if "--hash=sha256:" not in block]
    assert "://" not in text


def registry() -> Any:
    """CycloneDX's schemas and those that they name, as its library brings them."""
    folder = files("cyclonedx").joinpath("schema", "_res")
    names = (f"bom-{sbom.VERSION.to_version()}", "spdx", "jsf-0.82")
    documents = {
        f"{name}.SNAPSHOT.schema.json": json.loads(folder.joinpath(f"{name}.SNAPSHOT.schema.json").read_text("utf-8"))
        for name in names
    }
    base = next(iter(documents.values()))["$id"].rpartition("/")[0]
    resources = [(f"{base}/{name}", DRAFT7.create_resource(document)) for name, document in documents.items()]
    return next(iter(documents.values())), Registry().with_resources(resources)


def test_the_list_is_what_cyclonedx_says() -> None:
    schema, schemas = registry()
    jsonschema.Draft7Validator(schema, registry=schemas).validate(json.loads(sbom.text()))


def test_the_list_names_every_part_with_its_licence_and_the_bot_that_needs_it() -> None:
    document = json.loads(sbom.text())
    listed = {each["name"]: each for each in document["components"]}
    assert {name: each["version"] for name, each in listed.items()} == {
        name: part.version for name, part in parts().items()
    }
    assert all(each["licenses"] for each in listed.values())
    needs = {each["ref"]: each.get("dependsOn", []) for each in document["dependencies"]}
    assert needs["release-chatbot"] == direct()
    assert "pycryptodome" in needs["matrix-nio"]
    reached, waiting = set[str](), ["release-chatbot"]
    while waiting:
        for name in needs[waiting.pop()]:
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    assert parts().keys() - reached <= {name for name, part in parts().items() if part.marker}


def test_the_same_tree_gives_the_same_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1900000000")
    document = sbom.text()
    assert sbom.text() == document
    assert json.loads(document)["metadata"]["timestamp"].startswith("2030-03-17T17:46:40")
