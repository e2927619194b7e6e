"""Sentences that take back all that a page promises: the project has ended, the page is outdated, or all fixes are sold."""

from chatbot.core.text import patterns
from chatbot.sources.support_policy.denials.remarks import is_for_buyers
from chatbot.sources.support_policy.words.english import plain

_THING = (
    r"(?:project|repository|repo|package|library|plugin|product|software|module|extension|application|gem|crate|app|tool"
    r"|fork)"
)
_ENDED_PROJECT = patterns.compile(
    rf"\b(?:this {_THING}\b.{{0,40}}|the {_THING} (?:itself )?(?:is|was|has been) (?:now |currently )?)\b"
    r"(?:archived|unmaintained|abandoned|discontinued|end[- ]of[- ]life|deprecated and|no(?:t| longer) (?:\w+ ){0,2}"
    r"(?:maintained|supported|developed))"
    r"|^\W*(?:all |active )?development (?:has |is )?(?:been )?(?:stopped|ceased|ended|discontinued)"
    r"|\b(?:no versions?|no releases?|none of (?:the|our|its|these) (?:versions"
    r"|releases))(?: of [\w' ]{1,40})? (?:is|are|receives?|gets?) (?:\w+ ){0,3}(?:supported|maintained|updates"
    r"|fixes|patches)\b.{0,12}$",
    ignore_case=True,
)
# One of these is in every sentence that the patterns find; looking for them first spares most sentences the longer look.
_END_HINTS = (
    "this ", "archived", "maintained", "abandoned", "discontinued", "developed", "development", "of-life", "of life",
    "no longer", "no ", "none ", "these ", "table", "list", "row", "not ", "n't", "n’t",
)  # fmt: skip
_OUTDATED = patterns.compile(
    r"\bthis (?:page|document|policy|file|table|list|section) (?:is|has been|was) (?:\w+ )?"
    r"(?:outdated|out[- ]of[- ]date|obsolete|superseded|retired|no longer (?:maintained|valid|accurate|current|updated)"
    r"|a draft|not (?:\w+ )?(?:valid|accurate|current|correct|true|up[- ]to[- ]date))\b"
    r"|\b(?:this|these|the|those) (?:\w+ )?(?:versions?|table|list|rows?|numbers|entry|entries|line|ticks?)(?: (?:above"
    r"|below|here))?"
    r" (?:is|are|was|were|has become) (?:only |just |merely |purely |an? )*(?:examples?|placeholders?|made[- ]up"
    r"|fiction\w*|illustrat\w+"
    r"|templates?|wrong|outdated|out[- ]of[- ]date|obsolete|hypothetical|samples?)\b"
    r"|\b(?:table|list|rows?|entry|line|section|policy)\b[\w ]{0,20} (?:no longer|does not|do not"
    r"|doesn['’]t) (?:appl(?:y|ies)|holds?)\b",
    ignore_case=True,
)
_EXCEPTED = patterns.compile(r"\bexcept|\bother than\b|\bapart from\b|\bonly\b", ignore_case=True)
# What is sold, whatever its version: "security fixes are provided exclusively to sponsors"
_OF_SOME = patterns.compile(
    r"\b(?:older|old|previous|other|earlier|lts|extended|legacy|additional|backport\w*|sla)\b|\d"
)
_GIVES = patterns.compile(r"\b(?:support\w*|fix(?:es)?|updates?|patch(?:es)?)\b")


def ends_project(sentence: str) -> bool:
    """Whether a sentence says that the whole project, every version of it, or the page itself has ended."""
    lowered = sentence.casefold()
    if not any(word in lowered for word in _END_HINTS):
        return False
    if _OUTDATED.search(sentence):
        return True
    return _ENDED_PROJECT.search(sentence) is not None and not _EXCEPTED.search(sentence)


def is_sold_only(sentence: str) -> bool:
    """Whether a sentence leaves all fixes, of whatever version, to those who pay; a footnote is about its row alone."""
    words = plain(sentence)
    if "only" not in words or not sentence[:1].isalpha() or _OF_SOME.search(words) or not _GIVES.search(words):
        return False
    return is_for_buyers(words)
