"""Globs of tags in the configuration: which of them can match nothing, and which change nothing beside others."""

from collections.abc import Iterator, Mapping
from typing import Any

Problem = tuple[str, int, str, str]  # key, position, problem, how to fix it
Token = frozenset[str] | None  # the characters that one place may hold; None: any text

_OTHER = "\N{REPLACEMENT CHARACTER}"  # stands for every character that no glob names
# What git allows in a tag, https://git-scm.com/docs/git-check-ref-format; of all else, one stands for many.
_ALPHABET = frozenset(map(chr, range(33, 127))) - frozenset("~^:?*[\\") | {_OTHER}
_EXCLUDE = "put it into exclude_tags without the !"
_GLOB = 'write a glob such as "v*": * is any text, ? one character, [12] one of these'


def problem_of(glob: str) -> tuple[str, str] | None:
    """Why a glob can match no tag, and how to fix it; None where it can."""
    if glob.startswith("!"):
        return "has no effect, because a glob cannot exclude", _EXCLUDE
    if glob.startswith("refs/"):
        return "matches no tag", "write the name of the tag alone, without refs/tags/"
    plain = glob.replace("*", " ")
    if glob.startswith("/") or glob.endswith("/") or ".." in plain or "@{" in plain:
        return "matches no tag", "git allows no such name; " + _GLOB
    if any(token is not None and not token for token in tokens(glob)):
        return "matches no tag", "git allows no tag with one of these characters; " + _GLOB
    return None


def mistakes(project: Mapping[str, Any]) -> Iterator[Problem]:
    """What a project's `tags` and `exclude_tags` come to together: globs that change nothing, and excluding everything."""
    tags, excluded = _globs(project, "tags"), _globs(project, "exclude_tags")
    for key, globs in (("tags", tags), ("exclude_tags", excluded)):
        yield from _without_effect(key, globs)
    included = [glob for _, glob in tags] or ["*"]
    for position, glob in excluded:
        if not any(meet(glob, other) for other in included):
            yield (
                "exclude_tags",
                position,
                "has no effect, because nothing in tags matches it",
                "remove it, or correct one of them",
            )
    if excluded and all(any(covers(glob, other) for _, glob in excluded) for other in included):
        yield "exclude_tags", excluded[0][0], "excludes every tag", "leave some tags in"


def _globs(project: Mapping[str, Any], key: str) -> list[tuple[int, str]]:
    value = project.get(key)
    items = value if isinstance(value, list) else []
    return [(at, glob) for at, glob in enumerate(items) if isinstance(glob, str) and glob and problem_of(glob) is None]


def _without_effect(key: str, globs: list[tuple[int, str]]) -> Iterator[Problem]:
    for position, glob in globs:
        for other_position, other in globs:
            same = covers(glob, other)
            if position != other_position and covers(other, glob) and (not same or other_position < position):
                yield (
                    key,
                    position,
                    f"has no effect beside {key}[{other_position}], which matches the same tags",
                    "remove it",
                )
                break


def tokens(glob: str) -> list[Token]:
    """The glob as places, as fnmatch reads it; characters that git allows in no tag are left out of each."""
    result: list[Token] = []
    at = 0
    while at < len(glob):
        end = _end_of_class(glob, at)
        if glob[at] == "*":
            result += [None] if not result or result[-1] is not None else []
        elif glob[at] == "?":
            result.append(_ALPHABET)
        elif end:
            result.append(_class(glob[at + 1 : end]))
            at = end
        else:
            result.append(_place(glob[at]))
        at += 1
    return result


def _place(letter: str) -> frozenset[str]:
    return frozenset({letter}) if letter in _ALPHABET or not letter.isascii() else frozenset()


def _end_of_class(glob: str, at: int) -> int:
    """Where the class ends that begins there, 0 where none does: `[` alone is a character."""
    if glob[at] != "[":
        return 0
    first = at + 2 if glob[at + 1 : at + 2] == "!" else at + 1
    return max(glob.find("]", first + 1), 0)


def _class(inside: str) -> frozenset[str]:
    negated, letters = inside.startswith("!"), inside.removeprefix("!")
    characters: set[str] = set()
    at = 0
    while at < len(letters):
        if letters[at + 1 : at + 2] == "-" and at + 2 < len(letters):
            characters |= {each for each in _ALPHABET if letters[at] <= each <= letters[at + 2]}
            at += 3
        else:
            characters |= _place(letters[at])
            at += 1
    return _ALPHABET - characters if negated else frozenset(characters)


def covers(wide: str, narrow: str) -> bool:
    """Whether all that one glob matches is matched by the other; where only their shapes could tell, it is not."""
    one, other = tokens(wide), tokens(narrow)
    row = [all(token is None for token in one[at:]) for at in range(len(one) + 1)]
    for place in reversed(other):
        after, row = row, [False] * (len(one) + 1)
        for at in range(len(one) - 1, -1, -1):
            here = one[at]
            if here is None:
                row[at] = row[at + 1] or after[at]
            else:
                row[at] = place is not None and place <= here and after[at + 1]
    return row[0]


def meet(one: str, other: str) -> bool:
    """Whether some tag matches both globs."""
    first, second = tokens(one), tokens(other)
    row = [all(token is None for token in second[at:]) for at in range(len(second) + 1)]
    for place in reversed(first):
        after, row = row, [False] * (len(second) + 1)
        row[-1] = place is None and after[-1]
        for at in range(len(second) - 1, -1, -1):
            here = second[at]
            if place is None or here is None:
                row[at] = after[at] or row[at + 1]
            else:
                row[at] = bool(place & here) and after[at + 1]
    return row[0]
