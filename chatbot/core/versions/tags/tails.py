"""What follows the numbers of a tag: the stage of a release, its patch, its edition, and the count of its build."""

from dataclasses import dataclass

from chatbot.core.text import patterns
from chatbot.core.versions.tags.habits import PLAIN, Habits, skeleton

# One step of a tail: (rank, number, word). Below 0 comes before the release itself, above 0 after it.
Step = tuple[int, int, str]
Tail = tuple[Step, ...]
# What tells builds of one version from each other: the words with `#` for each number, and the numbers.
Build = tuple[str, tuple[int, ...]]

END: Step = (0, 0, "")
_LOWEST = -6  # `1.2.4-0`: where npm starts to count prereleases, and the lowest there is in semver
_WHOLE = 3  # numbers that leave none to be named by a letter
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
_EDITIONS = patterns.compile(
    r"([-._~]?(?:(?:final|ga|release|stable|lts|ce|ee|oss|community|enterprise|signed|deb|rpm|docker|linux|windows|win|macos"
    r"|android|jre|jdk|java|slim|bookworm|bullseye|buster|trixie|focal|jammy|noble|amd64|arm64|musl|fips)[0-9]*"
    r"|(?:debian|ubuntu|alpine|ubi)[0-9]*(?:\.[0-9]+)*))(?:[^a-z0-9]|$)"
)
_PIECES = patterns.compile(r"[a-z]+|[0-9]+")
_TOKENS = patterns.compile(r"[-._~]*[a-z0-9]+")
_AFTER_Z = patterns.compile(r"z{1,3}[a-z]")


@dataclass(frozen=True, slots=True)
class TailParts:
    """`steps` order a version among those of its numbers and end with the mark of the end; `build` tells it from others that
    differ in nothing else; `prerelease` where it comes before the release itself."""

    steps: Tail
    build: Build
    prerelease: bool


def split_tail(tail: str, *, numbers: int, stage: str = "", habits: Habits = PLAIN) -> TailParts | None:
    """Read what follows the numbers; None where it makes it no version.

    `numbers` says how many there are: unknown words may touch several (`1.2.3foo`), but not one (the `7f3e` of a commit).
    """
    plain, _, metadata = tail.casefold().partition("+")
    if _is_pattern(plain, numbers):
        return None
    rest, build = _without_builds(plain, habits)
    edition = _edition(rest)
    rest = rest[edition:]
    pieces = _PIECES.findall(rest)
    if edition and pieces and pieces[0].isalpha() and pieces[0] not in _STAGES:
        pieces = []  # `-linux-amd64`: more of the edition
    touches = rest[:1].isalpha() and not edition
    first = [_STAGES[stage]] if stage else _first(pieces, touches=touches)
    unsure = [step for step in first if step[0] == _UNKNOWN or (step[0] == _LETTER and len(pieces) > 1)]
    if touches and unsure and numbers < 2:
        return None
    later = pieces if stage else pieces[1:]
    steps = (*first, *(_later(piece) for piece in later), END)
    prerelease = steps[0][0] < 0 and steps[0][2] not in habits.stages
    return TailParts(steps, _build(f"{build}+{metadata}"), prerelease)


def stage_word(tail: str) -> str:
    """The word of the stage before a release that a tail begins with (`beta` for `-b2`), "" where there is none."""
    pieces = _PIECES.findall(tail.casefold().partition("+")[0])
    step = _STAGES.get(pieces[0], END) if pieces else END
    return step[2] if step[0] < 0 else ""


def unknown_words(tail: str) -> frozenset[str]:
    """The words after the numbers that say no stage, as skeletons: `ls#` for `-ls446`."""
    plain = tail.casefold().partition("+")[0]
    words = (token[0].lstrip("-._~") for token in _TOKENS.finditer(plain[_edition(plain) :]))
    return frozenset(skeleton(word) for word in words if word[:1].isalpha() and _PIECES.findall(word)[0] not in _STAGES)


def is_unknown(step: Step) -> bool:
    """Whether a step stands for a word that says no stage that is known here."""
    return step[0] == _UNKNOWN and step[2] not in _STAGES


def _is_pattern(plain: str, numbers: int) -> bool:
    """`1.x`, `1.2.x`, `5.1.x-dev`: a line, not a version; but `1.0.2x` came after 1.0.2w."""
    rest = plain.removeprefix(".")
    return (rest != plain or numbers < _WHOLE) and rest[:1] == "x" and not rest[1:2].isalnum()


def _edition(plain: str) -> int:
    """Where the words of an edition end that a tail begins with."""
    at = 0
    while match := _EDITIONS.match(plain[at:]):
        at += len(match[1])
    return at


def _without_builds(plain: str, habits: Habits) -> tuple[str, str]:
    """A tail without the words that only count builds, and these."""
    if not habits.builds:
        return plain, ""
    rest, removed, after = "", "", False
    for token in _TOKENS.finditer(plain):
        word = token[0].lstrip("-._~")
        after = skeleton(word) in habits.builds or (after and word.isdigit())
        rest, removed = (rest, f"{removed}.{word}") if after else (rest + token[0], removed)
    return rest, removed


def _build(words: str) -> Build:
    """The count of a build; nothing where its words hold no number."""
    numbers = tuple(int(piece) for piece in _PIECES.findall(words) if piece.isdigit())
    return (skeleton(words.strip(".+")), numbers) if numbers else ("", ())


def _first(pieces: list[str], *, touches: bool) -> list[Step]:
    """The stage that the first piece after the numbers says; none where there is no piece."""
    if not pieces:
        return []
    piece, followed = pieces[0], len(pieces) > 1 and pieces[1].isdigit()
    if piece.isdigit():
        before = int(piece) == 0 or any(_STAGES.get(word, END)[0] < 0 for word in pieces[1:] if len(word) > 1)
        return [(_LOWEST if before else _NUMBER, int(piece), "")]  # `-0.5.pre` is a prerelease, `-29` a patch
    if touches and len(piece) == 1 and not (piece in _STAGES and followed):
        return [(_LETTER, 1, piece)]  # 1.1.1w, 2026-03b, 3.3a; but 1.0a1 is an alpha
    if touches and _AFTER_Z.fullmatch(piece) and not followed:
        return [(_LETTER, len(piece), piece)]  # 1.0.2za comes after 1.0.2z
    return [_STAGES.get(piece, (_UNKNOWN, 0, piece))]


def _later(piece: str) -> Step:
    if piece.isdigit():
        return (_NUMBER, int(piece), "")
    stage = _STAGES.get(piece, END)
    return stage if stage[0] == _DEV else (_WORD, 0, piece)
