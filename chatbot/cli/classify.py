"""`chatbot classify`: what each release of a list is."""

from pathlib import Path
from typing import Annotated, Any

import typer

from chatbot.cli.given import AdvisoryFilesIfAny, advisories_of, releases_of
from chatbot.cli.printing import AsJson, print_json, print_words
from chatbot.core.releases.classification import Classified, classify


def register(program: typer.Typer) -> None:
    program.command("classify")(classify_file)


def classify_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Releases as GitHub's REST API lists them (JSON).")],
    advisories: AdvisoryFilesIfAny = None,
    as_json: AsJson = False,
) -> None:
    """Say what each release of a list is: its kind and line, whether it is the newest, and what it fixes by evidence."""
    known = advisories_of(advisories, none_is_fine=True).advisories if advisories else []
    found = classify(releases_of(file), known)
    if as_json:
        print_json([shape(each) for each in found])
        return
    for each in found:
        print_words(" · ".join(_words(each)))
        for sentence in each.evidence:
            print_words(sentence, indent=4)


def shape(found: Classified) -> dict[str, Any]:
    """One release as JSON; the keys are a promise (docs/commands.md)."""
    return {
        "tag": found.release.tag,
        "version": str(found.version) if found.version is not None else None,
        "kind": found.kind,
        "line": found.line,
        "newest_in_line": found.newest_in_line,
        "newest": found.newest,
        "security": found.security,
        "out_of_band": found.out_of_band,
        "evidence": list(found.evidence),
    }


def _words(found: Classified) -> list[str]:
    marks = {
        "newest": found.newest,
        f"newest of {found.line}": found.newest_in_line and not found.newest,
        "backport": found.backport,
        "security": found.security,
        "out of band": found.out_of_band,
    }
    line = [f"line {found.line}"] if found.line else []
    return [found.release.tag, found.kind, *line, *(word for word, holds in marks.items() if holds)]
