"""Sentences beside the ticks that are not understood: what they say of a version may take back its tick, so it is doubted.

Where a sentence is neither a promise, nor a denial that is read, nor one of the harmless kinds below, the versions that it
names are not called supported on the strength of a tick alone.
"""

from collections.abc import Iterator

from chatbot.core.text import patterns
from chatbot.sources.support_policy.clauses import SUPPORT
from chatbot.sources.support_policy.decoys import without_software
from chatbot.sources.support_policy.denials.versions import is_place, singled
from chatbot.sources.support_policy.rows.exclusion import DENIAL, is_lesser
from chatbot.sources.support_policy.rows.selectors import Selector, read_selector
from chatbot.sources.support_policy.scan import has_digit
from chatbot.sources.support_policy.words.endings import may_end, signs_of_endings

_MAX_SENTENCE = 600
# Whatever else they say, these are no word on today's support: examples, conditions, histories, advice, parts of the software.
_ASIDE = patterns.compile(
    r"\bexample\b|\be\.g|\betc\b|\bhypothetical|\bsuppose|\bcve\b|\bghsa\b|\bvulnerable\b|\baffect"
    r"|\bintroduced in\b|\b(?:fixed|patched|resolved|addressed) in\b|\breport(?:s|ing|ed)?\b|\breproduc|\bnumber(?:s|ing)\b"
    r"|\bsemver\b|\bsemantic\b|\blast planned\b|\brequire|\bcompatib|\bthis (?:table|document|policy|page|list)\b"
    r"|\b(?:not|never) (?:yet )?(?:dead|ended|eol|unsupported|unmaintained|abandoned)\b|\bbount(?:y|ies)\b"
    r"|\b(?:find|found|discover\w*) an? \w+ (?:in|with|of)\b"
    r"|\bother software\b|\b(?:keys?|apis?|parsers?|protocols?|defaults?|log-?ins?|formats?|modules?|plugins?|options?|settings?"
    r"|syntax|drivers?|backends?|breaking)\b|\bno known\b|\bnever had\b|\bpays? nothing\b|\bfor free\b|\bfree of charge\b"
    r"|\b(?:commercial|paid|professional|enterprise) (?:support|help)\b.{0,60}\b(?:available|offered|sold)\b"
)
# "upgrade from 3.x to the latest 4.x release": where to, or where from
_ADVISED = patterns.compile(
    r"V (?:is|was) (?:the |an? )?(?:first|initial|additive|breaking|new|feature|bugfix|maintenance|security|patch|major|minor)"
    r"(?: [a-z-]+){0,4}? release\b|\bas an? (?:[a-z-]+ )?V\b"
    r"|V (?:was|is|were|has been|have been) (?:first |also |now )?(?:released|published|shipped|announced|tagged)\b"
    r"|\b(?:have|has|we) (?:just |now |already )?(?:released|published|announced|shipped) V"
    r"|\b(?:upgrad|updat|mov|migrat|switch|transition|chang)\w* (?:[a-z]+ ){0,3}?(?:to|from|onto|towards) (?:[a-z-]+ ){0,3}?V"
)
# And these are none as long as they have no word of an ending in them.
_FACT = patterns.compile(
    r"\b(?:released?|publish(?:ed)?|ship(?:s|ped)?|tagged|announced|available|download\w*|install\w*|image|docker|based on"
    r"|built on|update to|updating|switch\w*|move to|recommend\w*|encourage\w*|please|use|using|deploy|added|adds|add|new|see"
    r"|changes?|replac\w+|successor|rewrite|rewritten|latest|current|newest|stable|developed|development|users?|maintainers?)\b"
)

_ENDING_SIGN = patterns.compile(r"\b[DEFNOP]\b")


def doubted_in(words: str, *, translated: bool) -> Iterator[Selector]:
    """The versions that a sentence in plain words names, where it is of no kind that is known to be harmless. Of a translated
    one only the words of ending are known well."""
    if len(words) > _MAX_SENTENCE or words.endswith("?") or not has_digit(words) or _ASIDE.search(words):
        return
    is_ending = DENIAL.search(words) is not None or (
        _ENDING_SIGN.search(signs_of_endings(words)) is not None if translated else may_end(words)
    )
    if not is_ending and (translated or _FACT.search(words) or SUPPORT.search(words)):
        return
    own = without_software(words)
    if is_lesser(own) or _ASIDE.search(own):
        return
    for text, names, _ in singled(own):
        selector = read_selector(names)
        if selector.ranges and not is_place(text) and not _ADVISED.search(text):
            yield selector
