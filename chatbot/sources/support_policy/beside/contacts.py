"""The ways to report that a policy page names: e-mail addresses in every disguise, the private report form, other forms."""

from collections.abc import Iterable, Iterator
from typing import Literal
from urllib.parse import urlsplit

from chatbot.core.support.policy import Contact
from chatbot.core.text import patterns
from chatbot.core.text.links import host_of, safe_url
from chatbot.sources.support_policy.durations import duration_in
from chatbot.sources.support_policy.scan import addresses_in, sentences_of

Kind = Literal["email", "form", "url"]
Anchor = tuple[str, str]  # the words of a link and its address

_INTEREST = patterns.compile(r"@|\bat\b|AT|://|[Gg]it[Hh]ub|[Pp]rivate|[Rr]eport a")
_EMAIL = patterns.compile(
    r"(?:^|[^\w.+-])([\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24})\b", ignore_case=True, ascii_only=True
)
_DOT = r"(?:\s?\.\s?|\s?[\[({<]\s?(?:dot|\.)\s?[\])}>]\s?|\s(?:DOT|dot)\s)"
_DISGUISED = patterns.compile(
    rf"(?:^|[^\w.+-])([\w.+-]{{1,64}})(?:\s?[\[({{<]\s?(?:at|AT|@)\s?[\])}}>]\s?|\sAT\s|\s@\s)"
    rf"((?:[\w-]{{1,63}}{_DOT}){{1,4}}[a-zA-Z]{{2,24}})\b",
    ascii_only=True,
)
_SPOKEN = patterns.compile(
    r"(?:^|[^\w.+-])([\w.+-]{2,64}) at ((?:[\w-]{1,63}\.){1,4}[a-z]{2,24})(?:$|[^\w@])", ascii_only=True
)
_SIGNS = (" @ ", "[at", "(at", "{at", "<at", "[ at", "( at", "{ at", "[@", "(@")
_DOTS = patterns.compile(r"\s*[\[({<]\s*(?:dot|\.)\s*[\])}>]\s*|\s+(?:dot\s+)?", ignore_case=True)
_HOST = patterns.compile(r"[a-z0-9][a-z0-9.-]*", ascii_only=True)
_NO_MAILBOX = frozenset(
    {"us", "me", "them", "page", "site", "website", "form", "team", "found", "available", "hosted", "located"}
)
_ADVISORIES = patterns.compile(r"/security/advisories(?:/new)?/?$|/security/?$|/security/policy/?$")
_GITHUB_DOCS = "docs.github.com"
_GITHUB_HOSTS = ("github.com", "www.github.com")
_PLATFORMS = (
    "hackerone.com",
    "huntr.com",
    "huntr.dev",
    "bugcrowd.com",
    "intigriti.com",
    "yeswehack.com",
    "tidelift.com",
    "immunefi.com",
    "synack.com",
)
_FORM = patterns.compile(r"report|submit|\bform\b|disclose")
_GITHUB = patterns.compile(
    r"github.{0,40}\bprivate(?:ly)?\b.{0,24}\b(?:report|disclos)|\bprivate(?:ly)?\b.{0,40}\b(?:report|disclos).{0,40}\bgithub"
    r"|private vulnerability (?:report|disclos)|report a vulnerability\W{1,3}(?:button|tab|link|form)"
    r"|(?:report|submit|disclos|us(?:e|ing)|via|through)\b.{0,60}\bgithub(?:['’]s)? security advisor"
    r"|^\W*github(?:['’]s)? security advisor.{0,60}\b(?:report|submit|us(?:e|ing))"
)
_REPORTING = patterns.compile(r"report|disclos|contact|submit|vulnerab|mail|found|discover|securely|draft")
_NO_REPORT = patterns.compile(
    r"(?:general|other) (?:inquir|enquir|question)|subscrib|publish|announc|notif|credit|appear|listed in|history|third[- ]party"
    r"|see (?:our|the) (?:list|past)|already (?:known|fixed)|inform the|coordinates|reported by|recorded as"
)
_NO_ADDRESS = patterns.compile(
    r"(?:general|other) (?:inquir|enquir|question)|third[- ]party|reported by|recorded as|copyright"
)
_ADDRESS_OF_OTHERS = ("@example.", "@users.noreply", "git@", "noreply@", "no-reply@")
_PREFERRED = patterns.compile(r"\bpreferabl[ey]\b|\bpreferred\b|\(recommended\)")
_BACKUP = patterns.compile(
    r"\bbackup\b|\bfall-?back\b|\bif (?:you (?:do not|don['’]t|have not|haven['’]t)|no|there is no|we (?:do not|don['’]t)).{0,40}"
    r"\b(?:respon|repl|hear|answer|receiv|acknowledg)"
)


