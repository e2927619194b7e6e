"""Number words, once for all who count: releases, days, months and years."""

NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fourteen": 14, "fifteen": 15, "eighteen": 18, "twenty": 20, "twenty-four": 24, "thirty": 30, "thirty-six": 36,
    "forty-five": 45, "sixty": 60, "ninety": 90,
}  # fmt: skip
# What a pattern looks for where one of them may stand, the longest first
NUMBER_WORD = "|".join(sorted(NUMBERS, key=len, reverse=True))
# How many of the newest releases a page speaks of: "the last two"
COUNTS = {word: NUMBERS[word] for word in ("two", "three", "four", "five", "six")} | {"couple": 2}
COUNT_WORD = "|".join(COUNTS)


def number_of(word: str) -> int:
    """The number that a word or figures stand for; ValueError where they are neither."""
    return NUMBERS[word] if word in NUMBERS else int(word)
