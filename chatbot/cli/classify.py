"""`chatbot classify`: what each release of a list is."""

from pathlib import Path
from typing import Annotated, Any

import typer

from chatbot.cli.help import Command
from chatbot.cli.input.given import AdvisoryFilesIfAny, advisories_of, releases_of
from chatbot.cli.output.printing import AsJson, print_json, print_words
from chatbot.core.releases.classification import Classified, classify


def register(program: typer.Typer) -> None:
    program.command("classify", cls=Command)(classify_file)


def classify_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Releases as GitHub's REST API lists them (JSON).")],
    advisories: AdvisoryFilesIfAny = None,
    as_json: AsJson = False,
) -> None:
    """Say what each release in a list is: its kind and line, whether it is the newest, and which advisories it fixes."""
    advisory_facts = advisories_of(advisories, none_is_fine=True).advisories if advisories else []
    items = classify(releases_of(file), advisory_facts)
    if as_json:
        print_json([shape(each) for each in items])
        return
    for each in items:
        print_words(" · ".join(_words(each)))
        for sentence in each.evidence:
            print_words(sentence, indent=4)


def shape(item: Classified) -> dict[str, Any]:
    """One release as JSON; the keys are a promise (docs/reference/commands.md)."""
    return {
        "tag": item.release.tag,
        "version": str(item.version) if item.version is not None else None,
        "kind": item.kind,
        "line": item.line,
        "newest_in_line": item.newest_in_line,
        "newest": item.newest,
        "security": item.security,
        "out_of_band": item.out_of_band,
        "evidence": list(item.evidence),
    }


def _words(item: Classified) -> list[str]:
    marks = {
        "newest": item.newest,
        f"newest of {item.line}": item.newest_in_line and not item.newest,
        "backport": item.backport,
        "security": item.security,
        "out of band": item.out_of_band,
    }
    line = [f"line {item.line}"] if item.line else []
    return [item.release.tag, item.kind, *line, *(word for word, holds in marks.items() if holds)]
