"""Russian."""

from chatbot.sources.support_policy.words.lexicon import Language

RUSSIAN = Language(
    name="Russian",
    markers=frozenset(
        {
            "версия", "версии", "версий", "поддерживается", "поддерживаются", "поддержка", "безопасности", "безопасность", "да", "нет", "мы", "не",
            "и", "поддерживаемые",
        }
    ),
    phrases={
        "да": "yes", "нет": "no", "больше не": "no longer", "не": "not", "никогда": "never", "ни": "no", "без": "without", "никакие": "no",
        "поддерживае*": "supported", "поддержива*": "support", "не поддержива*": "unsupported", "неподдержива*": "unsupported",
        "поддержк*": "support", "поддержка прекращена": "support ended", "прекращен*": "ended", "завершен*": "ended", "окончен*": "ended",
        "устарел*": "outdated", "снят*": "discontinued", "активн*": "active", "конец поддержки": "end of support",
        "окончание поддержки": "end of support", "конец жизни": "end of life", "получает": "receives", "получают": "receive",
        "получат": "will receive", "выпускаются": "are released", "выпускаем": "release", "выходят": "are released",
        "обновления безопасности": "security updates", "обновлений безопасности": "security updates", "обновлени*": "updates",
        "исправления безопасности": "security fixes", "исправлений безопасности": "security fixes", "исправлени*": "fixes", "патч*": "patches",
        "безопасност*": "security", "только": "only", "исключительно": "only", "лишь": "only", "последн*": "latest", "самая новая": "latest",
        "новейш*": "latest", "актуальн*": "current", "текущ*": "current", "предыдущ*": "previous", "прошл*": "previous", "более старые": "older",
        "старые": "old", "старых": "old", "старше": "older", "более ранние": "earlier", "ранние": "earlier", "новее": "newer", "выше": "higher",
        "ниже": "lower", "более новые": "newer", "другие": "other", "других": "other", "остальные": "other", "остальных": "other",
        "все остальные": "all other", "все": "all", "всех": "all", "любая": "any", "каждая": "each", "каждой": "each", "версия": "version",
        "версию": "version", "версией": "version", "версии": "versions", "версий": "versions", "версиям": "versions", "версиях": "versions",
        "релиз": "release", "релизы": "releases", "релизов": "releases", "релиза": "release", "выпуск": "release", "выпуски": "releases",
        "мажорн*": "major", "минорн*": "minor", "основн*": "major", "ветка": "branch", "ветки": "branches", "ветку": "branch", "ветви": "branches",
        "до": "until", "с": "since", "перед": "before", "после": "after", "и": "and", "или": "or", "но": "but", "а": "but", "кроме": "except",
        "для": "for", "мы": "we", "две": "two", "два": "two", "три": "three", "четыре": "four", "пять": "five", "январ*": "january",
        "феврал*": "february", "март*": "march", "апрел*": "april", "мая": "may", "май": "may", "июн*": "june", "июл*": "july", "август*": "august",
        "сентябр*": "september", "октябр*": "october", "ноябр*": "november", "декабр*": "december", "года": "", "год": "", "запланирован*": "planned",
        "рекомендуем": "recommend", "пожалуйста": "please", "например": "for example", "следующие": "following", "сейчас": "currently",
        "разработк*": "development", "стабильн*": "stable", "ограничен*": "limited", "статус": "status", "состояние": "status",
    },
)  # fmt: skip
