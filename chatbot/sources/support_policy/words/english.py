"""English: the many ways to say one thing become one, so that the grammar of promises knows few words."""

from functools import lru_cache

from chatbot.core.text import patterns

_VARIANTS = {
    "latest": (
        "most recently released",
        "most recently published",
        "most recent",
        "newest",
        "most current",
        "most up to date",
        "very latest",
        "most up-to-date",
        "up-to-date",
        "freshest",
        "lastest",
        "latests",
        "latset",
        "lates",
    ),
    "receive": ("recieve",),
    "receives": ("recieves",),
    "supported": (
        "suported",
        "suppported",
        "supproted",
        "safe to use",
        "safe to run",
        "considered safe",
        "considered secure",
    ),
    "security": ("securty", "secuirty", "sercurity"),
    "version": ("verison",),
    "versions": ("verisons",),
    "maintained": ("mantained", "maintaned", "looked after", "taken care of", "cared for"),
    "previous": (
        "next most recent",
        "next-most-recent",
        "second most recent",
        "second latest",
        "second newest",
        "second-to-last",
        "immediately previous",
        "immediately preceding",
        "directly preceding",
        "immediately prior",
        "preceding",
        "penultimate",
        "next to last",
    ),
    "eol": (
        "end of life",
        "end-of-life",
        "end of support",
        "end-of-support",
        "end of maintenance",
        "end-of-maintenance",
        "end of security support",
        "eosl",
        "eos",
        "eol'd",
        "end-of-lifed",
        "end of lifed",
        "eoled",
    ),
    "unsupported": (
        "out of support",
        "out of maintenance",
        "out-of-support",
        "un-supported",
        "non-supported",
        "not-supported",
    ),
    "not": ("no longer", "not any longer", "no more"),
    "": (
        "any more",
        "anymore",
        "any longer",
        "only ever:only",
        "ever",
        "officially",
        "actively",
        "actually",
        "truly",
        "really",
        "in fact",
    ),
    "covered": (
        "covered by this policy",
        "covered by this security policy",
        "covered by the policy",
        "covered by our policy",
        "covered by it",
    ),
    "we support": (
        "this policy covers",
        "this policy applies to",
        "the policy covers",
        "our policy covers",
        "this page covers",
    ),
    "maintain": ("look after", "take care of", "care for"),
    "landed": ("ended up",),
    "support": ("support window",),
    "in": ("into",),
    "minor": ("major.minor", "major/minor"),
    "lts": ("long term support", "long-term support", "long-term-support", "long term supported", "longterm"),
    "backport": ("back-port", "back port"),
    "backported": ("back-ported", "back ported", "ported back"),
    "backports": ("back-ports", "back ports"),
    "backporting": ("back-porting", "back porting"),
    "bugfix": ("bug-fix", "bug fix"),
    "bugfixes": ("bug-fixes", "bug fixes"),
    "and": ("as well as", "along with", "together with", "in addition to", "plus", "&"),
    "example": ("for example", "for instance", "as an example", "such as"),
    "except": (
        "apart from",
        "other than",
        "besides",
        "with the exception of",
        "excluding",
        "except for",
        "aside from",
    ),
    "before": ("prior to", "previous to", "older than", "earlier than", "lower than", "less than", "smaller than"),
    "up to": ("up to and including", "up until", "through to"),
    "only": ("solely", "exclusively", "just", "purely", "limited to", "restricted to", "confined to", "nothing but"),
    "security fixes": (
        "safety fixes",
        "vulnerability fixes",
        "security bugfixes",
        "security hotfixes",
        "security-fixes",
    ),
    "security updates": ("security-updates",),
    "fixes": ("hotfixes", "hot fixes", "hot-fixes", "remediations"),
    "fix": ("hotfix", "hot fix", "hot-fix"),
    "series": ("trains", "train", "streams", "stream", "tracks", "track", "families", "family"),
    "is not": ("isn't", "ain't"),
    "are not": ("aren't",),
    "was not": ("wasn't",),
    "do not": ("don't",),
    "does not": ("doesn't",),
    "did not": ("didn't",),
    "will not": ("won't",),
    "can not": ("can't", "cannot"),
    "have not": ("haven't",),
    "has not": ("hasn't",),
    "would not": ("wouldn't",),
    "should not": ("shouldn't",),
    "we will": ("we'll",),
    "we are": ("we're",),
    "it is": ("it's",),
}
_CANONICAL = {
    variant.partition(":")[0]: variant.partition(":")[2] or word
    for word, variants in _VARIANTS.items()
    for variant in variants
}
_WORDS = patterns.compile(
    r"\b(?:"
    + "|".join(patterns.escape(each) for each in sorted(_CANONICAL, key=len, reverse=True) if each[-1].isalnum())
    + r")\b"
    r"|\be\. ?g\.,?|&|\s[-–—]{1,3}\s|[–—]",
    ignore_case=True,
)
_SIGNS = {"&": "and", "e": "example"}
_FOLDED = str.maketrans({"’": "'", "‘": "'", "“": "", "”": "", '"': "", "`": "", "\N{NO-BREAK SPACE}": " ", "…": "..."})
_EDGE = frozenset("0123456789x*")


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """A text in lower case with every variant put as the one word that the grammar knows, and a dash as the pause that it is."""
    lowered = text.casefold().translate(_FOLDED)
    pieces: list[str] = []
    at = 0
    for match in _WORDS.finditer(lowered):
        word = match[0]
        dashed = word.strip(" -–—") == ""
        if dashed and _joins(lowered, match.start(), match.end()):
            continue
        pieces += (
            lowered[at : match.start()],
            "; " if dashed else _CANONICAL[word] if word in _CANONICAL else _SIGNS.get(word[:1], word),
        )
        at = match.end()
    return " ".join("".join((*pieces, lowered[at:])).split())


def _joins(text: str, begin: int, end: int) -> bool:
    """Whether a dash stands between two versions: `3.6 – 3.9`."""
    before, after = text[:begin].rstrip()[-1:], text[end:].lstrip().removeprefix("v")[:1]
    return before in _EDGE and after.isdigit()
