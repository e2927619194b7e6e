"""`chatbot affected`: which advisories concern a version."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer

from chatbot.cli.failure import Failure
from chatbot.cli.help import Command
from chatbot.cli.input.given import AdvisoryFiles, ParsedAdvisories, advisories_of
from chatbot.cli.output.printing import AsJson, one_or_all, print_json, print_words, printable
from chatbot.core.advisories.affected import range_text, same_package
from chatbot.core.advisories.exposure import Exposure, expose
from chatbot.core.advisories.identity import Verdict, affected, names_package, whole_range
from chatbot.core.advisories.line_reach import holds_a_part
from chatbot.core.model.facts import Advisory
from chatbot.core.versions.ecosystems import GIT, PROJECT, place, scheme_of
from chatbot.core.versions.upstream import bare_revision
from chatbot.core.versions.version import read_version

_MOST_NAMED = 10  # packages in one sentence


def register(program: typer.Typer) -> None:
    program.command("affected", cls=Command)(affected_versions)


def affected_versions(
    versions: Annotated[
        list[str], typer.Argument(metavar="VERSION...", help="The version, such as 0.13.2, or a whole tag.")
    ],
    advisories: AdvisoryFiles,
    package: Annotated[
        str,
        typer.Option("--package", metavar="NAME", help="Only advisories for this package, and those that name none."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say which advisories affect a version, and which releases fix them."""
    files = advisories_of(advisories)
    _must_be_named(package, files.advisories)
    results = [_judge(version.strip(), files, package) for version in versions]
    if as_json:
        print_json(one_or_all([shape(*each, files.left_out) for each in results]))
        return
    exposure = expose(_of_package(files.advisories, package))
    for version, yes, unreadable in results:
        print_words(f"{version}: {_title(len(yes), unsure=bool(unreadable or files.left_out))}")
        for verdict in yes:
            print_words(_line(verdict, exposure), indent=2)
        for verdict in unreadable:
            print_words(f"{verdict.advisory.id}: {_unsure(verdict)}", indent=2)


def _judge(version: str, files: ParsedAdvisories, package: str) -> tuple[str, list[Verdict], list[Verdict]]:
    """The verdicts on one version; of a line (`2.1`) also those that hold a part of it only."""
    parsed = read_version(version)
    if parsed is None and not _is_named(version, files.advisories):
        raise Failure(f"{printable(version)[:64] or 'VERSION'}: doesn't look like a version; write it like 0.13.2")
    yes, unreadable = affected(parsed or version, files.advisories, package=package)
    unreadable += _by_revision(version, [*yes, *unreadable], files.advisories, package)
    ids = {verdict.advisory.id for verdict in (*yes, *unreadable)}
    if parsed is not None:
        parts = [
            each for each in files.advisories if each.id not in ids and holds_a_part(each, parsed, package=package)
        ]
        unreadable += [Verdict(advisory=each, state="unreadable", range=whole_range(each)) for each in parts]
    return version, yes, sorted(unreadable, key=lambda verdict: verdict.advisory.id)


def _by_revision(
    version: str, verdicts: Sequence[Verdict], advisories: Sequence[Advisory], package: str
) -> list[Verdict]:
    """The advisories that hold `1.2.3` but not `1.2.3-1`: where the advisory itself has no such number, whether the 1 is the
    project's own patch or a distribution's revision of 1.2.3, nothing here says."""
    at = bare_revision(version)
    plain = read_version(version[:at]) if at else None
    if plain is None:
        return []
    ids = {verdict.advisory.id for verdict in verdicts}
    matches = affected(plain, [each for each in advisories if not _counts_patches(each)], package=package)[0]
    return [replace(verdict, state="unreadable") for verdict in matches if verdict.advisory.id not in ids]


def _counts_patches(advisory: Advisory) -> bool:
    """Whether its own versions carry such numbers, or are ordered by an ecosystem that says what they mean."""
    words = (
        " ".join(" ".join((range_text(entry), entry.patched)) for entry in advisory.affected).replace(",", " ").split()
    )
    schemes = {scheme_of(entry.scheme) for entry in advisory.affected}
    return PROJECT not in schemes or any(bare_revision(word) for word in words)


def _is_named(version: str, advisories: Sequence[Advisory]) -> bool:
    """Whether only a package ecosystem can read it, and one of the advisories is about such a package."""
    entries = [entry for advisory in advisories for entry in advisory.affected]
    if any(version in entry.versions for entry in entries):
        return True
    if not any(letter.isdigit() for letter in version):
        return False
    return any(place(scheme, version) is not None for scheme in {entry.scheme for entry in entries} - {PROJECT, GIT})


def _must_be_named(package: str, advisories: Sequence[Advisory]) -> None:
    names = sorted({entry.package for advisory in advisories for entry in advisory.affected if entry.package})
    if package and not any(same_package(package, name) for name in names):
        there = f"they name {', '.join(names[:_MOST_NAMED])}" if names else "they name no package"
        raise Failure(printable(f"--package {package[:64]}: none of the advisories names it; {there}"))


def shape(version: str, yes: list[Verdict], unreadable: list[Verdict], left_out: Sequence[str] = ()) -> dict[str, Any]:
    """One version as JSON; the keys are a promise (docs/reference/commands.md). What could not be read may concern it too."""
    items = [{"id": verdict.advisory.id, "range": verdict.range} for verdict in unreadable]
    return {
        "version": version,
        "affected": [_advisory(verdict) for verdict in yes],
        "unreadable": items + [{"id": complaint.partition(": ")[0], "range": ""} for complaint in left_out],
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


def _title(number: int, *, unsure: bool) -> str:
    """The headline, written when the doubts are known."""
    if number == 0:
        return "cannot tell whether an advisory concerns it" if unsure else "no advisory concerns it"
    words = "1 advisory concerns it" if number == 1 else f"{number} advisories concern it"
    return f"{words}, perhaps more" if unsure else words


def _unsure(verdict: Verdict) -> str:
    return f"cannot tell from its range: {verdict.range}" if verdict.range else "it states no range"


def _line(verdict: Verdict, exposure: Exposure) -> str:
    advisory = verdict.advisory
    fixes = list(dict.fromkeys(fix for fix in (verdict.first_fixed_in_line, verdict.first_fixed) if fix))
    fixed = " and in ".join(_fix(fix, exposure) for fix in fixes)
    words = f"fixed in {fixed}" if fixes else "no fix is named"
    return f"{advisory.id} ({advisory.severity}): {advisory.summary}; affects {verdict.range}; {words}"


def _fix(fix: str, exposure: Exposure) -> str:
    """A fix, with what is known against it: nobody is to take it for the end of the matter."""
    version = read_version(fix)
    return f"{fix} (which another advisory affects)" if version and exposure.risk(version).affected else fix


def _of_package(advisories: Sequence[Advisory], package: str) -> list[Advisory]:
    """The advisories with only what they say about one package, or about none."""
    return [
        replace(each, affected=tuple(entry for entry in each.affected if names_package(entry, package)))
        for each in advisories
    ]
