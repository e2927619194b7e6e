"""Words by which a page promises less than it seems to: it may, it tries, it depends."""

from chatbot.core.text import patterns

_MAY = r"may|might|could|best[- ]effort"
# What makes a promise one that may be kept or not
HEDGED = patterns.compile(
    rf"\b(?:{_MAY}|critical cases|exceptional\w*|case[- ]by[- ]case|sometimes|where possible|consider"
    r"|can be considered|can (?:\w+ )?backport|severe enough|serious enough|depend(?:s|ing)? (?:on|upon)|(?:on"
    r"|upon|by|per) request"
    r"|(?:at|to) (?:the |our |my |their )?[\w' ]{0,16}discretion|if (?:possible|feasible|practical)|(?:where|when) (?:feasible"
    r"|practical)|permitting|time permits|demand|volunteers?|voluntary|rarely|seldom|occasionally|hardly ever"
    r"|(?:when|if) (?:someone|somebody|they|there is|time|possible|we (?:can|have|find))|effort is made"
    r"|in (?:urgent|extreme|rare|some) cases)\b"
)
# What makes a span of time no promise: it is hoped for, or it is that of some releases only
NO_WINDOW = patterns.compile(rf"\b(?:{_MAY}|try|hope|aim|intend|plan|lts|long[- ]term)\b")
