"""What the lock of the bot's dependencies names, and under which licence each part is."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution

from license_expression import Licensing, get_spdx_licensing
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.installation import ROOT

LOCK = ROOT / "requirements.lock"
_PIN = re.compile(r"^(?P<requirement>[A-Za-z0-9][\w.-]*==\S+(?: *;[^\\]*)?)", re.MULTILINE)

# What the metadata of a part says in words of its own, in SPDX's.
WORDS = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Python Software Foundation License": "PSF-2.0",
}
# Read by a person in the licence file of the part: its metadata says nothing clear, or it is not installed on every machine.
READ_BY_HAND = {
    "audioop-lts": "PSF-2.0",
    "colorama": "BSD-3-Clause",
    "matrix-nio": "ISC",
    "peewee": "MIT",
    "semantic-version": "BSD-2-Clause",
    "vodozemac": "MIT",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A locked package.

    marker: on which machines it is needed; "" on all
    licence: an SPDX expression; "" where nobody knows it
    needs: the names of the parts that it needs itself
    """

    name: str
    version: str
    marker: str
    licence: str
    needs: tuple[str, ...]


@cache
def licensing() -> Licensing:
    """SPDX's licences; their list takes a while to be read."""
    return get_spdx_licensing()


@cache
def parts() -> Mapping[str, Part]:
    """Every part of the lock by its name."""
    requirements = [
        Requirement(match["requirement"].strip()) for match in _PIN.finditer(LOCK.read_text(encoding="utf-8"))
    ]
    names = {canonicalize_name(each.name) for each in requirements}
    return {part.name: part for part in (_part(each, names) for each in requirements)}


def direct() -> list[str]:
    """The parts that the bot itself names."""
    return sorted(set(_needs("release-chatbot")) & parts().keys())


def _part(requirement: Requirement, names: Collection[str]) -> Part:
    name = canonicalize_name(requirement.name)
    (pin,) = requirement.specifier
    return Part(
        name=name,
        version=pin.version,
        marker=str(requirement.marker or ""),
        licence=licence_of(name),
        needs=tuple(sorted({each for each in _needs(name) if each in names} - {name})),
    )


def _needs(name: str) -> Iterator[str]:
    """What a package may need, extras included: those that are not asked for are not in the lock."""
    try:
        lines = distribution(name).requires or ()
    except PackageNotFoundError:
        return
    for line in lines:
        yield canonicalize_name(Requirement(line).name)


def licence_of(name: str) -> str:
    """The SPDX expression of its licence: as read by hand, else by its metadata, else ""."""
    if name in READ_BY_HAND:
        return READ_BY_HAND[name]
    try:
        metadata = distribution(name).metadata
    except PackageNotFoundError:
        return ""
    classifiers = [each.rpartition(" :: ")[2] for each in metadata.get_all("Classifier") or () if "License ::" in each]
    fields = [words for key in ("License-Expression", "License") for words in metadata.get_all(key) or ()]
    candidates = [*fields, *classifiers]
    return next((expression for each in candidates if (expression := _spdx(each))), "")


def _spdx(words: str) -> str:
    expression = WORDS.get(words, words)
    info = licensing().validate(expression) if 0 < len(expression) < 200 else None
    return info.normalized_expression or "" if info is not None and not info.errors else ""
