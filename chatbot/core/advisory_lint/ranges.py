"""What an advisory says wrong by itself about versions: ranges that nobody can read, or that contradict the named fixes."""

from collections.abc import Iterator

from chatbot.core.advisories.affected import BEGINNING, fixes_named, range_text, readable_range
from chatbot.core.advisory_lint.finding import Finding, quoted
from chatbot.core.advisory_lint.material import Material, package_of, runs_of, within
from chatbot.core.model.facts import Advisory, Affected
from chatbot.core.text.words import listed
from chatbot.core.versions.ecosystems import GIT, Scheme, place
from chatbot.core.versions.ranges.text import read_steps

_NOTHING = frozenset({"none", "n/a", "na", "-", "–", "no", "unpatched", "no fix", "none yet", "not yet", "tbd"})
_ONE_FOR_EACH = "Give each release line an entry of its own, with its range and its patched version."


def own_findings(advisory: Advisory, material: Material) -> Iterator[Finding]:
    """What can be seen without knowing a release."""
    if not advisory.affected and not advisory.unread:
        yield Finding("no-range", "It names no affected versions.", "Add the affected versions, such as < 1.2.3.")
    for entry in advisory.affected:
        if entry.scheme == GIT:
            continue
        scheme, package = material.scheme(entry), package_of(advisory, entry)
        yield from _unreadable(entry, scheme, package)
        yield from _covered_fixes(advisory, entry, scheme, package)
        yield from _unnamed_fix(entry, package)
    yield from _duplicates(advisory)


def is_readable(entry: Affected, scheme: Scheme) -> bool:
    """Whether all that the entry says about affected versions can be read, and there is something."""
    if entry.scheme == GIT or not (entry.range or entry.spans or entry.versions):
        return False
    return (not entry.range or readable_range(entry.range, scheme) is not None) and not _unreadable_bounds(
        entry, scheme
    )


def names_no_fix(text: str) -> bool:
    """Whether a field of patched versions is empty, or says in words that there is none."""
    return text.strip().strip(".").casefold() in {"", *_NOTHING}


def _unreadable(entry: Affected, scheme: Scheme, package: str) -> Iterator[Finding]:
    if not (entry.range or entry.spans or entry.versions):
        yield Finding(
            "no-range", "It does not say which versions are affected.", "Add a range, such as < 1.2.3.", package
        )
    elif entry.range and readable_range(entry.range, scheme) is None:
        yield Finding(
            "unreadable-range",
            f"The range {quoted(entry.range)} cannot be read, so nobody can be told whether they are affected.",
            "Write it with versions and signs only, such as >= 1.2.0, < 1.2.5.",
            package,
        )
    elif bad := _unreadable_bounds(entry, scheme):
        yield Finding(
            "unreadable-range",
            f"The range {quoted(range_text(entry))} names {quoted(bad[0])}, which is not a version.",
            "Name a version as it was released.",
            package,
        )
    if not names_no_fix(entry.patched) and not _has_a_version(entry):
        yield Finding(
            "unreadable-fix",
            f"The patched versions {quoted(entry.patched)} do not name a release.",
            "Name each release that has the fix, such as 1.2.5, or leave the field empty while there is none.",
            package,
        )


def _unreadable_bounds(entry: Affected, scheme: Scheme) -> list[str]:
    bounds = [bound for span in entry.spans for bound in (span.introduced, span.fixed, span.last_affected)]
    return [bound for bound in bounds if bound and bound != BEGINNING and place(scheme, bound) is None]


def _has_a_version(entry: Affected) -> bool:
    steps = read_steps(entry.patched) or ()
    return any(
        step.op in {"=", ">="} and not step.line and place(entry.scheme, step.text) is not None for step in steps
    )


def _covered_fixes(advisory: Advisory, entry: Affected, scheme: Scheme, package: str) -> Iterator[Finding]:
    """Fixes that a range of the same package calls affected."""
    same = [each for each in advisory.affected if each.scheme == entry.scheme and _is_same_package(each, entry)]
    fixes = fixes_named(entry)
    for other in same:
        ranges = runs_of(other, scheme)
        covered = [name for name in fixes if any(within(run, name, scheme) for run in ranges)]
        if not covered:
            continue
        names, is_alone = listed(covered), other is entry and len(covered) == len(fixes)
        which = "which it names as patched" if len(covered) == 1 else "which it names as patched versions"
        fix = f"End the range before {covered[0]}, or name the version that has the fix." if is_alone else _ONE_FOR_EACH
        yield Finding(
            "range-covers-fix", f"The range {quoted(range_text(other))} covers {names}, {which}.", fix, package
        )


def _is_same_package(one: Affected, other: Affected) -> bool:
    return (one.package.casefold(), one.ecosystem.casefold()) == (other.package.casefold(), other.ecosystem.casefold())


def _unnamed_fix(entry: Affected, package: str) -> Iterator[Finding]:
    """`< 1.2.4` and no patched version: the page says that there is none."""
    readable = readable_range(entry.range, entry.scheme) if entry.range and names_no_fix(entry.patched) else None
    if readable is None or not readable.ends or any(span.fixed for span in entry.spans):
        return
    names = listed(readable.ends)
    yield Finding(
        "no-patched-version",
        f"The range {quoted(entry.range)} ends before {names}, but no patched version is named.",
        f"Enter {names} as the patched version if it has the fix.",
        package,
    )


def _duplicates(advisory: Advisory) -> Iterator[Finding]:
    entries: dict[object, int] = {}
    for entry in advisory.affected:
        stated = frozenset(runs_of(entry, entry.scheme)) or (entry.range, entry.spans)
        key = (entry.package.casefold(), entry.ecosystem.casefold(), stated, frozenset(entry.versions))
        entries[key] = entries.get(key, 0) + 1
        if entries[key] == 2 and range_text(entry):
            yield Finding(
                "duplicate-range",
                f"The range {quoted(range_text(entry))} stands there more than once.",
                "Remove all but one.",
                package_of(advisory, entry),
            )
