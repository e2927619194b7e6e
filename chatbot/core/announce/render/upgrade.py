"""What to do about an advisory, in words: the release to take in each line, and what is said of lines without one."""

from collections.abc import Mapping, Sequence

from chatbot.core.announce.render.fixes import (
    STATES,
    UNRELEASED,
    against_fix,
    further_fixes,
    line_name,
    no_fix,
    to_take,
    unfixed,
)
from chatbot.core.announce.render.release import MOST_FIXED, version_label
from chatbot.core.model.facts import Advisory
from chatbot.core.model.message import Field, Link, Span, field_of
from chatbot.core.recommend import by_version
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.text.words import listed
from chatbot.core.versions.tags.tails import Build
from chatbot.core.versions.version import Key, line_of, read_version

MOST_LINES = 4  # lines without a fix that are named
_AGAINST = {"prerelease": "prerelease", "affected": "affected by an advisory itself"}


def what_to_do(snapshot: ProjectSnapshot, advisory: Advisory) -> list[Field]:
    """`Upgrade: 2.1.x → 2.1.2, 2.0.x → 2.0.10`, the newest line first, or why that cannot be said."""
    if advisory.unread:
        problem = f"I could not read all of this advisory: {advisory.unread}. Please read it at the link"
        return [field_of("What to do", f"{problem}, and check whether your version is affected.")]
    lines = to_take(snapshot, advisory)
    if not lines and advisory.id not in snapshot.own:
        return []  # which release brings a fixed package, nothing says
    chosen = sorted(((item, line) for line, item in lines.items() if item is not None), key=_by_release, reverse=True)
    if not chosen:
        waiting = _waiting(snapshot, advisory)
        return [field_of("Fix", f"{listed(waiting[:MOST_FIXED])}, not released yet" if waiting else no_fix(snapshot))]
    words: list[str | Span] = []
    for item, line in chosen:
        name = version_label(item)
        words += [", "] if words else []
        words += [f"{line}.x → ", Link(name, item.release.url) if item.release.url else name]
    coming = _coming(snapshot, advisory)
    words += [f", {line}.x → {name} (not released yet)" for line, name in coming.items()]
    return [field_of("Upgrade", *words, *_without_fix(snapshot, advisory, [item for item, _ in chosen], coming))]


def _coming(snapshot: ProjectSnapshot, advisory: Advisory) -> dict[str, str]:
    """The affected lines without a fix for which the advisory names one that is still to be released."""
    coming: dict[str, str] = {}
    lines = {line_name(item) for item in unfixed(snapshot, advisory)}
    for name, state in further_fixes(snapshot, advisory):
        version = read_version(name, snapshot.exposure.habits) if state == UNRELEASED else None
        line = line_of(version, snapshot.lines) if version is not None else ""
        if line in lines:
            coming.setdefault(line, name)
    return coming


def says_more_than_the_upgrade(snapshot: ProjectSnapshot, advisory: Advisory) -> bool:
    """Whether the fixed versions are others than those that the line `Upgrade` names, or there is no such line."""
    if advisory.unread or (advisory.id not in snapshot.own and not any(to_take(snapshot, advisory).values())):
        return True
    fixing, chosen = snapshot.fixing(advisory), to_take(snapshot, advisory).values()
    there = {*_waiting(snapshot, advisory), *_coming(snapshot, advisory).values()}
    return any(name not in there for name, _ in further_fixes(snapshot, advisory)) or any(
        item not in chosen for item in fixing
    )


def fix_words(snapshot: ProjectSnapshot, advisory: Advisory) -> list[str | Span]:
    words: list[str | Span] = []
    for item in sorted(snapshot.fixing(advisory), key=by_version, reverse=True)[:MOST_FIXED]:
        words += [", "] if words else []
        words.append(Link(version_label(item), item.release.url) if item.release.url else version_label(item))
        words += [f" ({_AGAINST[against]})"] if (against := against_fix(snapshot, item)) else []
    for version, state in further_fixes(snapshot, advisory)[:MOST_FIXED]:
        words += [", "] if words else []
        words.append(f"{version} ({STATES.get(state, state)})" if state else version)
    return words or ["I could not read it; see the advisory" if advisory.unread else "no fixed version is named"]


def _waiting(snapshot: ProjectSnapshot, advisory: Advisory) -> list[str]:
    """The fixed versions that the advisory names, where all of these are still to be released."""
    further = further_fixes(snapshot, advisory)
    is_waiting = further and not snapshot.fixing(advisory) and all(state == UNRELEASED for _, state in further)
    return [name for name, _ in further] if is_waiting else []


def _without_fix(
    snapshot: ProjectSnapshot, advisory: Advisory, chosen: Sequence[Classified], coming: Mapping[str, str]
) -> list[str]:
    """A sentence for the affected lines that no release fixes, or that wait for theirs."""
    waiting_or_not = unfixed(snapshot, advisory)
    newest = [item for item in waiting_or_not if line_name(item) not in coming]
    highest = next(iter(newest or waiting_or_not), None)
    if highest is None:
        return []
    instead = next((version_label(item) for item in sorted(chosen, key=by_version) if _above(item, highest)), "")
    if not newest:
        return [f". If you can't wait, upgrade to {instead}."] if instead else []
    lines = [f"{line_name(item)}.x" for item in newest[:MOST_LINES]]
    lines += ["older lines"] * (len(newest) > MOST_LINES)
    return [f". There is no fix for {listed(lines)}{f': upgrade to {instead}' if instead else ''}."]


def _above(item: Classified, other: Classified) -> bool:
    """Whether it is a higher version of the same package."""
    same = item.version and other.version and item.version.package == other.version.package
    return bool(same) and by_version(other) < by_version(item)


def _by_release(pair: tuple[Classified, str]) -> tuple[int, Key, Build]:
    return by_version(pair[0])
