"""`chatbot lint-policy`: what is wrong, stale or undefined in a SECURITY.md."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from chatbot.cli.failure import Status
from chatbot.cli.help import Command
from chatbot.cli.input.given import ON, ReleaseFile, day_of, policy_of, releases_of
from chatbot.cli.output.printing import AsJson, print_json, print_words
from chatbot.cli.output.table import print_table
from chatbot.core.model.facts import Release
from chatbot.core.releases.classification import classify
from chatbot.core.support.lint import Finding, lint
from chatbot.core.support.reading import TITLES, LineReading, read_lines
from chatbot.core.support.suggestion import Releases, Suggestion, suggest
from chatbot.core.text.words import listed as listed_words
from chatbot.core.versions.version import Version
from chatbot.sources.support_policy.reader import read_policy


class ReportForm(StrEnum):
    """What is known of the repository's private report form."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


def register(program: typer.Typer) -> None:
    program.command("lint-policy", cls=Command)(lint_policy)


def lint_policy(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The project's SECURITY.md.")],
    releases: ReleaseFile = None,
    on: Annotated[str, ON] = "",
    private_form: Annotated[
        ReportForm,
        typer.Option(
            metavar="STATE",
            help="Whether GitHub's private vulnerability reporting is switched on for the repository: on, off or unknown.",
        ),
    ] = ReportForm.UNKNOWN,
    show: Annotated[
        bool, typer.Option("--show", help="Also print how the page is read: line, state, until, and the page's words.")
    ] = False,
    suggest_table: Annotated[
        bool, typer.Option("--suggest", help="Also print a table to copy that says the same without doubt.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find what is wrong, out of date or undefined in a SECURITY.md; the exit status is 1 if anything is."""
    today = day_of(on)
    listed = releases_of(releases) if releases else []
    policy = policy_of(file)
    full, published = full_versions(listed), published_on(listed)
    findings = lint(policy, today=today, releases=full, published=published, private_form=private_form.value)
    releases_known = Releases(versions=full, published=published)
    suggestion = suggest(policy, read_policy, today=today, releases=releases_known) if suggest_table else None
    lines = read_lines(policy, today)
    if as_json:
        document: dict[str, Any] = {"lines": [line_shape(each) for each in lines]} if show else {}
        document |= {"suggestion": suggestion.text if suggestion else None} if suggest_table else {}
        problems = [shape(each) for each in findings]
        print_json(document | {"findings": problems} if document else problems)
    else:
        if show:
            print_table(f"{file} as of {today}", TITLES, [each.cells for each in lines])
            print()
        for each in findings:
            place = f"{file}:{each.line}" if each.line else str(file)
            print_words(f"{place}: {each.problem} {each.fix}")
        if not findings:
            print_words(f"{file}: nothing to fix.")
        if suggest_table:
            print()
            _print_suggestion(suggestion)
    if findings:
        raise typer.Exit(Status.FINDINGS)


def _print_suggestion(suggestion: Suggestion | None) -> None:
    if suggestion is None:
        print_words("No table says exactly what the page says. --show prints how each line is read.")
        return
    print_words("This table says the same:")
    print()
    for line in suggestion.text.splitlines():
        print_words(line)
    if suggestion.unclear:
        print()
        print_words(
            f"The page leaves open whether it supports {listed_words(suggestion.unclear)}. Write ✅ or ❌ there."
        )


def full_versions(releases: Sequence[Release]) -> list[Version]:
    """The versions of full releases; of several packages those without a name, which the page speaks of."""
    full = [item.version for item in classify(releases, []) if item.version is not None and item.kind != "prerelease"]
    packages = {version.package for version in full}
    package = "" if len(packages) != 1 else packages.pop()
    return [version for version in full if version.package == package]


def published_on(releases: Sequence[Release]) -> dict[Version, date]:
    """The days on which the versions came out."""
    listed = classify(releases, [])
    return {item.version: item.release.published_at.date() for item in listed if item.version is not None}


def shape(finding: Finding) -> dict[str, Any]:
    """One finding as JSON; the keys are a promise (docs/reference/commands.md)."""
    return {"line": finding.line or None, "problem": finding.problem, "fix": finding.fix}


def line_shape(line: LineReading) -> dict[str, Any]:
    """One statement of the page as JSON; the keys are a promise (docs/reference/commands.md)."""
    return {
        "line": line.line,
        "state": line.state,
        "until": line.until.isoformat() if line.until else None,
        "event": line.event or None,
        "words": line.words,
        "page_line": line.number or None,
    }
