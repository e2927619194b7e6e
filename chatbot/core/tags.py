"""The grammar of tags: where the package ends, where the numbers are, and what the rest says of the stage of a release."""

from dataclasses import dataclass

from chatbot.core import patterns

# One step of a tail: (rank, number, word). Below 0 comes before the release itself, above 0 after it.
Step = tuple[int, int, str]
Tail = tuple[Step, ...]

_END: Step = (0, 0, "")
_LOWEST = -6  # `1.2.4-0`: where npm starts to count prereleases, and the lowest there is in semver
_DEV, _UNKNOWN, _LETTER, _NUMBER, _WORD = -5, -2, 1, 2, 3

# Each spelling of a stage with its rank and the one word it stands for.
_STAGES: dict[str, Step] = {
    spelling: (rank, 0, words[0])
    for rank, words in (
        (_DEV, ("dev", "develop", "development", "snapshot", "nightly", "daily", "weekly", "canary", "experimental")),
        (_DEV, ("unstable", "edge", "insiders", "insider", "next", "wip", "test", "testing", "ci", "git", "trunk")),
        (-4, ("alpha", "a")),
        (-3, ("beta", "b")),
        (-2, ("pre", "preview", "prerelease", "milestone", "m", "ea", "tp")),
        (-1, ("rc", "c", "cr", "candidate", "releasecandidate")),
        (1, ("post", "p", "patch", "pl", "patchlevel", "sp", "hotfix", "hf", "fix", "bugfix", "r", "rev", "security")),
    )
    for spelling in words
}
# Words that say "this is the release itself", or name an edition of it; a number may be glued to them (`jre7`, `win32`).
_EDITION = (
    "(?:final|ga|release|stable|lts|ce|ee|oss|community|enterprise|signed|deb|rpm|docker|linux|windows|win|macos"
    "|android|jre|jdk|java|debian|ubuntu|alpine)[0-9]*"
)
_EDITIONS = patterns.compile(rf"([-._]?{_EDITION}(?:[-._]{_EDITION})*)(?:[^a-z0-9]|$)")  # what counts is group 1

# Words before the numbers that name no package.
_RELEASE_WORDS = frozenset(
    {"v", "ver", "version", "versions", "r", "rel", "release", "releases", "tag", "tags", "stable"}
)
_RELEASE_WORDS |= {"final", "releng", "prod", "production", "lts", "ga", "hotfix", "refs", "upstream"}
# Words before the numbers that make it something else than a release.
_NO_RELEASE = frozenset({"dev", "develop", "nightly", "latest", "test", "testing", "tests", "ci", "build", "snapshot"})
_NO_RELEASE |= {"canary", "edge", "tmp", "temp", "wip", "draft", "backup", "archive", "daily", "weekly", "experimental"}
_NO_RELEASE |= {"main", "master", "head", "trunk", "staging", "deploy", "before", "pr", "old", "end", "eol", "branch"}
_BEFORE = {"alpha": "alpha", "beta": "beta", "rc": "rc", "pre": "pre", "preview": "pre"}

# Group 1 is what counts: the date, the numbers.
_CALENDAR = patterns.compile(r"((?:19[89]|20[0-9])[0-9]-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)(?:[^0-9]|$)")
_NUMBERS = patterns.compile(r"([0-9]+(?:[._][0-9]+)*)")
# Both end with the first digit of what may be the version.
_LEAD = patterns.compile(r"(?:[a-z]+[-_.]?)?[0-9]", ignore_case=True)
_STARTS = patterns.compile(r"(?:[-_.]|^)(?:v(?:er(?:sion)?)?[-_.]?)?[0-9]", ignore_case=True)
_MARKS_OF_VERSION = patterns.compile(r"(?:[-_.](?:v|ver|version|rel|release|tag)?)+$", ignore_case=True)
_PIECES = patterns.compile(r"[a-z]+|[0-9]+")
_PATTERN = patterns.compile(r"\.?x(?:[^a-z0-9]|$)")  # 1.x, 1.2.x, 5.1.x-dev: a line, not a version
_AFTER_Z = patterns.compile(r"z{1,3}[a-z]")
_ALLOWED = patterns.compile(r"[0-9A-Za-z@/._+~:-]+")
_SEPARATOR = patterns.compile(r"[-._]")


@dataclass(frozen=True, slots=True)
class TagParts:
    """`text` is what is left of the tag without package and prefix; `numbers` are as written; `tail` is what follows them;
    `stage` is a stage that was written before the numbers (`beta-1.2`)."""

    package: str
    text: str
    numbers: tuple[str, ...]
    tail: str
    stage: str = ""


