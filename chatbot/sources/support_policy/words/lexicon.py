"""A language's words for what policy pages say -> the English words that the grammar knows, in one pass over a text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

_JOINED = range(0x3040, 0xA000)  # kana and Han: words without blanks between them
_MAX_PHRASE = 12  # characters of a phrase in such a writing
_MIN_STEM = 3
_WIDE = str.maketrans({"：": ": ", "（": " (", "）": ") ", "，": "; ", "；": "; "})
_PUNCTUATION = '.,;:!?()[]{}"“”„«»。，、；：！？（）「」『』【】|'


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """The words of one language.

    phrases: words or several of them -> English; a `*` at the end of a phrase stands for any ending
    markers: words that no page in another language has: a page with one of them is read with this lexicon
    """

    name: str
    phrases: Mapping[str, str]
    markers: frozenset[str]
    _index: dict[str, list[tuple[tuple[str, ...], str]]] = field(init=False, repr=False)
    _stems: dict[str, str] = field(init=False, repr=False)
    _joined: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        index: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        stems: dict[str, str] = {}
        joined: dict[str, str] = {}
        for phrase, english in self.phrases.items():
            if ord(phrase[0]) in _JOINED:
                joined[phrase] = english
            elif phrase.endswith("*"):
                stems[phrase[:-1]] = english
            else:
                first, *rest = phrase.split()
                index.setdefault(first, []).append((tuple(rest), english))
        for entries in index.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        object.__setattr__(self, "_index", index)
        object.__setattr__(self, "_stems", stems)
        object.__setattr__(self, "_joined", joined)

    def english(self, text: str) -> str:
        """The text with the words that the lexicon knows in English, and all others as they are."""
        text = text.translate(_WIDE)
        if self._joined:
            text = " ".join(_apart(text, self._joined))
        words = text.split()
        bare = [word.strip(_PUNCTUATION).casefold() for word in words]
        translated: list[str] = []
        at = 0
        while at < len(words):
            size, english = self._phrase(words, bare, at)
            if size:
                before, after = _around(words[at])[0], _around(words[at + size - 1])[1]
                translated.append(f"{before}{english}{after}")
            else:
                translated.append(words[at])
            at += size or 1
        return " ".join(filter(None, translated))

    def _phrase(self, words: list[str], bare: list[str], at: int) -> tuple[int, str]:
        """How many words the phrase has that begins here, and its English; 0 for none. It goes over no punctuation."""
        for rest, english in self._index.get(bare[at], ()):
            end = at + 1 + len(rest)
            if tuple(bare[at + 1 : end]) == rest and not any(_parted(*pair) for pair in pairwise(words[at:end])):
                return 1 + len(rest), english
        word = bare[at]
        for size in range(len(word), _MIN_STEM - 1, -1):
            if word[:size] in self._stems:
                return 1, self._stems[word[:size]]
        return 0, ""


def _parted(word: str, following: str) -> bool:
    return word[-1] in _PUNCTUATION or following[0] in _PUNCTUATION


def _around(word: str) -> tuple[str, str]:
    """The punctuation before and after a word."""
    left = word.lstrip(_PUNCTUATION)
    return word[: len(word) - len(left)], left[len(left.rstrip(_PUNCTUATION)) :]


def _apart(text: str, phrases: Mapping[str, str]) -> Iterator[str]:
    """The words of a text without blanks: the longest phrase that is known at each place, and what is between them."""
    at = begin = 0
    while at < len(text):
        if ord(text[at]) not in _JOINED:
            at += 1
            continue
        phrase = next(
            (text[at : at + size] for size in range(_MAX_PHRASE, 0, -1) if text[at : at + size] in phrases), ""
        )
        if phrase:
            yield text[begin:at]
            yield phrases[phrase]
            begin = at + len(phrase)
        at += len(phrase) or 1
    yield text[begin:]
