"""The name that a project gives a release, where it is more than its version: "Blue Heron" of "Mailer v2.3.0: Blue Heron"."""

from chatbot.core.text import patterns

_LONGEST = 80
_NOISE = patterns.compile(
    r"^(?:releases?|version|ver|v|stable|final|patch|minor|major|update|tag|the|of|no|is|out|\d{4}-\d{2}-\d{2}|\d+)$",
    ignore_case=True,
)
_AROUND = " \t:,;.!?()[]{}<>-\u2010\u2011\u2012\u2013\u2014|/\\_~*#=+\"'`\u201c\u201d\u2018\u2019\u00ab\u00bb"


def release_name(title: str, *names: str) -> str:
    """What remains of a release's title without its `names` (tag, version, project); empty where that is nothing to read."""
    rest = " ".join(title.split())
    for name in sorted({name for name in names if name}, key=len, reverse=True):
        rest = _without(rest, name)
    words = rest.split()
    while words and _says_nothing(words[0]):
        words = words[1:]
    while words and _says_nothing(words[-1]):
        words = words[:-1]
    rest = " ".join(words).strip(_AROUND)
    if not any(character.isalpha() for character in rest):
        return ""
    return rest if len(rest) <= _LONGEST else rest[: _LONGEST - 1].rstrip() + "…"


def _without(title: str, name: str) -> str:
    """The title without a name that stands there as a word, in any case."""
    lowered, wanted = title.lower(), name.lower()
    if len(lowered) != len(title):
        return title
    at = lowered.find(wanted)
    while at >= 0:
        before, after = title[at - 1 : at] if at else "", title[at + len(name) : at + len(name) + 1]
        if not after.isalnum() and (not before.isalnum() or before in "vV"):
            return f"{title[:at]} {title[at + len(name) :]}"
        at = lowered.find(wanted, at + 1)
    return title


def _says_nothing(word: str) -> bool:
    bare = word.strip(_AROUND)
    return not bare or bool(_NOISE.search(bare))
