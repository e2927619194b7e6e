"""`chatbot lint-advisory`: what is wrong or missing in security advisories."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from chatbot.cli.failure import Failure, Status
from chatbot.cli.help import Command
from chatbot.cli.input.given import (
    ON,
    PolicyFileIfAny,
    ReleaseFile,
    day_of,
    readable_policy_of,
    records_of,
    releases_of,
)
from chatbot.cli.output.printing import AsJson, print_json
from chatbot.cli.output.table import print_hanging
from chatbot.core.advisory_lint.check import lint_advisory
from chatbot.core.advisory_lint.finding import Finding
from chatbot.core.advisory_lint.material import Material
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.releases.classification import classify, names_of
from chatbot.core.support.by_releases import status_by_releases
from chatbot.core.support.policy import Policy, line_style
from chatbot.core.text.words import count

_Result = tuple[Advisory, tuple[Finding, ...]]


def register(program: typer.Typer) -> None:
    program.command("lint-advisory", cls=Command)(lint_files)


def lint_files(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE|DIR", help="Advisories as GitHub's REST API or OSV serve them (JSON), or a folder."
        ),
    ],
    releases: ReleaseFile = None,
    policy: PolicyFileIfAny = None,
    on: Annotated[str, ON] = "",
    as_json: AsJson = False,
) -> None:
    """Find what is wrong or missing in security advisories; the exit status is 1 if anything is."""
    today = day_of(on)
    if policy is not None and releases is None:
        raise Failure("--policy: which lines are released says --releases FILE; give it too")
    page = readable_policy_of(policy) if policy else None
    files = records_of(file)
    material = _material(releases_of(releases) if releases else [], page, today)
    results = [(each, lint_advisory(each, material)) for each in files.advisories]
    if as_json:
        print_json(
            [shape(each, finding) for each, findings in results for finding in findings] + _left_out(files.left_out)
        )
    else:
        _print(file, results, files.left_out)
    if any(findings for _, findings in results) or files.left_out:
        raise typer.Exit(Status.FINDINGS)


def _material(releases: Sequence[Release], policy: Policy | None, today: date) -> Material:
    lines = line_style(policy)
    items = classify(releases, [], lines=lines)
    full = [item for item in items if item.version is not None and item.kind != "prerelease"]
    status = partial(status_by_releases, policy, releases=full, today=today, component="", lines=lines)
    names = frozenset(name.casefold() for name in names_of(releases))
    return Material(releases=items, status=status if policy else None, names=names, lines=lines)


def _print(file: Path, results: Sequence[_Result], left_out: Sequence[str]) -> None:
    for advisory, findings in results:
        if findings:
            print_hanging(f"{advisory.id}: {advisory.summary}" if advisory.summary else advisory.id)
        for each in findings:
            about = f"{each.package}: " if each.package else ""
            print_hanging(f"{each.level} {each.code}: {about}{each.problem}", indent=2)
            print_hanging(f"Fix: {each.fix}", indent=4)
    number = count(len(results), "advisory")
    total = sum(len(findings) for _, findings in results)
    if not total:
        print_hanging(
            f"{file}: nothing to fix in {number}." if not left_out else f"{file}: nothing to fix in what was read."
        )
        return
    wrong = sum(bool(findings) for _, findings in results)
    print_hanging(f"{file}: {count(total, 'finding')} in {wrong} of {number}.")


def shape(advisory: Advisory, finding: Finding) -> dict[str, Any]:
    """One finding as JSON; the keys are a promise (docs/reference/commands.md)."""
    return {
        "id": advisory.id,
        "code": finding.code,
        "level": finding.level,
        "package": finding.package or None,
        "problem": finding.problem,
        "fix": finding.fix,
    }


def _left_out(complaints: Sequence[str]) -> list[dict[str, Any]]:
    """What could not be read at all: the file stands in the place of the id."""
    start = {"code": "unreadable-advisory", "level": "error", "package": None}
    return [
        {"id": name, **start, "problem": why, "fix": "Save it as GitHub or OSV serve it."}
        for name, _, why in (complaint.partition(": ") for complaint in complaints)
    ]
