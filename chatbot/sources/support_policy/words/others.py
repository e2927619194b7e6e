"""The few words of tables in languages without a lexicon of their own."""

from chatbot.sources.support_policy.words.lexicon import Language

ITALIAN = Language(
    name="Italian",
    markers=frozenset({"versione", "versioni", "sicurezza", "supportata", "supportate", "stato", "sì"}),
    phrases={
        "sì": "yes", "si": "yes", "no": "no", "non": "not", "non più": "no longer", "senza": "without", "supportat*": "supported", "supporto": "support",
        "fuori": "out of", "in support": "supported", "mantenut*": "maintained", "scadut*": "expired", "terminat*": "ended", "fino al": "until",
        "fino a": "until", "versione": "version", "versioni": "versions", "ultima": "latest", "precedenti": "earlier", "stato": "status", "solo": "only",
        "aggiornamenti": "updates", "di sicurezza": "security", "ricevono": "receive", "riceve": "receives", "tutte": "all", "altre": "other",
    },
)  # fmt: skip
DUTCH = Language(
    name="Dutch",
    markers=frozenset({"versie", "versies", "ondersteund", "ondersteunde", "beveiliging", "nee"}),
    phrases={
        "ja": "yes", "nee": "no", "niet": "not", "niet meer": "no longer", "geen": "no", "ondersteun*": "supported", "versie": "version",
        "versies": "versions", "tot": "until", "nieuwste": "latest", "laatste": "latest", "oudere": "older", "alleen": "only", "krijgen": "receive",
        "krijgt": "receives", "beveiligingsupdates": "security updates",
    },
)  # fmt: skip
POLISH = Language(
    name="Polish",
    markers=frozenset({"wersja", "wersje", "wspierana", "wspierane", "bezpieczeństwo", "bezpieczeństwa", "tak"}),
    phrases={
        "tak": "yes", "nie": "no", "już nie": "no longer", "wspieran*": "supported", "niewspieran*": "unsupported", "wersja": "version",
        "wersje": "versions", "do": "until", "najnowsza": "latest", "starsze": "older", "tylko": "only", "wsparcie": "support",
    },
)  # fmt: skip
TURKISH = Language(
    name="Turkish",
    markers=frozenset({"sürüm", "sürümler", "destekleniyor", "güvenlik", "evet", "hayır"}),
    phrases={
        "evet": "yes", "hayır": "no", "desteklenmiyor": "unsupported", "desteklen*": "supported", "sürüm": "version", "sürümler": "versions",
        "destek": "support", "yalnızca": "only", "sadece": "only", "eski": "old",
    },
)  # fmt: skip
KOREAN = Language(
    name="Korean",
    markers=frozenset({"버전", "지원", "보안"}),
    phrases={
        "버전": "version", "지원": "supported", "예": "yes", "아니오": "no", "아니요": "no", "지원됨": "supported", "지원되지": "unsupported",
        "미지원": "unsupported", "종료": "ended", "최신": "latest", "이전": "older",
    },
)  # fmt: skip
