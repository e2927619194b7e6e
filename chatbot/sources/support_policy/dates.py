"""The dates that policy pages write, in every common spelling -> days; a bare month, quarter, half or year means its last day."""

import calendar
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from chatbot.core.text import patterns
from chatbot.sources.support_policy.scan import cores

Order = Literal["day", "month", ""]  # which comes first in 06/01/2023; "" is not known

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<{0}>(?:19|20)\d\d)"
_DAY = r"(?P<{0}>[0-3]?\d)(?:st|nd|rd|th|\.)?"
_SEPARATORS = (("dash", "-"), ("slash", "/"), ("dot", r"\."))
_FORMS = "|".join(
    (
        *(
            _YEAR.format("y1" + name) + rf"{mark}(?P<m1{name}>[0-3]?\d)(?:{mark}(?P<d1{name}>[0-3]?\d))?"
            for name, mark in _SEPARATORS
        ),
        *(
            rf"(?P<a2{name}>[0-3]?\d){mark}(?P<b2{name}>[0-3]?\d){mark}" + _YEAR.format("y2" + name)
            for name, mark in _SEPARATORS
        ),
        r"(?P<m3>[01]?\d)[/.-]" + _YEAR.format("y3"),
        _DAY.format("d4") + r"(?: of)?[ -]" + _MONTH.format("m4") + r",?[ -]" + _YEAR.format("y4"),
        _MONTH.format("m5") + r"[ -]" + _DAY.format("d5") + r",?[ -]" + _YEAR.format("y5"),
        _YEAR.format("y6") + r",?[ -]" + _MONTH.format("m6") + r"(?:[ -]" + _DAY.format("d6") + r")?",
        _MONTH.format("m7") + r",?(?: of)?[ -]" + _YEAR.format("y7"),
        r"(?P<p8>[qh])(?P<n8>[1-4])(?: of)?[ /-]?" + _YEAR.format("y8"),
        _YEAR.format("y9") + r"[ /-]?(?P<p9>[qh])(?P<n9>[1-4])",
        _YEAR.format("y0"),
    )
)
# Not within a word or a version: `1.2024.3`, `2024.1b`.
_DATES = patterns.compile(rf"(?:^|[^\w./])({_FORMS})(?:$|[^\w.]|\.(?:$|\W))", ignore_case=True)
_YEARLIKE = patterns.compile(r"(?:19|20)\d\d")
_LEADS_TO = patterns.compile(
    r"(?:until|till?|through|thru|to|by|ends?|ended|ends on|extended to|eol|eos|of life|of support|[-–—:])\W*$"
)
_STARTS = patterns.compile(
    r"\b(?:since|from|starting|started|released?|introduced|shipped|published|launched|tagged|announced|out)\W*(?:(?:on|in|at|of)\W*)?$"
)
# Of the words before a bare year only these leave it a year's end: `early 2026` and `30. März 2026` are other days.
_YEAR_WORDS = patterns.compile(
    r"until|til|till|through|thru|to|by|ends?|ended|eol|eos|eoy|of|in|year|late|since|from|on|support(?:ed)?|life|the|and|or|after"
    r"|before|released?"
)
_WORD_BEFORE = patterns.compile(r"(\pL+)[.,]?[ -]$")
_ASIAN = patterns.compile(r"((?:19|20)\d\d) ?[年년] ?(?:(\d\d?) ?[月월] ?(?:(\d\d?) ?[日일])?)?")
_ODD = patterns.compile(
    r"\b((?:19|20)\d\d)(?:\. (\d\d?)\. (\d\d?)\b\.?|([01]\d)([0-3]\d)\b)"
)  # `2026. 8. 1.`, `20260801`
_THEN = patterns.compile(r"^[\s,.(/-]*(?:\d{1,2}\b|w\d|cw|kw|week|spring|summer|autumn|fall|winter)", ignore_case=True)
_UNTIL = patterns.compile(r"\b(?:until|till?|through|thru|bis|hasta|jusqu|fino)\b|至|まで")
_OF_RELEASE = patterns.compile(r"releas|version|further|next|\bout\b|\bv\d|\d\.[\dx]")
_MAX_TEXT = 400


