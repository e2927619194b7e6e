"""What a policy page says beside versions and contacts: what to include, scope, safe harbour, disclosure terms, PGP."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from chatbot.core.text import patterns
from chatbot.core.text.links import safe_url
from chatbot.sources.support_policy.beside.contacts import Anchor
from chatbot.sources.support_policy.scan import addresses_in, cut_at, sentences_of

_MAX_TEXT = 1000
_MAX_ITEMS = 40
_INCLUDE = patterns.compile(
    r"\binclud|\bprovid(?:e|ing)\b.{0,40}\b(?:information|details)|\bfollowing (?:information|details)|\brequired information"
    r"|\bdetails\b|\bdescribe\b|\binformation (?:below|listed)|what to (?:send|report)|\breports? should\b"
)
_HELPFUL = patterns.compile(r"\bhelpful|\boptional|\badditional|\bif (?:available|possible|you have)|\bnice to have")
_NO_INCLUDE = patterns.compile(
    r"\b(?:in|out of) scope|\bwe will|\bwe['’]ll|\bnot include|\bexamples? includ|\binvolving|\bsteps?:$|\bprocess\b|\bcommon\b"
)
_OUT = patterns.compile(
    r"\bout[- ]of[- ]scope|\bnot in scope|\bexclu(?:sions?|ded)|\bnon[- ]?qualifying|\bnot qualify|\bineligible|\bnot considered"
)
_IN = patterns.compile(r"\bin[- ]scope\b|\bapplies to\b|\bqualifying\b|\bwithin scope|\bin scope\b|\bcare about\b")
_HARBOUR = patterns.compile(r"\bsafe[- ]harbou?r|\blegal (?:action|protection|safe)|\bgood faith")
_LEGAL = patterns.compile(r"\blegal action")
_EARLY = patterns.compile(
    r"(?:follow|practi[cs]e|adher|policy|process).{0,40}(?:coordinated|responsible) (?:vulnerability )?disclosure|embargo"
    r"|coordinat\w+ (?:the )?(?:disclosure|release)|days\b.{0,40}\bpublic|public disclosure.{0,40}\bdays\b"
)
_PGP = patterns.compile(r"\b(?:open)?pgp\b|\bgpg\b|\bgnupg\b|\bpublic key\b")
_WORTH = ("legal", "harbo", "faith", "pgp", "gpg", "public", "disclos", "embargo", "coordinat", "gnupg")
_SIGNING = patterns.compile(r"\bsign(?:s|ed|ing)?\b")
_INLINE = patterns.compile(r"^\W*(in[- ]scope|out[- ]of[- ]scope)\W*:\s*(.+)$", ignore_case=True, dot_all=True)


_KEY = patterns.compile(r"pgp|gpg|key|\.asc\b|\.pub\b")
_INLINE_ASK = patterns.compile(
    r"\b(?:please|should|must|to|be sure to)\s(?:also\s|always\s)?(?:include|provide|contain|state|mention)\b:?\s(.+)",
    ignore_case=True,
)
_ASK_VERBS = ("include", "provide", "contain", "state", "mention")
_AND = patterns.compile(r",\s(?:and\s|or\s)?|;\s(?:and\s)?|\sand\s|\sas well as\s")
_MAX_ASK = 400
_MAX_ASKED = 60  # characters of one thing asked for


@dataclass(slots=True)
class Terms:
    """What was found, in page order."""

    required: list[str] = field(default_factory=list)
    helpful: list[str] = field(default_factory=list)
    scope_in: list[str] = field(default_factory=list)
    scope_out: list[str] = field(default_factory=list)
    safe_harbour: str = ""
    disclosure: str = ""
    pgp: str = ""
    pgp_key: str = ""


def terms_of(pieces: Iterable[tuple[str, str, str, Sequence[Anchor]]]) -> Terms:
    """The terms of a page given as (kind, heading, words, links), kind "text" or "item"."""
    terms = Terms()
    under: dict[str, list[str]] = {"harbour": [], "disclosure": []}
    legal = faith = last_heading = label = ""
    required: list[str] = []
    for kind, heading, words, links in pieces:
        if heading != last_heading:
            last_heading, label = heading, ""
        if kind == "text" or words.endswith(":"):
            label = words
            _inline_scope(terms, words)
            required = required or _asked_in(words)
        else:
            _item(terms, heading.casefold(), label.casefold(), words)
        if topic := _topic(heading.casefold()):
            under[topic].append(words)
        lowered = words.casefold()
        if any(word in lowered for word in _WORTH):
            legal, faith = legal or _sentence(words, _LEGAL), faith or _sentence(words, _HARBOUR)
            _key(terms, words, links)
            terms.disclosure = terms.disclosure or _sentence(words, _EARLY)
    terms.required = terms.required or required
    terms.safe_harbour = _cut(" ".join(under["harbour"])) or legal or faith
    terms.disclosure = _cut(" ".join(under["disclosure"])) or terms.disclosure
    return terms


def _key(terms: Terms, words: str, links: Sequence[Anchor]) -> None:
    """The first sentence about a key to encrypt with, and where that key is."""
    if terms.pgp or _SIGNING.search(words.casefold()):
        return
    terms.pgp = _sentence(words, _PGP)
    if terms.pgp:
        linked = [href for text, href in links if text and text in terms.pgp]
        keys = (safe_url(url) for url in [*linked, *addresses_in(terms.pgp)] if _KEY.search(url.casefold()))
        terms.pgp_key = next(filter(None, keys), "")


def _asked_in(words: str) -> list[str]:
    """What a sentence such as "please include the version, the configuration and a log" asks for; [] for none."""
    for sentence in sentences_of(words):
        asks = len(sentence) <= _MAX_ASK and any(verb in sentence.casefold() for verb in _ASK_VERBS)
        match = _INLINE_ASK.search(sentence) if asks else None
        if match is None or _NO_INCLUDE.search(sentence.casefold()):
            continue
        items = [item.strip(" .:") for item in cut_at(_AND, match[1])]
        items = [item for item in items if item]
        if 2 <= len(items) <= _MAX_ITEMS and all(len(item) <= _MAX_ASKED for item in items):
            return [item[:1].upper() + item[1:] for item in items]
    return []


@lru_cache(maxsize=256)
def _topic(heading: str) -> str:
    if _HARBOUR.search(heading):
        return "harbour"
    return "disclosure" if "disclosure" in heading and "report" not in heading else ""


def _item(terms: Terms, heading: str, label: str, words: str) -> None:
    match _kind(heading, label):
        case "out":
            _add(terms.scope_out, words)
        case "in":
            _add(terms.scope_in, words)
        case "helpful":
            _add(terms.helpful, words)
        case "required":
            _add(terms.required, words)


@lru_cache(maxsize=256)
def _kind(heading: str, label: str) -> str:
    """What the items of a list are, by the heading above and the words before it; "" for nothing that is looked for."""
    context = label or heading
    if _OUT.search(context) or (_OUT.search(heading) and not _IN.search(label)):
        return "out"
    if _IN.search(context) or (not label and _IN.search(heading)):
        return "in"
    if _asks(label) or (_asks(heading) and not _NO_INCLUDE.search(label)):
        return "helpful" if _HELPFUL.search(label) and "required" not in label else "required"
    return ""


def _asks(words: str) -> bool:
    """Whether a heading or the words before a list ask for what a report should have."""
    return bool(_INCLUDE.search(words)) and not _NO_INCLUDE.search(words)


def _inline_scope(terms: Terms, words: str) -> None:
    if ":" in words[:40] and (match := _INLINE.match(words)):
        _add(terms.scope_out if match[1].casefold().startswith("out") else terms.scope_in, match[2])


def _add(items: list[str], words: str) -> None:
    if len(items) < _MAX_ITEMS:
        items.append(_cut(" ".join(words.split())))


def _sentence(words: str, pattern: patterns.Pattern) -> str:
    if not pattern.search(words.casefold()):
        return ""
    return next((_cut(each) for each in sentences_of(words) if pattern.search(each.casefold())), "")


def _cut(words: str) -> str:
    return words if len(words) <= _MAX_TEXT else words[: _MAX_TEXT - 1].rsplit(" ", 1)[0] + "…"
