"""`chatbot affected`: which advisories concern a version."""

from typing import Annotated, Any

import typer

from chatbot.cli.given import AdvisoryFiles, advisories_of
from chatbot.cli.printing import AsJson, one_or_all, print_json, print_words
from chatbot.core.advisories import Verdict, affected
from chatbot.core.versions import read_version


def register(program: typer.Typer) -> None:
    program.command("affected")(affected_versions)


def affected_versions(
    versions: Annotated[list[str], typer.Argument(metavar="VERSION...", help="What runs: 0.13.2, or a whole tag.")],
    advisories: AdvisoryFiles,
    package: Annotated[str, typer.Option("--package", metavar="NAME", help="Count only what names this package.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say which advisories concern a version, and what fixes them in its line and at all."""
    known = advisories_of(advisories)
    found = [
        (version, *affected(read_version(version) or version.strip(), known, package=package)) for version in versions
    ]
    if as_json:
        print_json(one_or_all([shape(*each) for each in found]))
        return
    for version, yes, unreadable in found:
        print_words(f"{version}: {_count(len(yes))}")
        for verdict in yes:
            print_words(_line(verdict), indent=2)
        for verdict in unreadable:
            print_words(
                f"{verdict.advisory.id}: its range cannot be read: {verdict.range or 'none is stated'}", indent=2
            )


def shape(version: str, yes: list[Verdict], unreadable: list[Verdict]) -> dict[str, Any]:
    """One version as JSON; the keys are a promise (docs/commands.md)."""
    return {
        "version": version,
        "affected": [_advisory(verdict) for verdict in yes],
        "unreadable": [{"id": verdict.advisory.id, "range": verdict.range} for verdict in unreadable],
    }


def _advisory(verdict: Verdict) -> dict[str, Any]:
    advisory = verdict.advisory
    return {
        "id": advisory.id,
        "aliases": sorted(advisory.aliases),
        "severity": advisory.severity.value,
        "summary": advisory.summary,
        "range": verdict.range,
        "first_fixed_in_line": verdict.first_fixed_in_line,
        "first_fixed": verdict.first_fixed,
        "url": advisory.url,
    }


def _count(number: int) -> str:
    return {0: "no advisory concerns it", 1: "1 advisory concerns it"}.get(number, f"{number} advisories concern it")


def _line(verdict: Verdict) -> str:
    advisory = verdict.advisory
    fixes = list(dict.fromkeys(fix for fix in (verdict.first_fixed_in_line, verdict.first_fixed) if fix))
    fixed = f"fixed in {' and in '.join(fixes)}" if fixes else "no fix is named"
    return f"{advisory.id} ({advisory.severity}): {advisory.summary}; affects {verdict.range}; {fixed}"
