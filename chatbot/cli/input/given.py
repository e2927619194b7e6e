"""Files that are given on the command line: read whole, with a limit, and turned into facts at once."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from chatbot.cli.failure import Failure
from chatbot.cli.input.heavy import FileParser
from chatbot.cli.output.printing import printable, warn
from chatbot.core.advisories.identity import merge
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.support.policy import Policy
from chatbot.runtime.clock import system_clock
from chatbot.sources.advisories.fields import UnreadableAdvisory, is_id
from chatbot.sources.advisories.files import UnreadableFile, read_advisory_files
from chatbot.sources.github.release_json import is_draft
from chatbot.sources.parsing.documents import Parsed, Rejected
from chatbot.sources.support_policy.text import UnreadablePage, read_text

LARGEST = 64 * 1024 * 1024  # bytes of one file; a full listing of a busy project is a tenth of that

_ADVISORIES = typer.Option(
    "--advisories", metavar="FILE|DIR", help="Advisories as GitHub's REST API or OSV serve them (JSON), or a folder."
)
AdvisoryFiles = Annotated[Path, _ADVISORIES]
AdvisoryFilesIfAny = Annotated[Path | None, _ADVISORIES]
ReleaseFile = Annotated[
    Path | None,
    typer.Option("--releases", metavar="FILE", help="Releases as GitHub's REST API lists them (JSON)."),
]
_POLICY = typer.Option("--policy", metavar="FILE", help="The project's SECURITY.md.")
PolicyFile = Annotated[Path, _POLICY]
PolicyFileIfAny = Annotated[Path | None, _POLICY]
ON = typer.Option("--on", metavar="DATE", help="Go by this day (UTC), such as 2025-12-31, instead of today.")


def day_of(text: str) -> date:
    """The day that is asked about: today where nothing was said."""
    if not text:
        return system_clock().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Failure("--on is not a date; write it like 2025-12-31") from None


def bytes_of(path: Path) -> bytes:
    """The file's content; `-` is standard input."""
    try:
        if str(path) == "-":
            body = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with path.open("rb") as file:
                body = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise Failure(f"{path}: there is no such file; check the path") from None
    except IsADirectoryError:
        raise Failure(f"{path}: is a folder; name a file") from None
    except (OSError, ValueError):
        raise Failure(f"{path}: cannot be read; name a file that you may read") from None
    if len(body) > LARGEST:
        raise Failure(f"{path}: is larger than {LARGEST // 1024 // 1024} MiB; name a smaller file")
    return body


def json_of(path: Path) -> Any:
    """The file's JSON."""
    try:
        return json.loads(bytes_of(path))
    except (ValueError, RecursionError):
        raise Failure(f"{path}: is not JSON; save the API's response unchanged") from None


def releases_of(path: Path) -> list[Release]:
    """The releases of a file as GitHub's REST API lists them, without drafts. What cannot be read is said, and left out."""
    items = json_of(path)
    if not isinstance(items, list):
        raise Failure(f"{path}: is not a list of releases; save what /repos/OWNER/NAME/releases answers")
    with FileParser(path) as parser:
        releases = list(_releases(parser, path, items))
    if not releases:
        raise Failure(f"{path}: holds no published release; save what /repos/OWNER/NAME/releases answers")
    return releases


def _releases(parser: FileParser, path: Path, items: list[object]) -> Iterable[Release]:
    for number, item in enumerate(items):
        if isinstance(item, dict) and is_draft(item):
            continue
        outcome = parser.parse("release", f"item {number}", json.dumps(item).encode())
        if isinstance(outcome, Parsed) and isinstance(outcome.value, Release):
            yield outcome.value
        elif isinstance(outcome, Rejected):
            warn(f"{path}: item {number} is left out: {outcome.reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedAdvisories:
    """The advisories of a file or folder, and a sentence for each item that was left out."""

    advisories: Sequence[Advisory]
    left_out: Sequence[str] = ()


def advisories_of(path: Path, *, none_is_fine: bool = False) -> ParsedAdvisories:
    """What a file or folder holds. What cannot be read is said, and left out; where nothing is left, nothing may be concluded.

    `none_is_fine`: an empty list, as GitHub answers for a project without advisories, is an answer too.
    """
    files = records_of(path, none_is_fine=none_is_fine)
    return ParsedAdvisories(advisories=merge(files.advisories), left_out=files.left_out)


def records_of(path: Path, *, none_is_fine: bool = False) -> ParsedAdvisories:
    """The same with each record as it stands there, also where several are about one advisory."""
    try:
        with FileParser(path) as parser:
            advisories, complaints = read_advisory_files(path, reader=partial(_advisory, parser))
    except UnreadableFile as reason:
        raise Failure(printable(str(reason))) from None
    if not advisories and (complaints or not none_is_fine):
        why = f" ({complaints[0]})" if complaints else ""
        raise Failure(
            printable(f"{path}: holds no advisory that can be read{why}; give advisories as GitHub or OSV serve them")
        )
    for complaint in complaints:
        warn(f"left out: {complaint}")
    return ParsedAdvisories(advisories=advisories, left_out=complaints)


def _advisory(parser: FileParser, item: object) -> Advisory:
    own = item.get("ghsa_id", item.get("id")) if isinstance(item, dict) else ""
    name = own if is_id(own) else "an item"
    outcome = parser.parse("any advisory", str(name), json.dumps(item).encode())
    if isinstance(outcome, Parsed) and isinstance(outcome.value, Advisory):
        return outcome.value
    raise UnreadableAdvisory(outcome.reason if isinstance(outcome, Rejected) else f"{name} is not an advisory")


def readable_policy_of(path: Path) -> Policy:
    """The policy of a page; a file that is no page at all is refused."""
    try:
        return _policy(path, read_text(bytes_of(path)))
    except UnreadablePage as reason:
        raise Failure(printable(f"{path}: {reason}. {reason.fix}".strip())) from None


def policy_of(path: Path) -> Policy:
    """The policy of a page. One that nobody can read is a policy too, which answers "unknown" and why."""
    try:
        return _policy(path, read_text(bytes_of(path)))
    except UnreadablePage as reason:
        return Policy(readable=False, problem=f"The page {reason}.", fix=reason.fix)


def _policy(path: Path, text: str) -> Policy:
    with FileParser(path) as parser:
        outcome = parser.parse("policy", "", text.encode("utf-8", "surrogatepass"))
    if isinstance(outcome, Parsed) and isinstance(outcome.value, Policy):
        return outcome.value
    raise Failure(f"{path}: made its parser fail; please report this, with the file")
