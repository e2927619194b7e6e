"""The sentences that take back what a table ticks: "we dropped 2.x and 1.x", "2.x is dead", "1.x only for customers".

Each version, or list of versions, of a sentence is looked at by itself: it is written as one sign, so that the patterns know
where it stands ("support for V is over") and need to know nothing about lists. The other signs are those of `words.endings`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from chatbot.core.text import patterns
from chatbot.sources.support_policy.dates import dates_in, until_in
from chatbot.sources.support_policy.decoys import without_software
from chatbot.sources.support_policy.denials.remarks import is_for_buyers
from chatbot.sources.support_policy.rows.exclusion import is_lesser
from chatbot.sources.support_policy.rows.selectors import Selector, read_selector
from chatbot.sources.support_policy.scan import cut_at, has_digit
from chatbot.sources.support_policy.words.endings import may_end, signs_of_endings

Kind = Literal["ended", "doubted", "until"]

_MAX_SENTENCE = 600
_MAX_LISTS = 6
_PIECE = r"(?:[<>≤≥]=? ?)?v?\d[\w.*]*\+?"
_TAIL = r"(?: (?:series|branch|line|releases?|versions?|lts))?"
_LISTS = patterns.compile(
    rf"(?:^|[^\w.#-])(?P<lead>(?:versions?|releases?|branch(?:es)?|series|lines?|majors?) )?(?P<list>{_PIECE}{_TAIL}"
    rf"(?:(?: ?,| ?/| and| or| nor| -| to|,? and|, or)(?: the| version| versions)* {_PIECE}{_TAIL})*)"
)
_LIKE_VERSION = patterns.compile(r"[<>≤≥]|\bv\d|\d\.[\dx*]|\dx\b|\d\+")
_UNIT = patterns.compile(
    r"^ ?(?:%|days?|weeks?|months?|years?|hours?|working|business|issues|bugs|people|maintainers)\b"
)
_CHARACTER = patterns.compile(r"[\w.]")
# The words beside a version that widen it: "everything before 4.0", "3.x and older releases"
_BEFORE = patterns.compile(
    r"(?:\b(?:everything|anything|all|any|whatever|the|our|old|whole|entire|legacy|both|versions?|releases?|branch|series|lines?"
    r"|that (?:is|are)) )*(?P<less>(?:before|below|older than|under|up to(?: and including)?) )?(?:versions? )?$"
)
_AFTER = patterns.compile(
    r"^(?P<more>,? (?:and|or) (?:all |anything |everything )?(?:older|below|earlier|before|lower|prior)\b)?"
    r"(?: (?:series|branch|line|releases?|versions?|ones|train|lts|users?|installations?|deployments?|sites?)\b)*"
)
_END = (
    r"(?:\W*$|\W*[.,;:!)(]| (?:and|as of|in|on|with|for|because|due|after|by|at|from|this|which|when|so|or|A|years?|months?|upon"
    r"|ago)\b| \d)"
)
_PRONOUN = r"(?:it|they|(?:this|these|those) (?:versions?|lines?|series|releases?|branch(?:es)?))"
_BE = r"[BW] (?:A )*"
_HAS = r"(?:(?:has|have|had) )?(?:A )*"
_GIVEN = (
    r"(?:T|fixed|patched|updated|released|supported|maint\w+|backported|developed|attention|works?|working|care|help|looked|touched|handled"
    r"|accepted|considered|receiv\w+|tested|guarantees?|promises?|sla|alive|active|safe|secure|part|covered|included|eligible)"
)
_OTHERS = (
    r"(?:community|volunteers?|distributors?|debian|others|third|vendors?|forks?|users|contributors|Y|downstreams?|company|companies"
    r"|fans)"
)


def _any(*every: str) -> patterns.Pattern:
    return patterns.compile("|".join(f"(?:{each})" for each in every))


# What says plainly that it has ended.
_ENDED = _any(
    rf"\b[DE] (?:off |up )?(?:A )*(?:T (?:T )?(?:(?:for|of|to|on|in|with|from) (?:A )*)?)?V{_END}",
    rf"\bT {_BE}[DE] (?:from|for|on|in|of|to) (?:A )*V{_END}",
    r"\b(?:end|F) (?:A )*(?:has|have|came|comes|[BW])[a-z ]{0,20} (?:for|of|to) (?:A )*V",
    rf"V(?:'s)?,?(?: which| that)? (?:A )*{_BE}(?:[DEO]|P){_END}",
    rf"V,? {_HAS}P\b|V,? (?:A )*(?:has|have|had) (?:A )*E\b",
    rf"\bT (?:for|of|to|on|in) (?:A )*V,?:? (?:A )*(?:{_BE}[DEOP]|{_HAS}[PED]){_END}",
    rf"V(?:'s)? (?:A )*T (?:A )*(?:{_BE}[DEOP]|{_HAS}[PE]){_END}",
    rf"V(?: T| support)? ?: (?:A )*[DEO]{_END}",
    (
        r"^\W*(?:D|O|E|unsupported|archived|old|dead)(?: (?:[a-z]+ )?(?:versions?|releases?|lines?|branch(?:es)?"
        r"|series|T))?\W*: (?:A )*V\W*$"
    ),
    rf"V:? (?:A )*[DEO](?:\W*$|[,;])|V \([DEO]\)|V [|=>:–—-]{{1,3}} [DEO]{_END}",
    rf"V {_BE}N\W*(?:$|[.,;])|V {_BE}N (?:A )*(?:supported|maintained|patched)(?:\W*$|[.,;])",
    r"^\W*(?:[DEO]|N (?:longer )?(?:supported|maintained)|out of T)\W*: (?:A )*V\W*$",
    rf"\bN (?:of )?V {_BE}(?:supported|maintained|patched)\b",
    rf"V[^V.;]{{0,60}}[:,;] {_PRONOUN} {_HAS}(?:{_BE})?[DEOP]\b",
)
# What leaves open whether it is supported, or for whom.
_DOUBTED = _any(
    rf"V,?:? [^V.;]{{0,50}}?\bN (?:[a-z]+ |A )*?{_GIVEN}\b",
    r"V[^V.;,]{0,30}? (?:gets?|receives?|sees?) (?:A )*N\b",
    rf"\bN (?:[a-z]+ |[TABW] ){{0,4}}?{_GIVEN} (?:[a-z]+ |A ){{0,2}}?(?:on|for|of|to|in|about|against) (?:A )*V",
    (
        r"\bN (?:left |A )*(?:to|who|that) (?:[a-z]+ ){0,2}?(?:maintains?|supports?|fix(?:es)?|patch(?:es)?|T|works?"
        r" on|looks? at) (?:A )*V"
    ),
    (
        r"V,?:? (?:A )*(?:T|support|fixes) (?:A )*[BW] (?:A )*(?:part of|included in|reserved for|available (?:in|with"
        r"|under)) [^V.;]{0,20}Y\b"
    ),
    r"V:? (?:A )*(?:community|volunteer|third[- ]party|vendor|best[- ]effort|unofficial)[- ](?:T|supported|maintained)\b",
    r"\bcves? (?:for|about|in|against|on|of|affecting) (?:A )*V [^V.;]{0,20}\b(?:D|ignored|rejected|declined|N)\b",
    r"V (?:should|must|may|can|shall|ought to) N (?:[a-z]+ |A ){0,3}(?:used|run|deployed|installed|trusted|relied|be)\b",
    (
        r"V [^V;]{0,100}\b(?:maintained|supported|developed|fixed|patched) (?:there |elsewhere |only )?(?:by others"
        r"|elsewhere|there)\b"
    ),
    r"\bN (?:more |further |new |additional |future |any |[AT] )*V",
    r"\bW (?:A )*(?:very )?(?:last|final) (?:[a-z]+ |T )?(?:(?:of|in|for) )?(?:A )*V",
    r"\bfinal (?:(?:T|version) (?:of|in|for|from) )?(?:A )*V",
    rf"\blast (?:(?:T|version) (?:of|in|for|from) )?(?:A )*V {_BE}(?:published|released|shipped|made|cut|tagged)\b",
    r"\b(?:stay away from|stop using|F using|avoid|N (?:use|run|install|rely on)|move off|get off) (?:A )*V",
    r"V[^V.;]{0,40}[❌✖✗✘🚫⛔]|V (?:A )*[BW] (?:A )*un[a-z]+ed\b",
    r"V[^V.;]{0,60}\b(?:O|at your own risk|own risk|N (?:by|from) us)\b",
    rf"V[^V]{{0,80}}[:,;.] {_PRONOUN} (?:[a-z]+ |[ABW] ){{0,3}}?N (?:[a-z]+ |[ABW] ){{0,3}}?{_GIVEN}\b",
    r"\b(?:T|reports?|issues|vulnerabilities|bugs|tickets|problems|flaws) (?:for|about|in|against|on|of|affecting) (?:only )?"
    r"(?:A )*V [^V.;]{0,20}\b(?:D|ignored|rejected|declined|N)\b",
    r"V,? (?:A )*(?:[BW]|gets?|receives?) (?:[a-z]+ |A )*?(?:maintained|supported|kept alive|fixed|patched|T|looked after)"
    rf" (?:only )?(?:by|from) (?:(?:A|few|some|other|various) )*{_OTHERS}\b",
    r"V,? (?:A )*(?:[BW]|gets?|receives?) (?:[a-z]+ |A )*?[DEP]\b and\b",
    r"V[^V.;]{0,60}\bvulnerabilities\b[^V.;]{0,30}\b(?:stay|remain|left) (?:open|unfixed)",
)
_WILL = r"\b(?:(?:will|shall|to|is|are|[BW]|going|scheduled|planned|due|set|expected|A) )*"
# What names the day on which it ends.
_DATED = _any(
    rf"V(?:'s)?,? (?:T )?{_WILL}(?:F|be [DEO]|P)\b",
    rf"\bT (?:for|of|to|on|in) (?:A )*V,? {_WILL}(?:F|be [DEO]|P)\b",
    r"\b(?:will|shall|to|going|plan|planning|we|i) (?:R|F) (?:A )*(?:T (?:T )?(?:(?:for|of|to) )?(?:A )*)?V",
)
_DAY_BESIDE = _any(
    r"\b(?:O|F|end)(?: date| day)? (?:for|of) (?:A )*V\W",
    r"V,?:? \(?(?:A )*(?:O|F|end)(?: (?:on|in|as of|date|from))?\W",
)
# "it has been unplugged": whatever was done to it, it is none of what is done to a version that lives
_CHANGED = patterns.compile(r"V (?:(?:has|have|had) been|[BW]) (?:A )*(?P<how>[a-z]+(?:ed|en))(?:\W*$|[.,;])")
_HARMLESS = frozenset(
    [
        "released",
        "published",
        "updated",
        "fixed",
        "patched",
        "tested",
        "renamed",
        "improved",
        "rewritten",
        "added",
        "announced",
        "tagged",
        "shipped",
        "audited",
        "supported",
        "maintained",
        "extended",
        "backported",
        "migrated",
        "deployed",
        "certified",
        "reviewed",
        "recommended",
        "preferred",
        "covered",
        "included",
        "listed",
        "used",
        "required",
        "needed",
        "affected",
        "advised",
        "encouraged",
        "continued",
        "planned",
        "received",
        "unaffected",
        "built",
        "signed",
        "documented",
        "monitored",
        "provided",
        "deprecated",
        "superseded",
        "replaced",
        "given",
        "taken",
        "seen",
        "introduced",
        "designed",
        "based",
        "mentioned",
        "shown",
        "chosen",
        "open",
        "proven",
        "known",
        "verified",
        "checked",
        "validated",
        "hardened",
    ]
)
# Where a version is no more than a place or a part: "since 2.1 we no longer build for ...", "older 2.x releases"
_NOT_ITSELF = _any(
    r"\b(?:until|till|older|previous|earlier|other|some|most|certain|early|few|many|than"
    r"|(?:upgrade|update|move|migrate|switch|change|rewrite|successor|predecessor|superseded|replaced)(?:d|s|ing)?"
    r" (?:to|of|by|with)) (?:A )*V",
    r"\((?:please )?(?:use|try|take|run|install|stay on|stick to|upgrade to) (?:A )*V",
    r"\bas (?:A )*V\b",
    r"^\W*(?:from|since|as of|starting (?:with|from|at|in)|in|with|beginning with) (?:A )*V[^,.;V]{0,30},",
)
_PARTS = patterns.compile(r"; |, (?:and|while|whereas) ")
_NOT_ENDED = patterns.compile(r"\bN (?:A |yet )*[DOEP]\b")  # "it is not dead"
_UNCERTAIN = patterns.compile(
    r"\b(?:may|might|would|could|if|until|unless|except|plan\w*|propos\w*|consider\w*|will|soon)\b"
)
_TAKEN_BACK = patterns.compile(
    r"\b(?:still (?:[a-z]+ ){0,2}?(?:gets?|receives?|supported|maintained|fixed|patched)|nevertheless|nonetheless|continues?"
    r"|only (?:gets?|receives?)|(?:fixes|updates|patches) only)\b"
)
_LATER = patterns.compile(r"\b(?:will|going to|to be)\b.*\b(?:after|once|when|until|as soon as|with)\b")


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Versions with what a sentence says of them: `ended`; `doubted`: not for everybody, or not certain; `until`: until a day."""

    selector: Selector
    kind: Kind
    until: date | None = None


