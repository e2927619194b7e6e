"""A sentence in plain words -> those of its clauses that may promise support: no examples, conditions, advice, or histories."""

from collections.abc import Iterator

from chatbot.core.text import patterns
from chatbot.sources.support_policy.decoys import points_elsewhere
from chatbot.sources.support_policy.rows.exclusion import DENIAL
from chatbot.sources.support_policy.scan import cut_at, has_digit
from chatbot.sources.support_policy.words.hints import names_a_topic

_CUTS = patterns.compile(
    r"[;:]\s|,? \b(?:but|however|therefore|so|while|whereas|hence|although|though)\b,?"
    r"|(, and )\w+ (?:\w+ ){0,3}(?:are|is|will|do|does|get|gets"
    r"|receive|receives)\b|,? and (?:will|may|might|can|we)\b"
    r"|(, not )(?:for|on|in|to)|,? please\b|(, )(?:everything|anything|nothing|whatever|all (?:else|others?|older)"
    r"|(?:old(?:er)?|previous|earlier|prior) (?:versions|releases|ones))\b"
)
_BARE_NOT = patterns.compile(r", ((?:version |versions )?v?\d[\w.*]*) not\W*$")  # "2.x is supported, 1.x not"
# "it is in maintenance mode and gets no further features": no word on fixes
_NO_FEATURES = patterns.compile(
    r"(?:,? and )?(?:(?:it |that )?(?:will |does |do )?(?:not )?(?:receives?|gets?|sees?|have|has) )?"
    r"no (?:further |new |more |additional )*"
    r"(?:features?|functionality|enhancements?)(?: (?:additions?|updates?|releases?|work|development))?"
)
# "(use version 1.x)": what to do instead
_USE_ASIDE = patterns.compile(r"\((?:please )?(?:use|try|take|run|install|stay on|stick to|upgrade to) [^()]*\)")
# "i.e. v1.X and v1.X-1": the shapes of versions, and none of them
_PLACED = patterns.compile(r"\b(?:v?\d+\.)?[xn] ?- ?\d\b")
_PLACEHOLDER = patterns.compile(r"(?:^|[^\w.])v?\d+\.x(?: ?- ?\d)?(?:$|[^\w.-]|\.(?:$|\s))")
# "until the end-of-support date": a day that stands elsewhere
_ITS_END = patterns.compile(
    r"\b(?:until|till|through) (?:the|its|their) (?:[\w-]+ ){0,2}?(?:eol|end|support) (?:date|day)s?\b"
)
# "Until the first stable release, only the latest ...": how things are for now
_BEFORE_STABLE = patterns.compile(
    r"^\W*(?:until|till|before|prior to|while (?:we are )?(?:in|before)) (?:the |our |its )?(?:first |initial )?"
    r"(?:stable (?:release|version)|v?1(?:\.0)+|version 1(?:\.0)*|v1)(?: (?:release|is (?:out|released|here|reached)))?, "
)
# "As a project without release branches, we ...": why it is so
_BECAUSE = patterns.compile(
    r"^(?:as|because|since) (?:an? (?:[a-z-]+ )?v?\d[\w.*]* [a-z]+|(?:an?|this|the|our|we|it|there)\b[^,;.\d]{0,100}), "
)
_REASONS = ("as ", "because ", "since ")
_FOR_NOW = ("until", "till", "before", "prior", "while")
_UNLESS = patterns.compile(r"\bunless\b.*")
_ALL_BUT = patterns.compile(r"\b(all|everything|anything|nothing|none|(?:all|every|any|no) \w+) but\b")
_LEADS_EXAMPLE = patterns.compile(r"^\W*(?:(?:so|thus|hence|then|and),? ?)?example\b")
_CASE = patterns.compile(r"\bexample,? (?:if|when|once)\b.*")
_ASIDE_EXAMPLE = patterns.compile(r"\(\W*(?:example|like)\b[^()]*\)")
_SINCE = patterns.compile(
    r"^\W*(?:as of|from|since|starting (?:with|from)) (?:version )?v?\d\S*(?: onwards?)?, (?:we|it)\b"
)
_OF_SOFTWARE = patterns.compile(
    r"^\W*(?:the )?other software (?:is|are) (?:\w+ )?(?:supported|tested) (?:by|in|with)\b"
)
_ON_SOFTWARE = patterns.compile(r"\bother software\b,? which (?:is|are|has|have)\b[^.;,]*")
_CONDITION = patterns.compile(r"^\W*(?:if|when|once|whether|in case)\b")
_ADVICE = patterns.compile(
    r"\b(?:recommend|encourag|advi[sc]e|suggest|urge|please|should|must|make sure|ensure|verify|check"
    r"|consider (?:upgrad|us|mov)ing|if you|upgrad)\w*"
)
SUPPORT = patterns.compile(
    r"\b(?:support(?:s|ed|ing)?|unsupported|maintain(?:s|ed|ing)?|unmaintained|receiv(?:e|es|ed|ing)|backport\w*|eligible|covered"
    r"|evergreen|eol|discontinued|retired|abandoned|sunset|accept|(?:un)?patched"
    r"|only (?:ever )?(?:fix|patch)(?:es)?"
    r"|security[-, /]+(?:\w+[-, /]+){0,3}?(?:updates?|(?:bug)?fix(?:es)?|patch(?:es)?|releases?|support|issues?"
    r"|reports?|advisories)"
    r"|(?:gets?|getting) (?:\w+ ){0,2}(?:updates|(?:bug)?fixes|patches)"
    r"|(?:fix|fixes|address|addresses|resolve|resolves) (?:\w+ ){0,2}(?:vulnerabilities|issues|problems|bugs)"
    r"|(?:fixing|addressing|patching|resolving) (?:[a-z]+ ){0,5}?(?:vulnerabilities|issues|problems|bugs|flaws)"
    r" (?:in|to|for|on|of)"
    r"|(?:vulnerabilities|issues|bugs|problems|flaws) (?:are|will be|get) (?:\w+ ){0,2}(?:fixed|patched|addressed|resolved)"
    r"|(?:critical|important) (?:updates|(?:bug)?fixes|patches)|we (?:will )?patch"
    r"|(?:updates|(?:bug)?fixes|patches) (?:are|will|for|to|on|target|ship|land|go|apply)|patch(?:es)? (?:only )?the)\b"
)
_HISTORY = patterns.compile(
    r"\bcve\b|\bvulnerable\b|\bcontains?\b|(?:fixed|patched|introduced|mitigated|resolved|addressed) in\b|\baffect(?:s|ed)?\b"
    r"|\bexploit|\binjection\b|\bowner"
)
_FIXED_IN_LATEST = patterns.compile(
    r"\b(?:are|is|be|get|gets|being|only) (?:\w+ )?(?:fixed|patched|resolved|addressed"
    r"|mitigated) (?:only )?in (?:the )?(?:latest|current|last)\b"
)
_ELLIPSIS = patterns.compile(r"\b(?:is|are|do|does|will) not\W*$")
_AFFIRMED = patterns.compile(r"^[^:]{0,20}\d[^:]{0,40}\b(?:is|are)\W*$")
_AS_OF = (
    "as of ",
    "at the ",
    "at present",
    "currently",
    "for now",
    "right now",
    "today",
    "now",
    "at this ",
    "starting ",
)
_ADVERBIAL = patterns.compile(
    r"^(?:as of (?:today|now|writing|this writing|the time of writing|(?:\w+ )?20\d\d)|at (?:the time of writing"
    r"|the moment|present"
    r"|this (?:time|moment))|currently|for now|right now|today|now),? "
)
# "3.x - supported, 2.x - unsupported": a dash, which is a pause by now, that stands for a verb
_STATED = patterns.compile(
    r"(\d[\w.*]*(?: lts| \([^()]{1,40}\))?)[;:] ((?:not |no longer |fully )?(?:supported|maintained)|unsupported|unmaintained|eol"
    r"|deprecated|discontinued)\b"
)
_ONLY = patterns.compile(r"\bonly\b")
_NEXT_SUBJECT = patterns.compile(
    r"(?:,| and|, and) ((?:versions? |the )?v?\d[\w.*]*(?: (?:series|branch|line|release))?"
    r" (?:is|are|do|does|will|gets?|receives?|has)\b)"
)
_VERB = patterns.compile(r"\d.*\b(?:is|are|will|gets?|receives?|has)\b")


