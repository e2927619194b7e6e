"""The grammar of tags: where the package ends, where the numbers are, and what is left to say of the stage of a release."""

import functools
from dataclasses import dataclass

from chatbot.core.text import patterns
from chatbot.core.versions.tags.habits import PLAIN, Habits, fold

# Words before the numbers that name no package.
_RELEASE_WORDS = frozenset(
    {"v", "ver", "version", "versions", "r", "rel", "release", "releases", "tag", "tags", "stable"}
)
_RELEASE_WORDS |= {"final", "releng", "prod", "production", "lts", "ga", "hotfix", "refs", "upstream"}
# Words before the numbers that make it something else than a release.
NO_RELEASE = frozenset({"dev", "develop", "nightly", "latest", "test", "testing", "tests", "ci", "build", "snapshot"})
NO_RELEASE |= {"canary", "edge", "tmp", "temp", "wip", "draft", "backup", "archive", "daily", "weekly", "experimental"}
NO_RELEASE |= {"main", "master", "head", "trunk", "staging", "deploy", "before", "pr", "old", "end", "eol", "branch"}
_BEFORE = {"alpha": "alpha", "beta": "beta", "rc": "rc", "pre": "pre", "preview": "pre"}
# Folders of a repository that hold packages and are no part of their names.
_FOLDERS = frozenset({"packages", "package", "pkgs", "pkg", "crates", "libs", "lib", "modules", "apps", "projects"})

_CACHED = 16_384
_SEPARATORS = frozenset("-_.")
_SEPARATOR = patterns.compile(r"[-_.]")
_CALENDAR = patterns.compile(r"((?:19[89]|20[0-9])[0-9]-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)(?:[^0-9]|$)")
_RUN = patterns.compile(r"[0-9]+(?:[._][0-9]+)*")
_MIXED = patterns.compile(r"[0-9]+_[0-9]+(?:\.[0-9]+)+$")  # numbers are joined by one separator: the other one is none
_DIGIT_RUN = patterns.compile(r"[0-9]+")
_DASHED = patterns.compile(r"[0-9]+(?:-[0-9]+)+")
_COMMIT = patterns.compile(r"-g[0-9a-f]{4,}")  # of `git describe`: what stands before it counts commits
_MARK = patterns.compile(r"(?:^|[-_.])(?:v|ver|version)[-_.]?$", ignore_case=True)
_MARKS_OF_VERSION = patterns.compile(r"(?:[-_.](?:v|ver|version|rel|release|tag)?)+$", ignore_case=True)
_TAG_SIGNS = patterns.compile(r"[0-9A-Za-z@/._+~:-]+")


@dataclass(frozen=True, slots=True)
class TagParts:
    """A tag taken apart.

    - `package`: the name before the version, "" where there is none or it is the project's own
    - `text`: what is left without package and prefix, with the numbers joined by dots
    - `numbers`: as written
    - `tail`: what follows them
    - `stage`: a stage that was written before the numbers (`beta-1.2`)
    - `clean`: the name ends where a separator or a mark of a version says so, not at the first digit
    - `dashed`: the numbers are joined by dashes
    """

    package: str
    text: str
    numbers: tuple[str, ...]
    tail: str
    stage: str = ""
    clean: bool = True
    dashed: bool = False


@functools.lru_cache(maxsize=_CACHED)
def split_tag(tag: str, habits: Habits = PLAIN) -> TagParts | None:
    """Take a tag apart; None where it is not of the shape of a version."""
    if not _TAG_SIGNS.fullmatch(tag):
        return None
    package, mark, rest = _package_of(tag)
    if ":" in rest:
        return None  # an epoch, or an image of containers
    at = _after_name(rest, habits)
    name, stage = rest[:at].rstrip("-_."), ""
    if at is None:
        at = _where_numbers_start(rest)
        before = None if at is None else _before(rest[:at])
        if at is None or before is None:
            return None
        name, stage = before.name, before.stage
    elif (mark_at := _MARK.search(rest[:at])) is not None:
        name = rest[: mark_at.start()].rstrip("-_.")
    full = f"{package}/{name}" if package and name else package or name
    spelled = _spelled(full, habits)
    numbers, end, dashed = _numbers(rest, at, spelled, habits)
    has_name = (name and spelled) or (mark == "/" and package and not at)
    if has_name and len(numbers) == 1 and "+" not in rest[end:]:
        return None  # `phase-2`, `issue/17`: a word and a number is no version yet
    joined = ".".join(numbers) if dashed else rest[at:end]
    clean = not name or rest[at - 1] in _SEPARATORS or _MARK.search(rest[:at]) is not None
    return TagParts(spelled, (joined + rest[end:]).replace("_", "."), numbers, rest[end:], stage, clean, dashed)


def _spelled(package: str, habits: Habits) -> str:
    """The package by the name that the project shows it with."""
    folder, _, last = package.rpartition("/")
    if folder and all(part.casefold() in _FOLDERS for part in folder.split("/")) and not habits.spelling(last):
        return ""
    return habits.spelling(package)


def _package_of(tag: str) -> tuple[str, str, str]:
    """`@scope/pkg@1.2.3` -> (`@scope/pkg`, `@`, `1.2.3`); `sdk/go/v1.2.3` -> (`sdk/go`, `/`, `v1.2.3`)."""
    name, mark, rest = tag.rpartition("@")
    if not name:
        name, mark, rest = tag.rpartition("/")
    parts = name.split("/")
    if mark == "/" and rest[:1].isdigit() and any(part.casefold() in NO_RELEASE for part in parts):
        return "", "", ""  # `nightly/2024.01.02`; but `test/v1.2.3` is a Go module
    return "/".join(part for part in parts if part.casefold() not in _RELEASE_WORDS), mark, rest