@lru_cache(maxsize=1024)
def may_deny(text: str) -> bool:
    """Whether a text has a number and one of the words without which nothing is taken back."""
    return has_digit(text) and may_end(text.casefold())


def taken_back(words: str) -> tuple[list[TakenBack], bool]:
    """What a sentence in plain words takes back of the versions that it names, nothing for most; and whether it says for certain
    of all of them that their support is over, or when it will be."""
    if len(words) > _MAX_SENTENCE or not may_deny(words) or words.endswith("?"):
        return [], False
    every = [_said_of(*each) for each in singled(without_software(words))]
    return [each for each in every if each is not None], all(each and each.kind != "doubted" for each in every)


def _said_of(text: str, names: str, near: str) -> TakenBack | None:
    selector = read_selector(names)
    if not selector.ranges:
        return None
    signs = _NOT_ENDED.sub("alive", signs_of_endings(text))
    if _NOT_ITSELF.search(signs):
        return None
    has_day = _DATED.search(signs) is not None
    if (has_day or _DAY_BESIDE.search(signs)) and (until := until_in(near)) is not None:
        return TakenBack(selector, "until", until)
    if _ENDED.search(signs) and not _UNCERTAIN.search(text) and not _TAKEN_BACK.search(text):
        return TakenBack(selector, "ended")
    if is_for_buyers(next(each for each in cut_at(_PARTS, text) if "V" in each)):
        return TakenBack(selector, "doubted")
    waits = has_day or is_lesser(text) or _TAKEN_BACK.search(text) or _LATER.search(text) or "other software" in text
    return TakenBack(selector, "doubted") if not waits and _is_doubted(signs) else None


