"""Whether one package's entry in an advisory holds a version, and which versions it names as fixed."""

import functools
from collections.abc import Iterator
from dataclasses import replace

from chatbot.core.model.facts import Affected, Span
from chatbot.core.versions.ecosystems import GIT, PROJECT, Place, Scheme, place, scheme_for, text_for
from chatbot.core.versions.ranges.text import read_steps
from chatbot.core.versions.ranges.version_range import Bound, Op, Range, read_range
from chatbot.core.versions.tags.habits import PLAIN, Habits
from chatbot.core.versions.version import Version, line_numbers, read_tag

_CACHED = 16_384  # more than the entries of one project: what does not fit is read again for each version
BEGINNING = "0"  # https://ossf.github.io/osv-schema/#affectedrangesevents-fields: before every version
_FROM: frozenset[Op] = frozenset({">", ">=", "="})
_TO: frozenset[Op] = frozenset({"<", "<=", "="})


def holds(entry: Affected, version: Version | str) -> bool | None:
    """Whether the version is affected by this entry; None where that cannot be read.

    The algorithm is OSV's (https://ossf.github.io/osv-schema/#evaluation): a version that is listed, or within a span; the
    free text of GitHub counts as further spans. An entry that states nothing cannot be read.
    """
    scheme = scheme_for(entry.scheme, version)
    text = text_for(scheme, version)
    if _listed(entry, version, text, scheme):
        return True
    answers = [*_by_spans(entry, text, scheme), *_by_range(entry, text, scheme)]
    if any(answers):
        return True
    if None in answers or not (answers or entry.versions) or _in_a_gap(entry, text, scheme):
        return None
    return False


def _in_a_gap(entry: Affected, text: str, scheme: Scheme) -> bool:
    """Whether the version lies above what the entry calls affected and below the version that it names as the fix.

    `<= 2.41.1`, patched in `2.41.4`: the range says that 2.41.3 is safe, the fix says that it is not. Nobody can tell.
    """
    at = place(scheme, text) if entry.patched else None
    fixes = [(name, fix) for name in fixes_named(entry) if (fix := place(scheme, name)) is not None]
    above = [(name, fix) for name, fix in fixes if at is not None and at < fix]
    if not above:
        return False
    first = functools.reduce(lambda one, other: other if other[1] < one[1] else one, above)[0]
    passed = [name for name, fix in fixes if at is not None and not at < fix]
    before = [each for each in runs(entry, scheme) if all(bound.holds(first, scheme) for bound in each[0])]
    if any(not all(bound.holds(text, scheme) for bound in lower) for lower, _ in before):
        return False  # the fix belongs to versions above this one
    return any(
        not any(_beyond(upper, name, scheme) for name in passed) for _, upper in before if _beyond(upper, text, scheme)
    )


def runs(entry: Affected, scheme: Scheme) -> Iterator[tuple[tuple[Bound, ...], tuple[Bound, ...]]]:
    """The lower and the upper bounds of each run of versions that the entry calls affected."""
    if entry.scheme == GIT:
        return
    for span in entry.spans:
        lower = [Bound(">=", span.introduced)] if span.introduced != BEGINNING else []
        upper = [Bound("<", span.fixed)] if span.fixed else []
        upper += [Bound("<=", span.last_affected)] if span.last_affected else []
        yield tuple(lower), tuple(upper)
    readable = readable_range(entry.range, scheme) if entry.range else None
    for bounds in readable.alternatives if readable else ():
        yield (
            tuple(replace(bound, op=">=") if bound.op == "=" else bound for bound in bounds if bound.op in _FROM),
            tuple(replace(bound, op="<=") if bound.op == "=" else bound for bound in bounds if bound.op in _TO),
        )


def _beyond(upper: tuple[Bound, ...], text: str, scheme: Scheme) -> bool:
    return any(not bound.holds(text, scheme) for bound in upper)


def _listed(entry: Affected, version: Version | str, text: str, scheme: Scheme) -> bool:
    if not entry.versions:
        return False
    if text in entry.versions or (isinstance(version, Version) and version.tag in entry.versions):
        return True
    at = place(_listing(scheme), text)
    return at is not None and any(at == other for other in _listed_places(entry.versions, _listing(scheme)))


def _listing(scheme: Scheme) -> Scheme:
    """Commits have no order, but the names of tags beside them have the project's."""
    return PROJECT if scheme == GIT else scheme


@functools.lru_cache(maxsize=_CACHED)
def _listed_places(versions: tuple[str, ...], scheme: Scheme) -> tuple[Place | None, ...]:
    return tuple(place(scheme, version) for version in versions)


def _by_spans(entry: Affected, text: str, scheme: Scheme) -> Iterator[bool | None]:
    if entry.scheme == GIT:
        if entry.spans and not entry.versions:
            yield None
        return
    for span in entry.spans:
        yield _within(span, text, scheme)


