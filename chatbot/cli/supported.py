"""`chatbot supported`: the status of a version by a SECURITY.md."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from chatbot.cli.failure import Failure
from chatbot.cli.given import ON, PolicyFile, ReleaseFile, day_of, readable_policy_of, releases_of
from chatbot.cli.printing import AsJson, one_or_all, print_json, print_words, printable
from chatbot.core.queries.reference import may_be_line, members_of
from chatbot.core.releases.classification import Classified, classify
from chatbot.core.releases.lookup import look_up
from chatbot.core.support.policy import Policy, Status, line_style, status
from chatbot.core.versions.version import Version, read_version

_MOST_NAMED = 10  # parts of a page in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """What there is to answer from."""

    policy: Policy
    on: date
    releases: Sequence[Classified] | None = None
    newest: Version | None = None
    component: str = ""


def register(program: typer.Typer) -> None:
    program.command("supported")(supported_versions)


def supported_versions(
    versions: Annotated[
        list[str], typer.Argument(metavar="VERSION...", help="What runs: 0.11, 0.11.5, or a whole tag.")
    ],
    policy: PolicyFile,
    on: Annotated[str, ON] = "",
    releases: ReleaseFile = None,
    newest: Annotated[str, typer.Option("--newest", metavar="VERSION", help="The newest release, if known.")] = "",
    component: Annotated[
        str, typer.Option("--component", metavar="NAME", help="Which component's table counts in a page of several.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say whether a version still gets security fixes, by the project's own page and nothing else."""
    known = _known(policy, on, releases, newest, component)
    found = [answer(known, version.strip()) for version in versions]
    if as_json:
        print_json(one_or_all([shape(each) for each in found]))
        return
    for each in found:
        print_words(f"{each.version}: {_words(each)}")
        print_words(each.reason, indent=2)
        if each.row:
            print_words(f"row: {each.row}", indent=2)


def _known(policy: Path, on: str, releases: Path | None, newest: str, component: str) -> Tracked:
    read = readable_policy_of(policy)
    latest = read_version(newest) if newest else None
    if newest and latest is None:
        raise Failure("--newest is no version; write it like 0.11.5")
    _must_be_there(read, component)
    listed = classify(releases_of(releases), [], lines=line_style(read)) if releases else None
    return Tracked(policy=read, on=day_of(on), releases=listed, newest=latest, component=component)


def _must_be_there(policy: Policy, component: str) -> None:
    parts = sorted({row.component for row in policy.rows if row.component})
    if component and not any(component.casefold() in part.casefold() for part in parts):
        there = f"it has {', '.join(parts[:_MOST_NAMED])}" if parts else "it has no parts"
        raise Failure(printable(f"--component {component[:64]}: the page has no such part; {there}"))


def answer(known: Tracked, asked: str) -> Status:
    """The status of what was asked about; a word that is no version may be a branch that the page names."""
    version = read_version(asked)
    if version is None:
        return _branch(known, asked)
    meant = look_up(asked, known.releases or ())
    if meant.version is None:
        raise Failure(printable(f"{asked[:64]}: {meant.problem}"))
    full = [item for item in known.releases or () if item.version is not None and item.kind != "prerelease"]
    full = [item for item in full if item.version and item.version.package == meant.version.package]
    newest = [item.version for item in full if item.newest]
    members = members_of(version, meant.version, full) if may_be_line(version, meant) else ()
    of_line = members[-1].version if members else None  # a line is as supported as its newest release
    found = status(
        known.policy,
        of_line or meant.version,
        today=known.on,
        releases=None if known.releases is None else [item.version for item in full if item.version is not None],
        newest=known.newest or (newest[0] if len(newest) == 1 else None),
        component=known.component,
        lines=line_style(known.policy),
        published={item.version: item.release.published_at.date() for item in full if item.version is not None},
    )
    return replace(found, version=asked)


def _branch(known: Tracked, asked: str) -> Status:
    """What the page says of a branch that it names."""
    found = status(known.policy, asked, today=known.on, component=known.component)
    if found.row is None or not asked[:1].isalpha():
        raise Failure(
            printable(f"{asked[:64] or 'VERSION'}: doesn't look like a version; write it like 0.11 or 0.11.5")
        )
    return found


def shape(found: Status) -> dict[str, Any]:
    """One version as JSON; the keys are a promise (docs/commands.md)."""
    return {
        "version": found.version,
        "state": found.state,
        "until": found.until.isoformat() if found.until else None,
        "stale": found.stale,
        "row": found.row,
        "reason": found.reason,
    }


def _words(found: Status) -> str:
    words = found.state.replace("_", " ")
    if found.until is None:
        return words
    left = found.days_left
    days = "" if left is None else " (today is the last day)" if left == 0 else f" ({left} days left)"
    return f"{words}, until {found.until}{days}" if left is not None else f"{words}, since {found.until} has passed"
