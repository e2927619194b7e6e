"""The dates that policy pages write, in every common spelling -> days; a bare month, quarter, half or year means its last day."""

import calendar
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

Order = Literal["day", "month", ""]  # which comes first in 06/01/2023; "" is not known

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<{0}>(?:19|20)\d\d)"
_DAY = r"(?P<{0}>[0-3]?\d)(?:st|nd|rd|th)?"
_NO = r"(?![\d.]*\d)"  # not followed by more of a number
_FORMS = "|".join(
    (
        _YEAR.format("y1") + r"(?P<s1>[-/.])(?P<m1>[01]?\d)(?:(?P=s1)(?P<d1>[0-3]?\d))?" + _NO,
        r"(?P<a2>[0-3]?\d)(?P<s2>[-/.])(?P<b2>[0-3]?\d)(?P=s2)" + _YEAR.format("y2") + _NO,
        r"(?P<m3>[01]?\d)[/.-]" + _YEAR.format("y3") + _NO,
        _DAY.format("d4") + r"(?: of)?[ -]" + _MONTH.format("m4") + r",?[ -]" + _YEAR.format("y4") + _NO,
        _MONTH.format("m5") + r"[ -]" + _DAY.format("d5") + r",?[ -]" + _YEAR.format("y5") + _NO,
        _YEAR.format("y6") + r",?[ -]" + _MONTH.format("m6") + r"(?:[ -]" + _DAY.format("d6") + r")?" + _NO,
        _MONTH.format("m7") + r",?(?: of)?[ -]" + _YEAR.format("y7") + _NO,
        r"(?P<p8>[qh])(?P<n8>[1-4])(?: of)?[ /-]?" + _YEAR.format("y8") + _NO,
        _YEAR.format("y9") + r"[ /-]?(?P<p9>[qh])(?P<n9>[1-4])" + _NO,
        _YEAR.format("y0") + _NO,
    )
)
_DATES = re.compile(rf"(?<![\w./])(?:{_FORMS})(?!\.?\w)", re.IGNORECASE)
_YEARLIKE = re.compile(r"(?:19|20)\d\d")
_LEADS_TO = re.compile(
    r"(?:until|till?|through|thru|to|by|ends?|ended|ends on|extended to|eol|eos|of life|of support|[-–—:])\W*$"
)
_STARTS = re.compile(r"\b(?:since|from|starting|released|introduced)\W*(?:(?:on|in)\W*)?$")
# Of the words before a bare year only these leave it a year's end: `early 2026` and `30. März 2026` are other days.
_YEAR_WORDS = re.compile(
    r"until|til|till|through|thru|to|by|ends?|ended|eol|eos|eoy|of|in|year|late|since|from|on|support(?:ed)?|life|the|and|or|after"
    r"|before|released?"
)
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[.,]?[ -]$")
_ASIAN = re.compile(r"((?:19|20)\d\d) ?[年년] ?(?:(\d\d?) ?[月월] ?(?:(\d\d?) ?[日일])?)?")
_MAX_TEXT = 400


def dates_in(text: str, order: Order = "") -> Iterator[tuple[date, int]]:
    """Each date of a text with its place; impossible days become the last of their month, an ambiguous order the earlier day."""
    if not _YEARLIKE.search(text):
        return
    text = _ASIAN.sub(_as_iso, text[:_MAX_TEXT]) if not text.isascii() else text
    for found in _DATES.finditer(text[:_MAX_TEXT]):
        if found["y0"] and not _ends_year(text[: found.start()]):
            continue
        parts = {name[0]: value for name, value in found.groupdict().items() if value is not None and name[0] != "s"}
        if (day := _day_of(parts, order)) is not None:
            yield day, found.start()


def until_in(text: str, order: Order = "") -> date | None:
    """The day until which a text says that something holds: the last date that words such as "until" or a dash lead to,
    else the earliest one."""
    lowered = text.casefold()
    found = [(day, at) for day, at in dates_in(text, order) if not _STARTS.search(lowered[max(0, at - 40) : at])]
    if not found:
        return None
    led = [day for day, at in found if _LEADS_TO.search(lowered[max(0, at - 40) : at])]
    return led[-1] if led else min(day for day, _ in found)


def order_of(texts: Iterable[str]) -> Order:
    """Whether the numeric dates of a column begin with the day or the month: one number above 12 tells."""
    for text in texts:
        for found in _DATES.finditer(text[:_MAX_TEXT]) if _YEARLIKE.search(text) else ():
            if found["a2"] and int(found["a2"]) > 12:
                return "day"
            if found["a2"] and int(found["b2"]) > 12:
                return "month"
    return ""


def _ends_year(before: str) -> bool:
    """Whether the words before a bare year leave it the year's last day."""
    word = _WORD_BEFORE.search(before)
    return word is None or _YEAR_WORDS.fullmatch(word[1].casefold()) is not None


def _as_iso(found: re.Match[str]) -> str:
    """`2026年6月30日` as `2026-6-30`."""
    return "-".join(part for part in found.groups() if part)


def _day_of(parts: dict[str, str], order: Order) -> date | None:
    year = int(parts["y"])
    if "a" in parts:
        return _numeric(year, int(parts["a"]), int(parts["b"]), order)
    if "p" in parts:
        months = 3 if parts["p"].casefold() == "q" else 6
        return _last(year, months * int(parts["n"]))
    if "m" not in parts:
        return date(year, 12, 31)
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
