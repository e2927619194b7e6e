"""`chatbot supported`: the status of a version by a SECURITY.md."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from chatbot.cli.failure import Failure
from chatbot.cli.help import Command
from chatbot.cli.input.given import ON, PolicyFile, ReleaseFile, day_of, readable_policy_of, releases_of
from chatbot.cli.output.printing import AsJson, one_or_all, print_json, print_words, printable
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
    program.command("supported", cls=Command)(supported_versions)


def supported_versions(
    versions: Annotated[
        list[str], typer.Argument(metavar="VERSION...", help="The version, such as 0.11 or 0.11.5, or a whole tag.")
    ],
    policy: PolicyFile,
    on: Annotated[str, ON] = "",
    releases: ReleaseFile = None,
    newest: Annotated[
        str,
        typer.Option(
            "--newest",
            metavar="VERSION",
            help="The newest release, for pages that speak of it; not needed with --releases.",
        ),
    ] = "",
    component: Annotated[
        str,
        typer.Option("--component", metavar="NAME", help="Use the table of this component, on a page with several."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say whether a version still gets security fixes, by the project's SECURITY.md and nothing else."""
    history = _history(policy, on, releases, newest, component)
    answers = [answer(history, version.strip()) for version in versions]
    if as_json:
        print_json(one_or_all([shape(each) for each in answers]))
        return
    for each in answers:
        print_words(f"{each.version}: {_words(each)}")
        print_words(each.reason, indent=2)
        if each.row:
            print_words(f"row: {each.row}", indent=2)


def _history(policy: Path, on: str, releases: Path | None, newest: str, component: str) -> Tracked:
    reading = readable_policy_of(policy)
    latest = read_version(newest) if newest else None
    if newest and latest is None:
        raise Failure("--newest is not a version; write it like 0.11.5")
    _must_be_there(reading, component)
    listed = classify(releases_of(releases), [], lines=line_style(reading)) if releases else None
    return Tracked(policy=reading, on=day_of(on), releases=listed, newest=latest, component=component)


def _must_be_there(policy: Policy, component: str) -> None:
    parts = sorted({row.component for row in policy.rows if row.component})
    if component and not any(component.casefold() in part.casefold() for part in parts):
        there = f"it has {', '.join(parts[:_MOST_NAMED])}" if parts else "it has no parts"
        raise Failure(printable(f"--component {component[:64]}: the page has no such part; {there}"))


def answer(history: Tracked, text: str) -> Status:
    """The status of what was asked about; a word that is no version may be a branch that the page names."""
    version = read_version(text)
    if version is None:
        return _branch(history, text)
    lookup = look_up(text, history.releases or ())
    if lookup.version is None:
        raise Failure(printable(f"{text[:64]}: {lookup.problem}"))
    full = [item for item in history.releases or () if item.version is not None and item.kind != "prerelease"]
    full = [item for item in full if item.version and item.version.package == lookup.version.package]
    newest = [item.version for item in full if item.newest]
    members = members_of(version, lookup.version, full) if may_be_line(version, lookup) else ()
    of_line = members[-1].version if members else None  # a line is as supported as its newest release
    verdict = status(
        history.policy,
        of_line or lookup.version,
        today=history.on,
        releases=None if history.releases is None else [item.version for item in full if item.version is not None],
        newest=history.newest or (newest[0] if len(newest) == 1 else None),
        component=history.component,
        lines=line_style(history.policy),
        published={item.version: item.release.published_at.date() for item in full if item.version is not None},
    )
    return replace(verdict, version=text)


def _branch(history: Tracked, text: str) -> Status:
    """What the page says of a branch that it names."""
    verdict = status(history.policy, text, today=history.on, component=history.component)
    if verdict.row is None or not text[:1].isalpha():
        raise Failure(printable(f"{text[:64] or 'VERSION'}: doesn't look like a version; write it like 0.11 or 0.11.5"))
    return verdict


def shape(status: Status) -> dict[str, Any]:
    """One version as JSON; the keys are a promise (docs/reference/commands.md)."""
    return {
        "version": status.version,
        "state": status.state,
        "until": status.until.isoformat() if status.until else None,
        "stale": status.stale,
        "row": status.row,
        "reason": status.reason,
        "source": status.source,
    }


def _words(status: Status) -> str:
    words = status.state.replace("_", " ")
    if status.until is None:
        return words
    days_left = status.days_left
    days = "" if days_left is None else " (today is the last day)" if days_left == 0 else f" ({days_left} days left)"
    return (
        f"{words}, until {status.until}{days}" if days_left is not None else f"{words}, since {status.until} has passed"
    )
