"""Ticks, crosses, emoji and words of a support table -> whether they say yes, no, or nothing certain."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from chatbot.core.support.rows import Mark
from chatbot.core.text import patterns
from chatbot.sources.markdown.short_names import signs_of
from chatbot.sources.support_policy.words.endings import BUYERS

_YES_SIGNS = "✅✔✓☑🟢🟩💚👍🆗"
_NO_SIGNS = "❌✗✘✖✕╳❎🔴🟥🚫⛔👎🛑☠💀⨯×"
_UNSURE_SIGNS = "🚧⚠🟡🟠🟨🟧❓❔🔜⏳🔶🔒🔐🛡🔧🛠🐛🐞🔵🔷🟦🟣🟤⚫⚪💤💰🧪"
# "Security fix for XSS" tells what was fixed once, not that fixes come.
_FIX_OF = patterns.compile(
    r"\b(?:security )?(?:fix(?:es|ed)?|patch(?:es|ed)?|updates?)\s+(?:for|of|in)\b"
    r"( (?:critical|severe|high|security|serious|all|the (?:latest|last|most|current|newest|supported)|\d))?"
)
_STRUCK = patterns.compile(".\u0336\ufe0f?\u0336?")  # what is crossed out says nothing
_PICTURE = patterns.compile(r"\[([ x])\]", ignore_case=True)

_NOT_YET = (
    r"not yet|not released|to be (?:released|defined|determined|announced|decided)|tb[acd]|unreleased|upcoming|planned"
    r"|future|skipped|in development|under development"
)
_OPEN = (
    rf"{BUYERS}|"
    r"best[- ]effort|limited|partial(?:ly)?|conditional(?:ly)?|third[- ]part(?:y|ies)|discretion|by [\w ]{1,30} only"
    r"|legacy\W{1,4}(?:critical|security|bug)[\w -]{0,20} only|unknown|undecided|experimental|alpha|beta"
    r"|pre-?release|case[- ]by[- ]case|maybe|depends|optional|n/?a|extended|elts|esm|wip"
    r"|work in progress|soon|sometimes|community|probably|hopefully|perhaps|possibly|likely|in theory|internal only"
    r"|by (?:debian|(?:its |their |the )?(?:vendors?|distributions?|distros|others|volunteers))"
)
_NO = (
    r"not?|none|nothing|never|unsupported|un-supported|unmaintained|discontinued|end(?:ed)?|eol|eos|eosl"
    r"|end[- ]of[- ](?:life|support)|expired|retired|obsolete|archived|dead|abandoned|ceased|dropped|stopped|inactive"
    r"|former|false"
    r"|without (?:any |further |security )*(?:support|fix(?:es)?|patch(?:es)?|updates?|maintenance)"
    r"|不支持|não|non|nein|нет|否|いいえ|superseded|withdrawn|yanked"
    r"|termin(?:é|ée|ato|ado|ada)|eingestellt|beendet|abgelaufen|nicht|keine?|ohne|sin|sem|senza|fuori|sans|plus|finalizad[oa]"
    r"|encerrad[oa]|expiré|scadut[oa]|nie|nee|hayır|не|停止|不再|已停止|終了"
    r"|vulnerable|insecure|out of support|closed|removed|sunset|legacy"
)
_YES = (
    r"yes|y|sim|sí|sì|oui|ja|да|是|はい|支持|supported|support|supports|active|actively|maintained|maintenance|current|currently|latest|stable|lts|security"
    r"|secure|fix|fixes|bugs?|bugfix(?:es)?|updates?|patch(?:es)?|full|fully|true|ok|receiving|receives|long[- ]term|critical"
    r"|recommended|live|mainstream|features?"
)
_WEAK_NO = r"deprecated|end(?:s|ing)"


def _words(words: str) -> patterns.Pattern:
    return patterns.compile(rf"(?:^|\W)(?:{words})(?:$|\W)")


_LEGACY = patterns.compile(r"\W*(?:legacy|old|old(?:er)? stable|deprecated)\W*", ignore_case=True)
_LETTERS: dict[str, Mark] = {"x": "no", "n": "no", "y": "yes"}
# What is not yet, or only for some, decides nothing; it stands before the words that it qualifies.
_PLANNED = _words(_NOT_YET)
_WORDS: tuple[tuple[Mark, patterns.Pattern], ...] = (
    ("open", _PLANNED),
    ("open", _words(_OPEN)),
    ("no", _words(_NO)),
    ("yes", _words(_YES)),
    ("no", _words(_WEAK_NO)),
)
_MAX_CELL = 300
_MAX_PLAIN = 6  # words beside a tick of which each may deny it; in a whole sentence only a denial of support does
# `until 5.0 is released`: an end that comes with an event, which may have come already
_UNTIL_EVENT = patterns.compile(
    r"\b(?:until|till)\b[^|]{0,60}?\b(?:releas|ships?\b|lands?\b|(?:is|comes) out\b|available)"
)
_DENIAL = patterns.compile(
    r"\b(?:no longer|not|never|nor)\b (?:\w+ ){0,3}(?:support|maint|receiv|fix|patch|updat|secur|releas|get\b)"
    r"|\b(?:no|without) (?:more |further |new )?(?:support|security|fix|patch|updat|maint)"
    r"|\b(?:unsupported|unmaintained|eol|discontinued|ended|expired|retired|abandoned|unreleased|not yet|upcoming|planned)\b"
    r"|\bend[- ]of[- ](?:life|support|maintenance)\b"
)
_CONDITION = patterns.compile(
    r"\b(?:if|unless|provided|as long as|assuming|when (?:paid|possible|asked|needed)"
    r"|(?:up)?on (?:request|demand)|by request|at (?:our|your) (?:discretion|risk))\b"
)
_LEADING = patterns.compile(r"^\W*((?:[\w-]+ ?){1,3})(?:$|[.,;:!(]|\s[-–—])")
_CRITICAL = patterns.compile(
    r"\bcritical (?:bug ?fixes|fixes|issues|patches|updates|bugs)?\s?only\b|\bonly (?:the )?(?:most )?critical\b"
)


@lru_cache(maxsize=4096)
def read_mark(text: str) -> Mark:
    """What a cell says: "yes", "no", "open" where its words decide nothing, "" where there are none.

    A sign outweighs the words beside it, but a tick beside words that deny it, or say "not yet", decides nothing. In a cell of
    whole sentences the first words decide ("Supported. Fixes land on ..."), unless the rest denies it.
    """
    text = _STRUCK.sub("", signs_of(text[:_MAX_CELL]))
    sign = _sign(text)
    lowered = without_signs(text).casefold()
    long = len(lowered.split()) > _MAX_PLAIN
    words = word_mark(text)
    if sign == "open" and _CRITICAL.search(lowered):
        return "open"
    if long and sign in ("", "open"):
        denied_at_all: Mark = "no" if _DENIAL.search(lowered) else "open"
        words = _first_mark(lowered) or (denied_at_all if words == "no" else words)
    if long and sign != "no" and (sign == "yes" or words == "yes"):
        denied = _DENIAL.search(lowered) is not None
        return "open" if denied or denies_tick(text) else "yes"
    if "yes" in (words, sign) and sign != "no" and not long and _CONDITION.search(lowered):
        return "open"
    if sign in ("", "open"):
        return words or sign
    return "open" if sign == "yes" and (words == "no" or denies_tick(text)) else sign


def _first_mark(lowered: str) -> Mark:
    """What the first words say, where a pause follows them."""
    match = _LEADING.match(lowered)
    return word_mark(match[1]) if match else ""


def denies_tick(text: str) -> bool:
    """Whether the words beside a tick make it depend on what has not come yet."""
    lowered = without_signs(text[:_MAX_CELL]).casefold()
    if _sign(text) != "yes":
        return False
    planned = len(lowered.split()) <= _MAX_PLAIN and _PLANNED.search(lowered) is not None
    return planned or _UNTIL_EVENT.search(lowered) is not None


def is_legacy(cell: str) -> bool:
    """Whether a cell calls its line an old one, and says no more: until which day it is supported, another may say."""
    return _LEGACY.fullmatch(cell) is not None


def word_mark(text: str) -> Mark:
    """What the words of a text say, its signs left aside; the first list that has one of them counts."""
    lowered = _FIX_OF.sub(_unless_general, _PICTURE.sub(" ", text[:_MAX_CELL].casefold()))
    if (letter := lowered.strip(" *_`.()")) in _LETTERS:
        return _LETTERS[letter]
    none: Mark = ""
    mark = next((mark for mark, pattern in _WORDS if pattern.search(lowered)), none)
    return "open" if mark == "yes" and lowered.rstrip(" )").endswith("?") else mark


def _unless_general(match: patterns.Match) -> str:
    """A fix of something is blotted out; "fixes for critical issues" speaks of those to come."""
    return match[0] if match[1] else " "


def without_signs(text: str) -> str:
    """The words of a text without signs, boxes and what joins them to the words."""
    words = _PICTURE.sub(" ", signs_of(text)) if "[" in text or ":" in text else text
    if not words.isascii():
        words = "".join(" " if is_sign(each) else each for each in words.translate(_BLANKED))
    return " ".join(words.split()).strip(" -–—:*")


def signs_in(text: str) -> list[str]:
    """The signs of a text, one by one."""
    return [sign for sign in signs_of(text) if is_sign(sign)]


def is_sign(character: str) -> bool:
    """Whether a character is a sign: one that is known here, or any other picture (🌱), which only the page can explain."""
    return character in _ALL_SIGNS or (
        character > "\x7f" and unicodedata.category(character) == "So" and character not in _NO_PICTURES
    )


def _sign(text: str) -> Mark:
    boxes = {box.casefold() for box in _PICTURE.findall(text)} if "[" in text else set()
    yes = not _YES_SET.isdisjoint(text) or "x" in boxes
    no = not _NO_SET.isdisjoint(text) or " " in boxes
    if yes or no:
        return "open" if (yes and no) or (yes and "?" in text) else "yes" if yes else "no"
    return "open" if not text.isascii() and any(map(is_sign, text)) else ""


_YES_SET, _NO_SET = frozenset(_YES_SIGNS), frozenset(_NO_SIGNS)
_ALL_SIGNS = _YES_SET | _NO_SET | frozenset(_UNSURE_SIGNS)
_NO_PICTURES = frozenset("©®™°№℠")
_BLANKED = {ord(sign): " " for sign in _YES_SIGNS + _NO_SIGNS + _UNSURE_SIGNS + "ℹ\ufe0f\ufe0e\u200d"}


_MAX_TEXT = 400
_LEAD = patterns.compile(r"^\W*(?:legend|key|symbols?|signs?|colou?rs?|meanings?|icons?)\s*[:=–-]\s*", ignore_case=True)
_EQUALS = patterns.compile(r"\x{FE0F}?\s*=\s*\pL")
_MAX_MEANING = 60  # characters of what a sign stands for


def legend_of(texts: Iterable[str]) -> tuple[tuple[str, Mark], ...]:
    """What each sign means by the paragraphs and items that begin with one; the first meaning of a sign counts."""
    legend: dict[str, Mark] = {}
    for text in texts:
        words = text.lstrip(" -*")
        if words.isascii() and (":" not in words or signs_of(words).isascii()):
            continue
        explicit = says_what_signs_mean(words[:_MAX_TEXT])
        words = _LEAD.sub("", signs_of(words[:_MAX_TEXT]))
        if words[:1] not in signs_in(words[:1]):
            continue
        for sign in dict.fromkeys(signs_in(words)):
            meaning = words.partition(sign)[2].lstrip("\ufe0f :=-–—")
            for other in signs_in(meaning):
                meaning = meaning.partition(other)[0]
            mark = read_mark(meaning[:_MAX_MEANING].strip(" ,;.|/"))
            if mark and (explicit or not read_mark(sign).startswith(("yes", "no"))):
                legend.setdefault(sign, mark)
    return tuple(legend.items())


def says_what_signs_mean(text: str) -> bool:
    """Whether a text explains signs in so many words: `Legend: ✅ end of life`, `✅ = supported`."""
    return _LEAD.search(text) is not None or _EQUALS.search(text) is not None