def _within(span: Span, text: str, scheme: Scheme) -> bool | None:
    at = place(scheme, text)
    first, fixed, last = (
        place(scheme, bound) if bound else None for bound in (span.introduced, span.fixed, span.last_affected)
    )
    from_the_beginning = span.introduced == BEGINNING
    unreadable = (
        (first is None and not from_the_beginning)
        or (fixed is None and span.fixed)
        or (last is None and span.last_affected)
    )
    if at is None or unreadable:
        return None
    after_first = from_the_beginning or (first is not None and not at < first)
    before_fix = fixed is None or at < fixed
    return after_first and before_fix and (last is None or not last < at)


def _by_range(entry: Affected, text: str, scheme: Scheme) -> Iterator[bool | None]:
    if entry.range:
        readable = readable_range(entry.range, scheme)
        within = readable.contains(text) if readable else None
        yield within and not (readable and _patched_in_its_line(entry, text, readable))


def _patched_in_its_line(entry: Affected, text: str, readable: Range) -> bool:
    """Whether a version within the range has the fix of its own line: `< 1.10.2`, patched in `1.10.2, 1.9.9`.

    Only where another patched version is outside: one that is alone contradicts its range, and then the range is believed.
    """
    fixes = fixes_named(entry) if entry.patched else ()
    inside = [name for name in fixes if readable.contains(name)]
    habits = readable.scheme if isinstance(readable.scheme, Habits) else PLAIN
    version, at = read_tag(text, habits), place(readable.scheme, text)
    if version is None or at is None or len(inside) == len(fixes):
        return False
    return any(
        line_numbers(fix) == line_numbers(version) and not at < fixed
        for name in inside
        if (fix := read_tag(name, habits)) is not None and (fixed := place(readable.scheme, name)) is not None
    )


@functools.lru_cache(maxsize=_CACHED)
def readable_range(text: str, scheme: Scheme) -> Range | None:
    return read_range(text, scheme)


@functools.lru_cache(maxsize=_CACHED)
def fixes_named(entry: Affected) -> tuple[str, ...]:
    """The versions that the entry names as fixed, as written and without repetition.

    The patched versions of GitHub and the `fixed` of OSV; where there is neither, the version before which a range ends.
    """
    versions = [step.text for step in read_steps(entry.patched) or () if step.op in {"=", ">="} and not step.line]
    if entry.scheme != GIT:
        versions += [span.fixed for span in entry.spans if span.fixed]
    if not versions and (readable := readable_range(entry.range, entry.scheme)):
        versions = list(readable.ends)
    return tuple(dict.fromkeys(name for name in versions if place(entry.scheme, name) is not None))


def concerns(entry: Affected, version: Version | str) -> bool:
    """Whether the entry can be about the package of the version.

    It is not where a tag names its package exactly (`pkg@1.2.3`) and a package ecosystem names another one. Names that are
    glued to a version (`rec-5.0.0`, `go1.18`) are a project's own words, and seldom those of an advisory.
    """
    if isinstance(version, str) or not entry.package or entry.scheme in {PROJECT, GIT}:
        return True
    return "@" not in version.tag or is_about(entry, version)


def is_about(entry: Affected, version: Version | str) -> bool:
    """Whether the entry names the package of the version, in full or by the last part of its name."""
    package = version.tag.rpartition("@")[0] or version.package if isinstance(version, Version) else ""
    return bool(package) and {entry.package.casefold(), _last_part(entry.package)} >= {package.casefold()}


def _last_part(name: str) -> str:
    """`org.example:mail` and `github.com/org/mail` are called `mail`."""
    return name.replace(":", "/").rpartition("/")[2].casefold()


def same_package(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def range_text(entry: Affected) -> str:
    """The range in one notation: as published where it is text, else `>= 1.0, < 1.2`; "" where nothing is stated."""
    words = [entry.range] if entry.range else []
    if entry.scheme != GIT:
        words += [_span_text(span) for span in entry.spans]
    if not words and entry.versions:
        words = [f"= {version}" for version in entry.versions]
    return " || ".join(dict.fromkeys(words))


def _span_text(span: Span) -> str:
    parts = [] if span.introduced == BEGINNING else [f">= {span.introduced}"]
    parts += [f"< {span.fixed}"] if span.fixed else []
    parts += [f"<= {span.last_affected}"] if span.last_affected else []
    return ", ".join(parts) or "*"


def fix_versions(entry: Affected, habits: Habits = PLAIN) -> tuple[Version, ...]:
    """The same as versions in the project's order; those that it cannot read are left out."""
    versions = (read_tag(name, habits) for name in fixes_named(entry))
    return tuple(version for version in versions if version is not None)
