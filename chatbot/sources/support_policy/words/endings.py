"""The words by which pages say that something is over, or only for those who pay, as signs; in the words of `english`.

One word or another makes no difference to what a sentence says of a version, so each kind of them is written as one sign, and the
patterns that look for sentences need to know the signs only.
"""

from functools import lru_cache

from chatbot.core.text import patterns

# What was done to it: "2.x was retired", "we dropped 2.x"
_DONE = (
    r"(?:pulled|pulling) the plug (?:on|for|from)|(?:clock|time|patience|money|support) (?:has )?r[au]n out (?:on|for)"
    r"|called time on"
    r"|dropped|removed|withdrawn|withdrew|retired|terminated|discontinued|abandoned|sunset(?:ted)?|archived|yanked|pulled"
    r"|closed|orphaned"
    r"|shelved|frozen|froze|killed|phased out|shut down|wound down|buried|cancell?ed|decommissioned|scrapped|given up(?: on)?"
    r"|gave up(?: on)?|laid to rest|put to rest|mothballed|axed|halted|suspended|concluded|left behind|let go(?: of)?"
    r"|said (?:goodbye|farewell) to|parted with|moved on from|walked away from|turned our backs? on|stood down"
)
# What was done to it, or what it did by itself: "support has ended", "we ended support"
_STOPPED = r"ended|stopped|ceased|expired|lapsed|finished"
# What it did by itself
_PASSED = (
    r"died|left (?:its |their |the )?support|(?:has |have )?had (?:its|their) (?:day|time)|(?:reached|hit|met) (?:its"
    r"|their|the) (?:sunset|retirement)"
    r"|(?:reached|hit|passed|met) (?:its|their|the|his) (?:end|eol|final \w+|last \w+)|(?:reached|hit|passed|gone"
    r"|went|now) eol"
    r"|(?:come|came|comes|is coming) to (?:an|its|their|the) (?:end|close)|(?:run|ran) out|run (?:its|their) course"
    r"|lost (?:its|their|all|the) (?:\w+ )?maintainers?|gone the way of \w+"
)
# What it is since
_OVER = (
    r"dead|over|history|gone|done|defunct|abandonware|insecure|unsafe|(?:past |after )?eol|unmaintained|unsupported"
    r"|unpatched|obsolete"
    r"|(?:at|past) (?:its|their|an|the) end|(?:a )?thing of the past|in the past|behind us|on life support|on (?:its"
    r"|their|your) own"
    r"|(?:at )?(?:the )?end of the (?:line|road)|out of (?:service|scope)|without (?:an? |any )?(?:maintainers?|owner"
    r"|support|fixes"
    r"|patches|updates|maintenance)"
)
# What it will do, before the day on which it does
_PASSES = (
    r"(?:leaves?|exits?) (?:security )?(?:support|maintenance)"
    r"|ends?|expires?|stops?|ceases?|lapses?|dies|terminates?|runs? out|(?:reach(?:es)?|hits?|goes?|becomes?|comes? to"
    r"|turns?|meets?|be|enters?"
    r"|is|are) (?:(?:its|their|the|an|to) )*(?:eol|end|unsupported|unmaintained|obsolete|sunset)"
)
# What we will do to it
_DROPS = r"drop|retire|stop|end|discontinue|sunset|abandon|remove|withdraw|terminate|kill|phase out|archive"
# What a version is given
_THINGS = (
    r"(?:security |bug ?|critical |regular |active |official |full |public |any |further |new |vendor )*(?:support"
    r"|maintenance|fix(?:es)?|bugfix(?:es)?"
    r"|updates?|patch(?:es)?|backports?|releases?|builds?|development|coverage|service|supporting|maintaining|patching"
    r"|fixing|shipping"
    r"|publishing|developing|building|backporting)"
)
_BE = (
    r"(?:has|have|had) been|is|are|become|remains?|counts? as|(?:should|must|can|has to|have to) be(?: considered| regarded"
    r"| treated)?(?: as)?|stays?"
)
_WAS = r"(?:was|were)(?: being)?|became|went|got"
_MEANWHILE = (
    r"now|already|currently|finally|long|since|also|both|all|considered|regarded as|deemed|declared|being|been|by now"
    r"|hereby|therefore|thus"
    r"|today|meanwhile|in effect|simply|pretty much|as good as|basically|just|recently|officially|effectively|fully"
    r"|completely|entirely"
    r"|the|an?|our|its|their|quietly|sadly|silently|formally|permanently|definitely|definitively|de facto|more or less"
    r"|practically|virtually"
    r"|essentially|unfortunately|(?:as of|since) (?:[a-z]+ )?(?:19|20)\d\d|last (?:year|month|week|spring|summer|autumn"
    r"|fall|winter)"
)
_NONE = r"not|no|nothing|none|never|zero|neither|without|can not|nobody|no one|hardly|barely"
_BUYERS = (
    r"pay\w*|paid|commercial\w*|customers?|enterprise|sponsors?|subscri\w+|contracts?|licen[cs]ees?|partners?"
    r"|patrons?|backers?"
    r"|premium|(?:pro|business|plus|corporate|professional) (?:edition|plan|tier|users?|accounts?|version)"
)
BUYERS = rf"(?:{_BUYERS})"
_KINDS = (
    ("P", _PASSED),
    ("O", _OVER),
    ("F", _PASSES),
    ("D", _DONE),
    ("E", _STOPPED),
    ("R", _DROPS),
    ("T", _THINGS),
    ("B", _BE),
    ("W", _WAS),
    ("A", _MEANWHILE),
    ("N", _NONE),
    ("Y", _BUYERS),
)
_SIGNS = patterns.compile(r"\b(?:" + "|".join(f"(?P<{sign}>{words})" for sign, words in _KINDS) + r")\b")
# One of these is in every sentence that takes something back.
_HINTS = (
    "drop", "end", "stop", "cease", "remov", "withdr", "retire", "terminat", "discontinu", "abandon", "sunset",
    "archive", "yank", "pulled", "closed", "orphan", "shelved", "froze", "kill", "phase", "shut", "wound",
    "buried", "cancel", "decommission", "scrap", "expire", "lapse", "finish", "give", "gave", " rest", "mothball",
    "axed", "halted", "suspend", "conclude", "behind", "let go", "goodbye", "farewell", "parted", "moved on",
    "walked", "backs", "dead", "die", "over", "history", "gone", "done", "defunct", "secure", "unsafe", "eol",
    "unmaint", "unsupp", "unpatch", "obsolete", "past", "own", "course", "lost", "out", "pay", "paid",
    "commercial", "customer", "enterprise", "sponsor", "subscri", "contract", "licen", "partner", "patron",
    "backer", "premium", " no ", " not", "nobody", "nothing", "none", "never", "without", "n't", "n’t", "final",
    "last", "avoid", "ignored", "rejected", "declined", "communit", "volunteer", "zero", "neither", "left",
    "scope", "cannot", "leave", "exit", " been ", "risk", "pro ", "business", "corporate", "professional", "clock",
    " day", "time", "moved", "rejected", "unp", "❌", "✖", "✗", "✘", "🚫", "⛔", "unse", "part", "cover", "was ",
    "were ", "hardly", "barely",
)  # fmt: skip


def signs_of_endings(text: str) -> str:
    """A text in plain words with the words of each kind as a capital letter: `support for 2.x is over` is `T for 2.x B O`."""
    return _SIGNS.sub(_sign, text)


@lru_cache(maxsize=1024)  # several readers ask about one sentence
def may_end(lowered: str) -> bool:
    """Whether a text in lower case has one of the words without which nothing is taken back."""
    return any(hint in lowered for hint in _HINTS) or lowered.startswith("no")


def _sign(match: patterns.Match) -> str:
    return str(match.lastgroup)
