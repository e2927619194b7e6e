"""What a clause names: branches and versions of the project's own."""

from chatbot.core.text import patterns
from chatbot.sources.support_policy.dates import dates_in
from chatbot.sources.support_policy.rows.selectors import BRANCHES, Selector, read_selector
from chatbot.sources.support_policy.scan import cores

_LETTERS = patterns.compile(r"[a-z]+")
_BRANCH = patterns.compile(r"\bbranch(?:es)? ([\w./-]*\w)|\b([\w./-]*\w) branch(?:es)?\b")


_NO_BRANCH = frozenset(
    {
        "latest",
        "each",
        "every",
        "any",
        "all",
        "the",
        "this",
        "that",
        "these",
        "those",
        "our",
        "a",
        "an",
        "current",
        "older",
        "old",
        "previous",
        "release",
        "releases",
        "version",
        "major",
        "minor",
        "one",
        "two",
        "three",
        "following",
        "other",
        "same",
        "new",
        "newer",
        "maintained",
        "supported",
        "and",
        "or",
        "of",
        "is",
        "are",
        "will",
        "on",
        "in",
        "for",
        "to",
        "with",
        "which",
        "but",
        "separate",
        "lts",
        "active",
        "last",
        "only",
        "no",
    }
)
_EXAMPLE = patterns.compile(r"\b(?:example|as follows if)\b")
_CHARACTER = patterns.compile(r"[\w.]")
_FILL = patterns.compile(r"\b(?:versions?|the|for|releases?|of)\b")
_NUMBER = patterns.compile(
    r"(?:^|[^\w.-]|[<>≤≥]=? ?)((?:v\d+(?:\.\d+)*(?:\.[x*])*|\d+(?:\.\d+)*(?:\.[x*])+|\d+(?:\.\d+){1,3}))(?:$|[^\w%.]|\.(?:$|\D))"
    r"|versions? (\d+)(?:$|[^\w.]|\.(?:$|\s))|(?:(?:versions )?before|versions below) (\d+)"
    r"(?:[.,;]?$|,? (?:is|are|will|do|have|get|receive)\b)"
)
_COMPARED = patterns.compile(r"[<>≤≥]=? ?$")
_FOREIGN = patterns.compile(
    r"\b(?:python|php|node(?:\.?js)?|java|jdk|ruby|go|golang|rust|\.net|cvss|tls|ssl|gpl|apache|license|mit|rfc|http|windows|ubuntu"
    r"|debian|mysql|mariadb|postgres\w*|django|rails|symfony|calendar|semver|semantic|section|chapter)[ -]?(?:version )?v?$"
)
_CIRCUMSTANCE = patterns.compile(
    r"\b(?:until|till|after|once|when|upon|replaced by|superseded by|release of|beginning (?:with|from))"
    r"\s*(?:the\s+)?(?:release of\s+)?(?:\w+\s+){0,3}(?:versions?)?$"
)
_BEFORE = patterns.compile(
    r"(?:\b(?:older|newer|lower|earlier|later|higher|less|greater) than|\b(?:prior|up) to|\bbefore|\bbelow|\babove"
    r"|\bsince|\bstarting (?:from|with|at)"
    r"|\bfrom|\bolder|\bprevious|\bearlier)\s*(?:versions?\s*)?$"
)
_AFTER = patterns.compile(
    r"\+|\s*(?:,?\s*(?:and|or)\s+)(?:all\s+)?(?:below|older|earlier|lower|prior|above|newer|later|higher|up|beyond|onwards?)\b"
)


def names_in(clause: str) -> frozenset[str]:
    """The branches that a clause names: `main`, `the 2.0-stable branch`."""
    words = frozenset(_LETTERS.findall(clause)) & BRANCHES - {"next", "development", "head", "edge", "tip"}
    return words | branches_in(clause)


def branches_in(clause: str) -> frozenset[str]:
    """The names beside the word "branch": `the 2.0-stable branch`, `(branch v2.x)`."""
    if "branch" not in clause:
        return frozenset()
    return frozenset(name for pair in _BRANCH.findall(clause) for name in pair if name and name not in _NO_BRANCH)


def selector_in(clause: str) -> Selector:
    """The versions that a clause names, dates and other software's versions left aside."""
    masked = clause
    for _, at in dates_in(clause):
        masked = masked[:at] + _CHARACTER.sub("#", masked[at : at + 12]) + masked[at + 12 :]
    if example := _EXAMPLE.search(masked):
        masked = masked[: example.start()]
    places = [(_with_comparison(masked, start), end) for start, end, _ in cores(_NUMBER, masked)]
    own_places = [(start, end) for start, end in places if _is_own(masked[:start].rstrip(" v"))]
    if not own_places or "n-1" in masked:
        return Selector()
    start, end = own_places[0][0], own_places[-1][1]
    before = _BEFORE.search(masked[:start])
    after = _AFTER.match(masked[end:])
    start = before.start() if before else start
    end += after.end() if after else 0
    return read_selector(_FILL.sub(" ", masked[start:end]))


def _with_comparison(text: str, start: int) -> int:
    """Where a version begins with the comparison before it."""
    match = _COMPARED.search(text[:start])
    return match.start() if match else start


def _is_own(before: str) -> bool:
    """Whether the words before a version leave it the project's own, and no circumstance."""
    return not _FOREIGN.search(before) and not _CIRCUMSTANCE.search(before)
