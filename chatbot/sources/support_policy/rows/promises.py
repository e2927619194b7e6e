"""The grammar of a promise: whether a clause that names versions says that they are supported, or merely mentions them."""

from chatbot.core.text import patterns

_VERSION = r"(?:[<>≤≥]=? ?)?v?\d[\w.*]*(?:\.[x*])?\+?"
_LIST = patterns.compile(
    rf"[`*\"“”']*{_VERSION}[`*\"”']*(?:(?: ?,| ?&| ?[-–]| and| or| to| through|, and) [`*\"“]*{_VERSION}[`*\"”]*)*"
)
_ASIDE = patterns.compile(r"\([^()]*\)")
_FILL = (
    r"(?:under|development|these|those|them|the|all|any|only|both|each|every|everything|anything|currently|current|our|latest|newest|recent|stable"
    r"|active|major|minor|patch|lts|old|new|release"
    r"|releases|versions?|branch|branches|series|lines?|train|and|or|at|present|moment|now|still|also|officially"
    r"|actively|security"
    r"|critical|important|bug|bugs|bugfix|full|fully|regular|vulnerability|software|of|in|for|since|from|before|older|newer|than"
    r"|later|above|up|higher|upwards?|onwards?|between|two|three|four|following|are|is|released|starting|now"
    r"|stable|tagged|published"
    r"|final)"
)
_KIND = r"(?:versions?|releases?|series|branch(?:es)?|lines?)"
_THING = r"(?:updates?|(?:bug)?fix(?:es)?|patch(?:es)?|support|reports?|releases?|backports?|maintenance)"
_PLEDGES = (
    r"(?:is|are|will|be|being|only|currently|also|made|provided|available|released|backported|back-ported|issued|applied|given"
    r"|offered|published|shipped|accepted|supplied|delivered|lands?|goe?s?|targets?|exclusively|limited|restricted|done"
    r"|guaranteed|continues?|apply|ship|regularly|actively|security)"
)
_TAIL = (
    r"(?:[,)]| (?:and|or|later|newer|above|up|higher|upwards?|onwards?|on(?: up)?|older|earlier|below|beyond|releases?|series"
    r"|lines?|branch|branches|versions?|lts|only|major|minor|of \w+|x)\b)*"
)
_SO = (
    rf"(?:(?:will|be|remains?|stays?|being|continues?|to|as|that|which|{_FILL}) ){{0,12}}"
    r"(?:only (?:[a-z]+ )?(?:updates|fixes|patches)\b|(?:supported|maintained|eligible|patched|covered|evergreen)\b"
    rf"|(?:gets?|receives?|receiving|has|have) (?:[a-z-]+,? ){{0,6}}?(?:updates?|(?:bug)?fix(?:es)?|patch(?:es)?|backports)\b)"
)
# "the 3.x series is maintained", "only V and later get fixes"
_OF_VERSIONS = rf"^\W*(?:{_FILL},? )*?(?:{_KIND}, (?:{_FILL} )+?)?(?:[a-z][\w.'-]* )?(?:{_KIND} )?V{_TAIL},? {_SO}"
# "we provide fixes for V"
_BY_US = (
    r"\b(?:we|i|team|project|maintainers|developers)\b.{0,40}?\b(?:support|maintain|provide|back-?port|patch|release|ship|accept"
    r"|offer|issue|publish|fix|make|deliver|guarantee|apply|give|address|resolve)(?:s|es"
    r"|ing)?\b(?:.{0,80}?\b(?:for|to|on|of|in|versions?"
    rf"|releases?|series|branch(?:es)?|lines?|only|both|than|at)|:)?:? (?:{_FILL} ){{0,8}}?(?:[a-z][\w.'-]* )?V"
)
# "security fixes are provided for V"
_PLEDGES_TO = (
    rf"^\W*(?:{_FILL} )*?{_THING} (?:{_PLEDGES},? )+(?:for|to|on|in|with) (?:{_FILL} )*?"
    rf"(?:[a-z][\w.'-]* )?(?:{_KIND} )?V"
)
# "security fixes for V are released"
_OF_THINGS = (
    rf"^\W*(?:{_FILL} )*?{_THING} (?:for|to|on|in) (?:{_FILL} )*?(?:[a-z][\w.'-]* )?(?:{_KIND} )?V{_TAIL} (?:is|are|will) "
    rf"(?:{_PLEDGES} )*{_PLEDGES}\b"
)
# "supported versions are V"
_LISTED = (
    rf"\b(?:supported|maintained) (?:{_FILL} ){{0,8}}?V",
    rf"\b(?:supported|maintained)\W.{{0,30}}(?:versions?|releases?|branch(?:es)?|series|lines?)\W(?:{_FILL} ){{0,8}}?V",
)
# "V is the only line that we maintain"
_SOLE = (
    rf"^\W*(?:{_FILL} )*?(?:{_KIND} )?V{_TAIL} (?:is|are) the only (?:{_FILL} )*?(?:{_KIND}|ones?) (?:(?:that|which|we|is"
    r"|are|currently|will|still) )*(?:support|maintain|patch|fix|receiv|gets?\b)"
)
_PROMISES = tuple(map(patterns.compile, (_BY_US, _PLEDGES_TO, _SOLE, *_LISTED)))
# "supported on Linux", "released by hand": what follows says that no version is meant. Joined, it is no such word any more.
_OF_ITSELF = patterns.compile(_OF_VERSIONS)
_ON = patterns.compile(r"\b(supported|maintained|eligible|patched|covered|evergreen) (on|by|under|if|only on)\b")
_MADE_THINGS = patterns.compile(_OF_THINGS)
_BY = patterns.compile(rf"\b({_PLEDGES}) by")
# A branch with the line that it is for beside it, in brackets.
_APPOSED = patterns.compile(
    r"\b[\w./-]+ (?:branch|line|series|version|release) \((?:the |now |version )?V(?: release| stable)?(?: series"
    r"| line| branch)?\)"
)
_MAX_CLAUSE = 240


def promises(clause: str) -> bool:
    """Whether a clause in lower case says that the versions in it are supported."""
    if len(clause) > _MAX_CLAUSE:
        return False
    plain = _APPOSED.sub("V", " ".join(_LIST.sub("V", clause).split()))
    if any(pattern.search(plain) for pattern in _PROMISES):
        return True
    itself = _OF_ITSELF.search(_ON.sub(r"\1_\2", plain)) is not None
    return itself or _MADE_THINGS.search(_BY.sub(r"\1_by", plain)) is not None


def without_asides(clause: str) -> str:
    """The clause without what stands in brackets, where something is named outside of them."""
    bare = _ASIDE.sub(" ", clause)
    return " ".join(bare.split()) if _LIST.search(bare) else clause