def split_tag(tag: str) -> TagParts | None:
    """Take a tag apart; None where it is not of the shape of a version."""
    if not _ALLOWED.fullmatch(tag):
        return None
    package, mark, rest = _package_of(tag)
    at = _where_numbers_start(rest)
    before = None if at is None else _before(rest[:at])
    if at is None or before is None:
        return None
    found = _CALENDAR.match(rest[at:]) or _NUMBERS.match(rest[at:])
    assert found  # noqa: S101 - _where_numbers_start promised a digit
    numbers, tail = tuple(_SEPARATOR.split(found[1])), rest[at + found.end(1) :]
    named = before.name or (mark == "/" and package and not at)
    if named and len(numbers) == 1 and "+" not in tail:
        return None  # `phase-2`, `issue/17`: a word and a number is no version yet
    name = f"{package}/{before.name}" if package and before.name else package or before.name
    return TagParts(name, rest[at:].replace("_", "."), numbers, tail, before.stage)


def _package_of(tag: str) -> tuple[str, str, str]:
    """`@scope/pkg@1.2.3` -> (`@scope/pkg`, `@`, `1.2.3`); `sdk/go/v1.2.3` -> (`sdk/go`, `/`, `v1.2.3`)."""
    name, mark, rest = tag.rpartition("@")
    if not name:
        name, mark, rest = tag.rpartition("/")
    parts = name.split("/")
    if mark == "/" and rest[:1].isdigit() and any(part.casefold() in _NO_RELEASE for part in parts):
        return "", "", ""  # `nightly/2024.01.02`; but `test/v1.2.3` is a Go module
    return "/".join(part for part in parts if part.casefold() not in _RELEASE_WORDS), mark, rest


@dataclass(frozen=True, slots=True)
class _Before:
    """What stands before the numbers: the name of a package, a stage, or neither."""

    name: str
    stage: str


def _before(prefix: str) -> _Before | None:
    """Read what stands before the numbers; None where it says that this is no release."""
    words = _words(prefix)
    others = [word for word in words if word not in _RELEASE_WORDS]
    if others and all(word in _NO_RELEASE for word in others):
        return None  # `dev-7.17.0`, `nightly-2024-01-02`; but `mail-test-0.4.4` is a package
    stages = [_BEFORE[word] for word in words if word in _BEFORE]
    named = any(word not in _BEFORE for word in others)
    return _Before(_MARKS_OF_VERSION.sub("", prefix) if named else "", stages[-1] if stages else "")


def _where_numbers_start(rest: str) -> int | None:
    """The place of the first digit of the version: after release words, else of the first number of several parts."""
    starts = sorted({found.end() - 1 for found in (_LEAD.match(rest), *_STARTS.finditer(rest)) if found})
    for at in starts:
        if all(word in _RELEASE_WORDS for word in _words(rest[:at])):
            return at
        found = _NUMBERS.match(rest[at:])
        if found and found[0].strip("0123456789"):
            return at
    return starts[0] if starts else None


def _words(prefix: str) -> list[str]:
    return [word for word in _SEPARATOR.split(prefix.casefold()) if word]


def split_tail(tail: str, *, attached_ok: bool, stage: str = "") -> Tail | None:
    """The steps of what follows the numbers, ending with the mark of the end; None where it makes it no version.

    `attached_ok` says whether unknown words may touch the numbers (`1.2.3foo`, but not the `7f3e` of a commit).
    """
    plain = tail.partition("+")[0].casefold()
    if _PATTERN.match(plain):
        return None
    edition = _EDITIONS.match(plain)
    rest = plain[edition.end(1) :] if edition else plain
    pieces = _PIECES.findall(rest)
    if edition and pieces and pieces[0].isalpha() and pieces[0] not in _STAGES:
        pieces = []  # `-linux-amd64`: more of the edition
    touches = rest[:1].isalpha() and not edition
    first = [_STAGES[stage]] if stage else _first(pieces, touches=touches)
    unsure = [step for step in first if step[0] == _UNKNOWN or (step[0] == _LETTER and len(pieces) > 1)]
    if touches and unsure and not attached_ok:
        return None
    later = pieces if stage else pieces[1:]
    return (*first, *(_later(piece) for piece in later), _END)


def _first(pieces: list[str], *, touches: bool) -> list[Step]:
    """The stage that the first piece after the numbers says; none where there is no piece."""
    if not pieces:
        return []
    piece, followed = pieces[0], len(pieces) > 1 and pieces[1].isdigit()
    if piece.isdigit():
        before = int(piece) == 0 or any(_STAGES.get(word, _END)[0] < 0 for word in pieces[1:] if len(word) > 1)
        return [(_LOWEST if before else _NUMBER, int(piece), "")]  # `-0.5.pre` is a prerelease, `-29` a patch
    if touches and len(piece) == 1 and not (piece in _STAGES and followed):
        return [(_LETTER, 1, piece)]  # 1.1.1w, 2026-03b, 3.3a; but 1.0a1 is an alpha
    if touches and _AFTER_Z.fullmatch(piece) and not followed:
        return [(_LETTER, len(piece), piece)]  # 1.0.2za comes after 1.0.2z
    return [_STAGES.get(piece, (_UNKNOWN, 0, piece))]


def _later(piece: str) -> Step:
    if piece.isdigit():
        return (_NUMBER, int(piece), "")
    stage = _STAGES.get(piece, _END)
    return stage if stage[0] == _DEV else (_WORD, 0, piece)
