"""The words for what somebody subscribed to: `4.2.1`, `line 4.2`, `Windlass from high severity on`."""

from collections.abc import Sequence

from chatbot.core.model.severity import Severity
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.alerting.showing import Concerned, Showing
from chatbot.core.subscriptions.lines import Line, members, read_line
from chatbot.core.subscriptions.subscription import Scope
from chatbot.core.text.words import listed

MOST_NAMES = 3
MOST_RUNS = 4  # runs of releases that are spelled out
_LONGEST_NAME = 60  # characters


def scope_words(project_name: str, scope: Scope, min_severity: Severity = Severity.LOW) -> str:
    """`4.2.1`, `line 4.2`, `Windlass`; with a threshold above the lowest `line 4.2 from high severity on`."""
    name = short(scope.name)
    words = {"version": name, "line": f"line {name}", "project": project_name}[scope.kind]
    return words if min_severity.rank <= Severity.LOW.rank else f"{words} from {min_severity} severity on"


def names_of(project_name: str, scopes: Sequence[Scope]) -> str:
    """`Windlass 4.2.1 and 4.1.7`, `Windlass line 4.2`; all of one kind."""
    names = [short(scope.name) for scope in scopes]
    more = len(names) - MOST_NAMES
    names = [*names[:MOST_NAMES], *([f"{more} more"] if more > 0 else [])]
    line = ("lines " if len(names) > 1 else "line ") if scopes[0].kind == "line" else ""
    return f"{project_name} {line}{listed(names)}"


def is_or_are(things: Sequence[object]) -> str:
    return "is" if len(things) == 1 else "are"


def short(name: str) -> str:
    """A name of bounded length; somebody typed it."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def only_prereleases(concerned: Concerned) -> bool:
    """Whether nothing but prereleases of a line is affected."""
    return bool(concerned.releases) and all(_is_prerelease(item) for item in concerned.releases)


def _is_prerelease(item: Classified) -> bool:
    return item.kind == "prerelease"


def runs_of(snapshot: ProjectSnapshot, concerned: Concerned) -> str:
    """The affected releases of a line as runs of what was published: `4.2.0 to 4.2.2 and 4.2.5`."""
    line = read_line(snapshot, concerned.scope.name)
    affected = {item.release.tag for item in concerned.releases}
    runs: list[list[Classified]] = []
    is_open = False
    for item in _in_order(snapshot, line, concerned):
        if item.release.tag not in affected:
            is_open = False
            continue
        if not is_open:
            runs.append([])
        runs[-1].append(item)
        is_open = True
    names = [_run(run) for run in runs]
    more = len(names) - MOST_RUNS
    return listed([*names[:MOST_RUNS], *([f"{more} more"] if more > 0 else [])])


def _in_order(snapshot: ProjectSnapshot, line: Line | None, concerned: Concerned) -> Sequence[Classified]:
    """The releases of the line; prereleases between full ones that are affected neither begin nor end a run."""
    there = members(snapshot, line) if line is not None else ()
    if only_prereleases(concerned):
        return there
    return [item for item in there if not _is_prerelease(item)]


def _run(run: Sequence[Classified]) -> str:
    first, last = (_text(run[0]), _text(run[-1]))
    return first if first == last else f"{first} to {last}"


def _text(item: Classified) -> str:
    return item.version.text if item.version is not None else item.release.tag


def title_of(showing: Showing) -> str:
    """`Your Windlass 4.2.1 is affected`; of the project alone, the advisory's own title."""
    project, main = showing.snapshot.project.name, showing.main
    if not showing.by_version:
        return f"{project} – {showing.advisory.summary or showing.advisory.id}"
    names, verb = names_of(project, [each.scope for each in main]), is_or_are(main)
    if showing.in_doubt:
        return f"I can't tell whether your {names} {verb} affected"
    if all(only_prereleases(each) for each in main):
        return f"Prereleases of your {names} are affected"
    return f"Your {names} {verb} affected"


def as_subject(title: str) -> str:
    """A title behind a colon: `your Windlass 4.2.1 is affected`."""
    for first in ("Your ", "Prereleases "):
        if title.startswith(first):
            return first.lower() + title.removeprefix(first)
    return title
