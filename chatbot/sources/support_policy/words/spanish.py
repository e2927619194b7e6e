"""Spanish."""

from chatbot.sources.support_policy.words.lexicon import Language

SPANISH = Language(
    name="Spanish",
    markers=frozenset(
        {
            "versión", "versiones", "soportada", "soportadas", "seguridad", "política", "estado", "soporte", "sí", "los", "las", "vulnerabilidades",
            "actualizaciones",
        }
    ),
    phrases={
        "sí": "yes", "si": "if", "no": "no", "ya no": "no longer", "nunca": "never", "ningun*": "no", "ninguna": "no", "sin": "without",
        "soportad*": "supported", "compatible*": "supported", "con soporte": "supported", "no soportad*": "unsupported",
        "sin soporte": "unsupported", "soporte": "support", "mantenid*": "maintained", "mantenemos": "we maintain", "damos soporte": "we support",
        "soportamos": "we support", "ofrecemos": "we provide", "proporcionamos": "we provide", "obsolet*": "obsolete", "descontinuad*": "discontinued",
        "finalizad*": "ended", "terminad*": "ended", "abandonad*": "discontinued", "fin de vida útil": "end of life", "fin de vida": "end of life",
        "fin de soporte": "end of support", "fin del soporte": "end of support", "recibe": "receives", "reciben": "receive", "recibirán": "will receive",
        "recibirá": "will receive", "actualizaciones de seguridad": "security updates", "actualización de seguridad": "security update",
        "actualizaciones": "updates", "actualización": "update", "parches de seguridad": "security patches", "parche*": "patches",
        "correcciones de seguridad": "security fixes", "correcciones": "fixes", "corrección": "fix", "corregid*": "fixed", "seguridad": "security",
        "solo": "only", "sólo": "only", "solamente": "only", "únicamente": "only", "exclusivamente": "only", "última": "latest", "último": "latest",
        "últimas": "last", "últimos": "last", "más reciente": "latest", "más recientes": "latest", "actual": "current", "anterior": "previous",
        "anteriores": "earlier", "anteriores a": "prior to", "más antiguas": "older", "antigu*": "old", "posterior*": "later", "superior*": "higher",
        "inferior*": "lower", "otra": "other", "otras": "other", "otros": "other", "las demás": "all other", "todas": "all", "todos": "all", "cualquier": "any",
        "cada": "each", "versión": "version", "versiones": "versions", "lanzamiento*": "releases", "mayor": "major", "mayores": "major",
        "principal": "major", "menor": "minor", "menores": "minor", "rama": "branch", "ramas": "branches", "serie": "series", "hasta": "until",
        "desde": "since", "antes de": "before", "después de": "after", "y": "and", "e": "and", "o": "or", "pero": "but", "excepto": "except", "salvo": "except",
        "para": "for", "con": "with", "es": "is", "son": "are", "está": "is", "están": "are", "será": "will be", "serán": "will be", "la": "the",
        "las": "the", "el": "the", "los": "the", "de": "of", "del": "of the", "a": "to", "dos": "two", "tres": "three", "cuatro": "four", "cinco": "five",
        "enero": "january", "febrero": "february", "marzo": "march", "abril": "april", "mayo": "may", "junio": "june", "julio": "july",
        "agosto": "august", "septiembre": "september", "octubre": "october", "noviembre": "november", "diciembre": "december",
        "planificad*": "planned", "recomendamos": "recommend", "por favor": "please", "por ejemplo": "for example", "siguientes": "following",
        "actualmente": "currently", "desarrollo": "development", "estable": "stable", "limitad*": "limited", "activ*": "active", "estado": "status",
        "nosotros": "we", "vulnerabilidad*": "vulnerabilities",
    },
)  # fmt: skip
