"""French."""

from chatbot.sources.support_policy.words.lexicon import Language

FRENCH = Language(
    name="French",
    markers=frozenset(
        {
            "les", "des", "est", "sont", "sécurité", "prises", "prise", "vulnérabilités", "vulnérabilité", "politique", "mises", "oui",
            "versions prises en charge", "statut", "maintenue",
        }
    ),
    phrases={
        "oui": "yes", "non": "no", "ne sont plus": "are no longer", "n'est plus": "is no longer", "ne sont pas": "are not",
        "n'est pas": "is not", "ne": "", "n'": "", "pas": "not", "plus maintenu*": "no longer maintained", "aucun*": "no", "jamais": "never",
        "plus pris*": "no longer supported", "plus support*": "no longer supported", "ne reçoivent plus": "no longer receive",
        "ne reçoit plus": "no longer receives", "plus": "no longer", "sans": "without", "ni": "nor",
        "prises en charge": "supported", "prise en charge": "supported", "pris en charge": "supported",
        "non supporté*": "unsupported", "supporté*": "supported", "maintenu*": "maintained", "support": "support",
        "obsolète*": "obsolete", "abandonné*": "discontinued", "terminé*": "ended", "expiré*": "expired", "actif": "active",
        "active": "active", "maintenons": "maintain", "prenons en charge": "support", "supportons": "support", "nous": "we",
        "fin de vie": "end of life", "fin de support": "end of support", "fin du support": "end of support", "fin": "end",
        "reçoit": "receives", "reçoivent": "receive", "bénéficie*": "receive", "recevront": "will receive", "recevra": "will receive",
        "mises à jour de sécurité": "security updates", "mise à jour de sécurité": "security update", "mises à jour": "updates",
        "mise à jour": "update", "correctifs de sécurité": "security fixes", "correctif de sécurité": "security fix",
        "correctif*": "fixes", "correction*": "fixes", "corrigé*": "fixed", "sécurité": "security", "seule": "only", "seules": "only",
        "seul": "only", "seulement": "only", "uniquement": "only", "exclusivement": "only", "dernière*": "latest", "dernier*": "latest",
        "les deux dernières": "the last two", "les trois dernières": "the last three", "plus récente": "latest", "plus récent": "latest",
        "plus récentes": "newer", "plus récents": "newer", "la plus récente": "the latest", "actuelle": "current", "actuel": "current",
        "précédente": "previous", "précédent": "previous", "précédentes": "previous", "plus anciennes": "older", "plus ancienne": "older",
        "plus anciens": "older", "anciennes": "older", "ancienne": "old", "antérieure*": "earlier", "ultérieure*": "later",
        "supérieure*": "higher", "inférieure*": "lower", "inférieures à": "<", "antérieures à": "prior to", "autres": "other", "autre": "other",
        "toutes": "all", "tous": "all", "toute": "any", "chaque": "each", "version": "version", "versions": "versions",
        "majeure*": "major", "mineure*": "minor", "branche": "branch", "branches": "branches", "série": "series", "publication*": "releases",
        "jusqu'en": "until", "jusqu'au": "until", "jusqu'à": "until", "jusque": "until", "depuis": "since", "à partir de": "from",
        "avant": "before", "après": "after", "et": "and", "ou": "or", "mais": "but", "sauf": "except", "excepté": "except",
        "pour": "for", "avec": "with", "est": "is", "sont": "are", "sera": "will be", "seront": "will be", "la": "the", "le": "the",
        "les": "the", "l'": "the", "du": "of the", "de": "of", "des": "of the", "deux": "two", "trois": "three", "quatre": "four", "cinq": "five",
        "janvier": "january", "février": "february", "mars": "march", "avril": "april", "mai": "may", "juin": "june", "juillet": "july",
        "août": "august", "septembre": "september", "octobre": "october", "novembre": "november", "décembre": "december",
        "prévu*": "planned", "peut-être": "maybe", "recommandons": "recommend", "recommandé*": "recommended", "veuillez": "please",
        "par exemple": "for example", "suivantes": "following", "actuellement": "currently", "développement": "development",
        "stable": "stable", "limité*": "limited",
    },
)  # fmt: skip