def contacts_of(pieces: Iterable[tuple[str, str, tuple[Anchor, ...]]]) -> tuple[Contact, ...]:
    """The contacts of a page given as (heading, words, links), each address once, in page order."""
    contacts: dict[tuple[str, str], Contact] = {}
    for heading, words, links in pieces:
        if not links and not _INTEREST.search(words):
            continue
        for sentence in (each for line in words.split("\n") for each in sentences_of(line)):
            anchored = [href for text, href in links if text and text in sentence]
            for contact in _in_sentence(heading, sentence, anchored):
                _keep(contacts, contact)
    kinds = {kind for kind, address in contacts if address}
    return tuple(each for each in contacts.values() if each.address or each.kind not in kinds)


def _keep(contacts: dict[tuple[str, str], Contact], contact: Contact) -> None:
    key = (contact.kind, contact.address.casefold())
    if key not in contacts:
        contacts[key] = contact


def _in_sentence(heading: str, sentence: str, links: list[str]) -> Iterator[Contact]:
    lowered = sentence.casefold()
    emails = list(_emails(sentence, links))
    places: list[tuple[Kind, str]] = (
        [("email", each) for each in emails] if emails and not _NO_ADDRESS.search(lowered) else []
    )
    places += _forms(heading, sentence, lowered, links)
    if places:
        backup = bool(_BACKUP.search(lowered))
        preferred = not backup and bool(_PREFERRED.search(lowered))
        after = duration_in(lowered) if backup else None
        for kind, address in places:
            form_of = "GitHub" if kind == "form" else ""
            yield Contact(kind=kind, address=address, preferred=preferred, backup=backup, after=after, form_of=form_of)


def _forms(heading: str, sentence: str, lowered: str, links: list[str]) -> list[tuple[Kind, str]]:
    """The private report form and other web addresses that a sentence about reporting names."""
    urls = [*(link.rstrip(".,;:!?)") for link in links), *addresses_in(sentence)]
    private = "github" in lowered or "private vuln" in lowered or "report a vuln" in lowered
    if not (urls or private) or not (_REPORTING.search(lowered) or _REPORTING.search(heading.casefold())):
        return []
    if _NO_REPORT.search(lowered):
        return []
    kinds = ((_kind_of(url, lowered), url) for url in urls)
    forms: list[tuple[Kind, str]] = [
        (kind, "" if host_of(url) == _GITHUB_DOCS else safe_url(url)) for kind, url in kinds if kind
    ]
    if private and _GITHUB.search(lowered):
        forms.append(("form", ""))
    return forms


def _emails(sentence: str, links: list[str]) -> Iterator[str]:
    lowered = sentence.casefold()
    addresses = [match[1] for match in _EMAIL.finditer(sentence)] if "@" in sentence else []
    if " AT " in sentence or any(sign in lowered for sign in _SIGNS):
        disguised = (match for match in _DISGUISED.finditer(sentence) if match[1].casefold() not in _NO_MAILBOX)
        addresses += [f"{match[1]}@{_DOTS.sub('.', match[2])}".replace("..", ".") for match in disguised]
    if " at " in sentence and ("mail" in lowered or len(sentence.split()) <= 6):
        addresses += [
            f"{match[1]}@{match[2]}" for match in _SPOKEN.finditer(sentence) if match[1].casefold() not in _NO_MAILBOX
        ]
    if not addresses:
        mailto = [link[7:].split("?", maxsplit=1)[0] for link in links if link.casefold().startswith("mailto:")]
        addresses += [address for address in mailto if _EMAIL.fullmatch(address)]
    for address in addresses:
        if not any(mark in address.casefold() for mark in _ADDRESS_OF_OTHERS):
            yield address.strip(".")


def _kind_of(url: str, sentence: str) -> Kind | None:
    """What an address is: "form" for the private report form, "url" for another place that takes reports, None for neither."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host, path = (parts.hostname or "").casefold(), parts.path.casefold()
    if not _HOST.fullmatch(host):
        return None
    if host == _GITHUB_DOCS:
        return "form" if "privately-reporting" in path else None
    if host in _GITHUB_HOSTS:
        return "form" if path.count("/") >= 4 and _ADVISORIES.search(path) else None
    if any(host == platform or host.endswith(f".{platform}") for platform in _PLATFORMS):
        return "url"
    takes = "report" in sentence and not path.endswith((".asc", ".pdf"))
    return "url" if takes and _FORM.search(path) else None