def _after_name(rest: str, habits: Habits) -> int | None:
    """Where the numbers start behind a name that the project is known to use: `libsoup3_3.4.1`; None where there is none.

    A name that ends with a digit ends where a dash, an underscore or a `v` says so: in `http2.1.0` nothing does.
    """
    if not habits.names and not habits.own:
        return None
    match = None
    for run in _DIGIT_RUN.finditer(rest):
        prefix = rest[: run.start()]
        mark = _MARK.search(prefix)
        name = (prefix[: mark.start()] if mark else prefix).rstrip("-_.")
        open_end = name[-1:].isdigit() and not mark and prefix[len(name) :] not in {"-", "_"}
        if name and not open_end and _is_known(name, habits):
            match = run.start()
    return match


def _is_known(name: str, habits: Habits) -> bool:
    """Whether it is a name of a package or of the project; `libsoup-3` is none where `libsoup3` is."""
    folded = fold(name)
    spelling = next((spelling_of_it for folded_name, spelling_of_it in habits.names if folded_name == folded), "")
    return folded in habits.own | {folded_name for folded_name, _ in habits.names} and _glued(name) == _glued(
        spelling or folded
    )


def _glued(name: str) -> bool:
    """Whether the number at the end of a name touches a word."""
    return name.rstrip("0123456789")[-1:].isalpha()


@dataclass(frozen=True, slots=True)
class _Before:
    """What stands before the numbers: the name of a package, a stage, or neither."""

    name: str
    stage: str


def _before(prefix: str) -> _Before | None:
    """Read what stands before the numbers; None where it says that this is no release."""
    words = _words(prefix)
    others = [word for word in words if word not in _RELEASE_WORDS]
    if others and all(word in NO_RELEASE for word in others):
        return None  # `dev-7.17.0`, `nightly-2024-01-02`; but `mail-test-0.4.4` is a package
    stages = [_BEFORE[word] for word in words if word in _BEFORE]
    has_name = any(word not in _BEFORE for word in others)
    return _Before(_MARKS_OF_VERSION.sub("", prefix) if has_name else "", stages[-1] if stages else "")


def _where_numbers_start(rest: str) -> int | None:
    """The place of the first digit of the version: after release words, else of the first number of several parts.

    Numbers that touch a word in the middle of the tag (`log4j2.17.1`) are the version only where no others stand free.
    """
    runs = [(run.start(), run[0]) for run in _RUN.finditer(rest)]
    free = [(at, run) for at, run in runs if _stands_free(rest[:at])]
    for at, run in free:
        if rest[at - 1 : at].isalpha() and _MIXED.match(run) and not _says_release(rest[:at]):
            return at + run.index("_") + 1  # `libsoup3_3.4.1`: the digit belongs to the name
        several = run.strip("0123456789") or _many_by_dashes(rest, at)
        if several or _says_release(rest[:at]):
            return at
    glued = [at for at, run in runs if run.strip("0123456789")]
    return next(iter(glued), free[0][0] if free else None)


def _says_release(prefix: str) -> bool:
    """Whether there are only words that name no package."""
    return all(word in _RELEASE_WORDS for word in _words(prefix))


def _stands_free(prefix: str) -> bool:
    """Whether numbers behind this begin a version: at the start, after a separator, a mark of a version or the only word."""
    bare = prefix[:-1] if prefix[-1:] in _SEPARATORS else prefix
    return not prefix or prefix[-1] in _SEPARATORS or bare.isalpha() or _MARK.search(prefix) is not None


def _numbers(rest: str, at: int, package: str, habits: Habits) -> tuple[tuple[str, ...], int, bool]:
    """The numbers that start there, where they end, and whether dashes join them."""
    if day := _CALENDAR.match(rest[at:]):
        return tuple(day[1].split("-")), at + len(day[1]), False
    run = _RUN.match(rest[at:])
    assert run  # noqa: S101 - a digit stands there
    dashed = _DASHED.match(rest[at:])
    if dashed and run[0].isdigit():
        numbers, end = dashed[0].split("-"), at + len(dashed[0])
        if _COMMIT.match(rest[end:]):
            end -= len(numbers.pop()) + 1
        if _joined_by_dashes(rest, at, end, len(numbers), is_package=fold(package) in habits.dashed):
            return tuple(numbers), end, True
    return tuple(run[0].replace("_", ".").split(".")), at + len(run[0]), False


def _many_by_dashes(rest: str, at: int) -> bool:
    dashed = _DASHED.match(rest[at:])
    return dashed is not None and _joined_by_dashes(
        rest, at, at + len(dashed[0]), dashed[0].count("-") + 1, is_package=False
    )


def _joined_by_dashes(rest: str, at: int, end: int, count: int, *, is_package: bool) -> bool:
    """Whether the dashes between the numbers are what dots are elsewhere: `2-4-19`, `rel-2-4`; but `254-1` is a patch."""
    if count < 2 or (rest[end : end + 1] in _SEPARATORS - {"-"} and rest[end + 1 : end + 2].isdigit()):
        return False
    marked = _says_release(rest[:at]) and rest[:at].endswith("-")
    return is_package or count > 2 or marked


def _words(prefix: str) -> list[str]:
    return [word for word in _SEPARATOR.split(prefix.casefold()) if word]
