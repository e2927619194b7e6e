"""German."""

from chatbot.sources.support_policy.words.lexicon import Language

GERMAN = Language(
    name="German",
    markers=frozenset(
        {
            "und", "nicht", "wird", "werden", "wir", "versionen", "unterstützt", "unterstützte", "unterstützen", "sicherheit",
            "sicherheitsrichtlinie", "sicherheitslücken", "sicherheitsupdates", "ja", "nein",
        }
    ),
    phrases={
        "ja": "yes", "nein": "no", "nicht mehr": "no longer", "nicht": "not", "kein*": "no", "nie": "never", "ohne": "without",
        "keinerlei": "no", "weder": "neither", "noch": "nor",
        "unterstütz*": "supported", "unterstuetz*": "supported", "gepflegt*": "maintained", "gewartet*": "maintained",
        "pflegen": "maintain", "warten": "maintain", "betreut": "maintained", "wartung": "maintenance", "support": "support",
        "nicht unterstütz*": "unsupported", "eingestellt": "discontinued", "beendet": "ended", "abgelaufen": "ended",
        "abgekündigt": "discontinued", "veraltet*": "outdated", "ausgelaufen": "ended", "aktiv*": "active",
        "supportende": "end of support", "lebensende": "end of life", "auslauf*": "end", "endet": "ends", "ende": "end",
        "wir": "we", "unterstützen wir": "we support", "erhält": "receives", "erhalten": "receive", "bekommt": "receives",
        "bekommen": "receive", "bereitgestellt": "provided", "stellen": "provide", "veröffentlicht": "released",
        "behoben": "fixed", "beheben": "fix", "sicherheitsupdate*": "security updates", "sicherheitsaktualisierung*": "security updates",
        "sicherheitsfix*": "security fixes", "sicherheitspatch*": "security patches", "sicherheitskorrektur*": "security fixes",
        "sicherheitsrelevante*": "security", "aktualisierung*": "updates", "korrektur*": "fixes", "fehlerbehebung*": "bugfixes",
        "sicherheit*": "security", "nur": "only", "ausschließlich": "only", "lediglich": "only", "allein": "only",
        "neueste*": "latest", "neuste*": "latest", "jüngste*": "latest", "aktuell*": "current", "letzte*": "last",
        "vorherige*": "previous", "vorige*": "previous", "vorhergehende*": "previous", "ältere*": "older", "alte*": "old",
        "frühere*": "earlier", "neuere*": "newer", "spätere*": "later", "höher*": "higher", "niedriger*": "lower",
        "andere*": "other", "übrigen": "other", "sonstige*": "other", "alles andere": "everything else", "alle": "all",
        "jede*": "every", "jeweils": "", "derzeit": "currently", "momentan": "currently", "zurzeit": "currently",
        "version": "version", "versionen": "versions", "ausgabe*": "releases", "veröffentlichung*": "releases",
        "versionsreihe": "series", "reihe": "series", "zweig": "branch", "zweige": "branches", "hauptversion": "major version",
        "hauptversionen": "major versions", "nebenversion": "minor version", "nebenversionen": "minor versions",
        "unterversion": "minor version", "unterversionen": "minor versions", "haupt": "major", "neben": "minor",
        "bis zum": "until", "bis": "until", "ab": "from", "seit": "since", "vor": "before", "nach": "after", "kleiner als": "<",
        "älter als": "older than", "neuer als": "newer than", "und älter": "and older", "oder älter": "or older",
        "und neuer": "and newer", "oder neuer": "or newer", "und höher": "and higher", "oder höher": "or higher",
        "sowie": "and", "und": "and", "oder": "or", "aber": "but", "jedoch": "but", "außer": "except", "für": "for", "mit": "with",
        "ist": "is", "sind": "are", "wird": "is", "werden": "are", "der": "the", "die": "the", "das": "the", "den": "the",
        "dem": "the", "des": "of the", "von": "of", "zwei": "two", "drei": "three", "vier": "four", "fünf": "five",
        "januar": "january", "februar": "february", "märz": "march", "april": "april", "mai": "may", "juni": "june", "juli": "july",
        "august": "august", "oktober": "october", "dezember": "december", "quartal": "q", "geplant": "planned",
        "eventuell": "may", "möglicherweise": "may", "gegebenenfalls": "may", "empfehlen": "recommend", "empfohlen": "recommended",
        "bitte": "please", "zum beispiel": "for example", "z.b": "e.g.", "folgende*": "following", "diese*": "these",
        "entwicklung": "development", "stabile*": "stable", "datum": "date", "eingeschränkt": "limited",
    },
)  # fmt: skip