def for_now(words: str) -> str:
    """The sentence without "until the first stable release" before it, which is how things are for now, and without the features
    that a version gets no more of."""
    words = _BECAUSE.sub("", words) if words.startswith(_REASONS) else words
    words = _NO_FEATURES.sub("", words) if "no " in words else words
    return _BEFORE_STABLE.sub("", words) if words.startswith(_FOR_NOW) else words


def without_examples(sentence: str) -> str:
    """The sentence without its examples and what follows "unless"; "all but" is "all except"."""
    text = _CASE.sub("", _ASIDE_EXAMPLE.sub(" ", sentence)) if "example" in sentence or "(" in sentence else sentence
    text = _USE_ASIDE.sub(" ", text) if "(" in text else text
    text = _PLACEHOLDER.sub(" ", text) if "x" in text and _PLACED.search(text) else text
    text = _ITS_END.sub("", text) if " date" in text or " day" in text else text
    text = _BARE_NOT.sub(r"; \1 is not", text) if has_digit(text) and " not" in text else text
    text = _UNLESS.sub("", text) if "unless" in text else text
    text = _STATED.sub(r"\1 is \2", text) if has_digit(text) and (";" in text or ":" in text) else text
    return _ALL_BUT.sub(r"\1 except", text) if " but" in text else text


