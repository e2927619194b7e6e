"""Portuguese."""

from chatbot.sources.support_policy.words.lexicon import Language

PORTUGUESE = Language(
    name="Portuguese",
    markers=frozenset(
        {
            "versão", "versões", "suportada", "suportadas", "segurança", "não", "sim", "suporte", "vulnerabilidades", "atualizações", "estão", "são",
        }
    ),
    phrases={
        "sim": "yes", "não": "not", "já não": "no longer", "não mais": "no longer", "nunca": "never", "nenhum*": "no", "sem": "without",
        "suportad*": "supported", "com suporte": "supported", "não suportad*": "unsupported", "sem suporte": "unsupported", "suporte": "support",
        "mantid*": "maintained", "mantemos": "we maintain", "suportamos": "we support", "oferecemos": "we provide", "fornecemos": "we provide",
        "obsolet*": "obsolete", "descontinuad*": "discontinued", "encerrad*": "ended", "finalizad*": "ended", "terminad*": "ended",
        "abandonad*": "discontinued", "fim de vida": "end of life", "fim da vida útil": "end of life", "fim do suporte": "end of support",
        "fim de suporte": "end of support", "recebe": "receives", "recebem": "receive", "receberão": "will receive", "receberá": "will receive",
        "atualizações de segurança": "security updates", "atualização de segurança": "security update", "atualizações": "updates",
        "atualização": "update", "correções de segurança": "security fixes", "correções": "fixes", "correção": "fix", "corrigid*": "fixed",
        "patches de segurança": "security patches", "segurança": "security", "apenas": "only", "somente": "only", "só": "only",
        "exclusivamente": "only", "última": "latest", "último": "latest", "últimas": "last", "últimos": "last", "mais recente": "latest",
        "mais recentes": "latest", "atual": "current", "anterior": "previous", "anteriores": "earlier", "anteriores a": "prior to",
        "mais antigas": "older", "mais antigos": "older", "antig*": "old", "posterior*": "later", "superior*": "higher", "inferior*": "lower",
        "outra": "other", "outras": "other", "outros": "other", "as demais": "all other", "demais": "other", "todas": "all", "todos": "all",
        "qualquer": "any", "cada": "each", "versão": "version", "versões": "versions", "lançamento*": "releases", "maior": "major", "principal": "major",
        "menor": "minor", "ramo": "branch", "branch": "branch", "série": "series", "até": "until", "desde": "since", "antes de": "before",
        "após": "after", "depois de": "after", "e": "and", "ou": "or", "mas": "but", "exceto": "except", "para": "for", "com": "with", "é": "is",
        "são": "are", "está": "is", "estão": "are", "será": "will be", "serão": "will be", "a": "the", "as": "the", "o": "the", "os": "the", "de": "of",
        "da": "of the", "do": "of the", "das": "of the", "dos": "of the", "duas": "two", "dois": "two", "três": "three", "quatro": "four",
        "cinco": "five", "janeiro": "january", "fevereiro": "february", "março": "march", "abril": "april", "maio": "may", "junho": "june",
        "julho": "july", "agosto": "august", "setembro": "september", "outubro": "october", "novembro": "november", "dezembro": "december",
        "planejad*": "planned", "recomendamos": "recommend", "por favor": "please", "por exemplo": "for example", "seguintes": "following",
        "atualmente": "currently", "desenvolvimento": "development", "estável": "stable", "limitad*": "limited", "ativ*": "active", "nós": "we", "estado": "status", "situação": "status", "status": "status",
    },
)  # fmt: skip
