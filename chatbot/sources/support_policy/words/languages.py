"""Which languages a page is written in, and its texts in English words."""

from functools import lru_cache

from chatbot.sources.support_policy.words.chinese import CHINESE
from chatbot.sources.support_policy.words.french import FRENCH
from chatbot.sources.support_policy.words.german import GERMAN
from chatbot.sources.support_policy.words.japanese import JAPANESE
from chatbot.sources.support_policy.words.lexicon import Language
from chatbot.sources.support_policy.words.others import DUTCH, ITALIAN, KOREAN, POLISH, TURKISH
from chatbot.sources.support_policy.words.portuguese import PORTUGUESE
from chatbot.sources.support_policy.words.russian import RUSSIAN
from chatbot.sources.support_policy.words.spanish import SPANISH

_WITH_BLANKS = (GERMAN, FRENCH, SPANISH, PORTUGUESE, RUSSIAN, ITALIAN, DUTCH, POLISH, TURKISH, KOREAN)
_WITHOUT_BLANKS = (JAPANESE, CHINESE)
_ENOUGH = 2  # words of a language: one alone may be a name
_EDGES = '.,;:!?()[]{}"“”„«»|*_`#>-'


def language_of(text: str) -> Language | None:
    """The language that most of a page's words are of, beside English; None for an English one."""
    lowered = text.casefold()
    if not lowered.isascii():
        for joined in _WITHOUT_BLANKS:
            if sum(marker in lowered for marker in joined.markers) >= _ENOUGH:
                return joined
    words = {word.strip(_EDGES) for word in lowered.split()}
    scores = [(len(language.markers & words), language) for language in _WITH_BLANKS]
    best, language = max(scores, key=lambda score: score[0])
    return language if best >= _ENOUGH else None


@lru_cache(maxsize=2048)
def english(text: str, language: Language | None) -> str:
    """A text in English words, as far as the lexicon of its language goes."""
    return text if language is None else language.english(text)
