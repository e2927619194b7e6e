"""Where an advisory does not fit the project's releases: fixes that are not there, and versions that nobody can place."""

from collections.abc import Iterator, Sequence

from chatbot.core.advisories.affected import fixes_named, holds, range_text
from chatbot.core.advisory_lint.finding import Finding, quoted
from chatbot.core.advisory_lint.material import Material, package_of, runs_of
from chatbot.core.advisory_lint.ranges import is_readable, names_no_fix
from chatbot.core.model.facts import Advisory, Affected
from chatbot.core.releases.classification import Classified
from chatbot.core.text.words import listed
from chatbot.core.versions.ecosystems import GIT, PROJECT, Scheme, place, scheme_of, text_for
from chatbot.core.versions.version import Version, is_named, read_tag

_MOST_NAMED = 5  # versions in one sentence

Releases = Sequence[tuple[Version, Classified]]


def findings_by_releases(advisory: Advisory, material: Material) -> Iterator[Finding]:
    """What can be seen only beside the releases. What lies below the oldest of them is not judged: lists begin somewhere."""
    for entry in advisory.affected:
        releases = material.of_entry(advisory, entry)
        scheme, package = material.scheme(entry), package_of(advisory, entry)
        if not releases or entry.scheme == GIT:
            continue
        if is_readable(entry, scheme):
            yield from _nothing_in_range(entry, releases, scheme, package)
            yield from _gap(entry, releases, package)
            yield from _later_release(advisory, entry, releases, package)
        yield from _fixes(entry, releases, material, package)
    if material.status is not None:
        yield from _lines_without_fix(advisory, material)


def _nothing_in_range(entry: Affected, releases: Releases, scheme: Scheme, package: str) -> Iterator[Finding]:
    answers = [holds(entry, version) for version, _ in releases]
    if any(answer is not False for answer in answers) or entry.versions:
        return
    oldest = text_for(scheme, releases[0][0])
    uppers = [upper for _, upper in runs_of(entry, scheme)]
    if all(upper and not all(bound.holds(oldest, scheme) for bound in upper) for upper in uppers):
        return
    yield Finding(
        "no-release-in-range",
        f"The range {quoted(range_text(entry))} matches none of the published releases.",
        "Check the version numbers: write them as the releases have them.",
        package,
    )


def _gap(entry: Affected, releases: Releases, package: str) -> Iterator[Finding]:
    between = [version for version, item in releases if _is_full(version, item) and holds(entry, version) is None]
    if not between:
        return
    fixes = listed(fixes_named(entry)) or "the fix"
    yield Finding(
        "range-leaves-gap",
        f"{_names(between)} lie{'s' if len(between) == 1 else ''} between the range {quoted(range_text(entry))} and the "
        f"patched {fixes}: neither affected nor fixed.",
        "Widen the range up to the patched version, or name the first version that has the fix.",
        package,
    )


def _later_release(advisory: Advisory, entry: Affected, releases: Releases, package: str) -> Iterator[Finding]:
    """No patched version is named, and a release beyond the range is there."""
    if fixes_named(entry) or not names_no_fix(entry.patched):
        return
    inside = [version for version, item in releases if holds(entry, version)]
    if not inside:
        return
    same = [each for each in advisory.affected if each.package.casefold() == entry.package.casefold()]
    later = [
        version
        for version, item in releases
        if _is_full(version, item) and inside[-1] < version and not any(holds(each, version) for each in same)
    ]
    if later:
        yield Finding(
            "no-patched-version",
            f"No patched version is named, and {later[0]} lies beyond the range {quoted(range_text(entry))}.",
            f"Enter {later[0]} as the patched version if it has the fix; widen the range if it has not.",
            package,
        )


def _fixes(entry: Affected, releases: Releases, material: Material, package: str) -> Iterator[Finding]:
    names = fixes_named(entry) if not names_no_fix(entry.patched) or any(span.fixed for span in entry.spans) else ()
    there: list[tuple[Version, Classified]] = []
    for name in names:
        fix = read_tag(name, material.habits)
        if fix is None or (scheme_of(entry.scheme) != PROJECT and place(entry.scheme, name) is None):
            continue
        items = [(version, item) for version, item in releases if is_named(fix, version)]
        there += items
        if not items and releases[0][0].order < fix.order:
            yield _unreleased(name, fix, releases, material, package)
    full = [(version, item) for version, item in there if _is_full(version, item)]
    if there and not full:
        names_there = _names([version for version, _ in there])
        yield Finding(
            "fix-is-prerelease",
            f"It names only {names_there} as patched, which is a prerelease.",
            "Name the full release that has the fix, as soon as it is there.",
            package,
        )
    for version, item in full:
        if missing := material.missing_images.get(item.release.tag):
            yield Finding(
                "fix-image-missing",
                f"{version} is named as patched, but {listed([quoted(name) for name in missing[:_MOST_NAMED]])} is not there.",
                "Publish the image, or say in the advisory when it will come.",
                package,
            )


def _unreleased(name: str, fix: Version, releases: Releases, material: Material, package: str) -> Finding:
    later = [version for version, item in releases if fix.order < version.order and _is_full(version, item)]
    line = [version for version in later if material.is_same_line(version, fix)]
    if line:
        problem = f"{name} is named as patched, but was never released; the next release of its line is {line[0]}."
        return Finding("fix-not-released", problem, f"Name {line[0]} if it has the fix.", package)
    problem = f"{name} is named as patched, but is not released."
    return Finding("fix-not-released", problem, f"Release {name}, or name the release that has the fix.", package)


def _lines_without_fix(advisory: Advisory, material: Material) -> Iterator[Finding]:
    """Supported lines whose newest release is affected while the advisory names no fix in them."""
    for version, item in reversed(material.versioned):
        if not item.newest_in_line or not _is_full(version, item) or material.status is None or not item.line:
            continue
        entries = [each for each in advisory.affected if (version, item) in material.of_entry(advisory, each)]
        holding = [entry for entry in entries if holds(entry, version)]
        names = [read_tag(name, material.habits) for entry in entries for name in fixes_named(entry)]
        if not holding or any(fix and material.is_same_line(version, fix) for fix in names):
            continue
        status = material.status(version)
        if status.state == "supported" and not status.stale:
            says = f" ({quoted(status.row)})" if status.row else ""
            yield Finding(
                "supported-line-without-fix",
                f"{item.line} is supported{says}, its newest release {version} is affected, and no patched version of "
                f"{item.line} is named.",
                f"Release a fix for {item.line} and name it, or end its support in the policy.",
                package_of(advisory, holding[0]),
            )


def _is_full(version: Version, item: Classified) -> bool:
    return not version.prerelease and not item.release.prerelease


def _names(versions: Sequence[Version]) -> str:
    shown = [str(version) for version in versions[:_MOST_NAMED]]
    more = len(versions) - len(shown)
    return listed([*shown, f"{more} more"] if more else shown)