def is_place(text: str) -> bool:
    """Whether a text in plain words, with the sign V for a version, names it as a place or a part only: "since V"."""
    return _NOT_ITSELF.search(signs_of_endings(text)) is not None


def _is_doubted(signs: str) -> bool:
    change = _CHANGED.search(signs)
    return (change is not None and change["how"] not in _HARMLESS) or _DOUBTED.search(signs) is not None


def singled(text: str) -> Iterator[tuple[str, str, str]]:
    """The text once for each version, or list of versions, in it: with a sign in its place; that list; and the words around it
    up to the next one, in which its day may stand."""
    masked = text
    for _, at in dates_in(text):
        masked = masked[:at] + _CHARACTER.sub("#", masked[at : at + 12]) + masked[at + 12 :]
    places: list[tuple[int, int]] = []
    for match in _LISTS.finditer(masked):
        start, end = match.span("list")
        end -= len(match["list"]) - len(match["list"].rstrip("."))
        named = match["lead"] or _LIKE_VERSION.search(match["list"])
        if named and not _UNIT.match(masked[end:]) and len(places) < _MAX_LISTS:
            places.append((start, end))
    for at, (start, end) in enumerate(places):
        before, after = _BEFORE.search(text[:start]), _AFTER.match(text[end:])
        begins, ends = before.start() if before else start, end + (after.end() if after else 0)
        less, more = (before["less"] or "") if before else "", (after["more"] or "") if after else ""
        tail = text[end : places[at + 1][0] if at + 1 < len(places) else len(text)]
        near = tail if any(dates_in(tail)) else text[places[at - 1][1] if at else 0 : start]
        yield f"{text[:begins]}V{text[ends:]}", f"{less}{text[start:end]}{more}", near