def clauses_of(text: str) -> Iterator[str]:
    """The clauses that may promise support, in order; none after an example or a condition begins."""
    spoke, before = False, ""
    for words in _statements(_ON_SOFTWARE.sub("", text) if "other software" in text else text):
        if has_digit(before) and not SUPPORT.search(before) and DENIAL.search(words) and not names_a_topic(words):
            words = f"{before} {words}"  # noqa: PLW2901 - "2.x is outdated and won\'t get fixes": of which version
        before = words
        if ("example" in words and _LEADS_EXAMPLE.match(words)) or _CONDITION.match(words):
            return
        if (has_digit(words) and _SINCE.match(words)) or points_elsewhere(words) or _OF_SOFTWARE.match(words):
            continue  # "As of 2.1 we no longer support Windows 7": of that, and not of 2.1
        clause = (
            f"{words.rstrip(' .')} supported" if spoke and _ELLIPSIS.search(words) else words
        )  # "1.8 and older are not."
        clause = (
            f"{words.rstrip(' .')} supported" if spoke and _AFFIRMED.search(words) else clause
        )  # "2.0 and above are."
        clause = _ADVERBIAL.sub("", clause) if clause.startswith(_AS_OF) else clause
        if SUPPORT.search(clause) and not _is_history(clause) and (not _ADVICE.search(clause) or _ONLY.search(clause)):
            spoke = True
            yield clause


def _statements(text: str) -> Iterator[str]:
    """The text cut into clauses, and where another version has a verb of its own: "3.3 is unsupported, 3.4 is supported"."""
    for words in cut_at(_CUTS, text):
        subject = next((each for each in _NEXT_SUBJECT.finditer(words) if _VERB.search(words[: each.start()])), None)
        yield from (words[: subject.start()], words[subject.start(1) :]) if subject else (words,)


def _is_history(clause: str) -> bool:
    return _HISTORY.search(clause) is not None and not _FIXED_IN_LATEST.search(clause)