def dates_in(text: str, order: Order = "") -> Iterator[tuple[date, int]]:
    """Each date of a text with its place; impossible days become the last of their month, an ambiguous order the earlier day."""
    if ("20" not in text and "19" not in text) or not _YEARLIKE.search(text):
        return
    text = _ASIAN.sub(_as_iso, text[:_MAX_TEXT]) if not text.isascii() else text
    text = _ODD.sub(_as_iso, text[:_MAX_TEXT])
    for start, end, match in cores(_DATES, text[:_MAX_TEXT]):
        if match["y0"] and not (_ends_year(text[:start]) and _THEN.match(text[end:]) is None):
            continue
        european: Order = "day" if match["a2dot"] else ""  # nobody writes a month first before a full stop
        if (day := _day_of(_parts(match), order or european)) is not None:
            yield day, start


def _parts(match: patterns.Match) -> dict[str, str]:
    """What a date is made of, by the first letter of each group: year, month, day, period, number, or two numbers."""
    return {name[0]: value for name, value in match.groupdict().items() if value is not None}


def until_in(text: str, order: Order = "") -> date | None:
    """The day until which a text says that something holds: the last date that words such as "until" or a dash lead to,
    else the earliest one."""
    lowered = text.casefold()
    match = [(day, at) for day, at in dates_in(text, order) if not _STARTS.search(lowered[max(0, at - 40) : at])]
    if not match:
        return None
    led = [day for day, at in match if _LEADS_TO.search(lowered[max(0, at - 40) : at])]
    return led[-1] if led else min(day for day, _ in match)


def order_of(texts: Iterable[str]) -> Order:
    """Whether the numeric dates of a column begin with the day or the month: one number above 12 tells."""
    for text in texts:
        for _, _, match in cores(_DATES, text[:_MAX_TEXT]) if _YEARLIKE.search(text) else ():
            parts = _parts(match)
            if "a" in parts and int(parts["a"]) > 12:
                return "day"
            if "a" in parts and int(parts["b"]) > 12:
                return "month"
    return ""


def _ends_year(before: str) -> bool:
    """Whether the words before a bare year leave it the year's last day."""
    word = _WORD_BEFORE.search(before)
    return word is None or _YEAR_WORDS.fullmatch(word[1].casefold()) is not None


def _as_iso(match: patterns.Match) -> str:
    """`2026年6月30日` as `2026-6-30`."""
    return "-".join(part for part in match.groups() if part)


def _day_of(parts: dict[str, str], order: Order) -> date | None:
    year = int(parts["y"])
    if "a" in parts:
        return _numeric(year, int(parts["a"]), int(parts["b"]), order)
    if "p" in parts:
        months = 3 if parts["p"].casefold() == "q" else 6
        return _last(year, months * int(parts["n"]))
    if "m" not in parts:
        return date(year, 12, 31)
    if parts["m"].isdigit() and int(parts["m"]) > 12 and "d" in parts:  # 2021-30-06
        parts = {**parts, "m": parts["d"], "d": parts["m"]}
    month = int(parts["m"]) if parts["m"].isdigit() else _MONTHS.index(parts["m"][:3].casefold()) + 1
    return _last(year, month, int(parts["d"]) if "d" in parts else 31)


def _numeric(year: int, first: int, second: int, order: Order) -> date | None:
    by_day, by_month = _last(year, second, first), _last(year, first, second)
    if by_day is None or by_month is None:
        return by_day or by_month
    if order:
        return by_day if order == "day" else by_month
    return min(by_day, by_month)


def _last(year: int, month: int, day: int = 31) -> date | None:
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def is_undated(words: str) -> bool:
    """Whether a word such as "until" leads to a day that cannot be read."""
    return any(each[0] in "至まで" or not _OF_RELEASE.search(words[each.end() :]) for each in _UNTIL.finditer(words))
