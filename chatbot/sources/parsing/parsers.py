"""Every parser of what comes from outside, by the kind of document that it reads: bytes in, own types out, no I/O."""

from collections.abc import Callable, Mapping

from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.lifecycle import Lifecycle
from chatbot.core.support.policy import Policy
from chatbot.sources.advisories.fields import UnreadableAdvisory
from chatbot.sources.advisories.formats import read_advisory, read_github_advisory
from chatbot.sources.endoflife.product import read_product
from chatbot.sources.github.atom_feed import Feed, read_feed
from chatbot.sources.github.release_json import UnreadableRelease, read_release
from chatbot.sources.github.xml_gate import NotPlainXml
from chatbot.sources.http.json_body import NoJson, decode
from chatbot.sources.kev.catalogue import Catalogue, read_catalogue
from chatbot.sources.osv.records import read_osv
from chatbot.sources.parsing import pages
from chatbot.sources.parsing.documents import Document, Outcome, Parsed, Rejected
from chatbot.sources.parsing.small import is_small
from chatbot.sources.support_policy.reader import read_policy
from chatbot.sources.support_policy.text import UnreadablePage, file_of

Parser = Callable[[Document], object]
_PLAIN = 64 * 1024  # bytes of JSON that are only taken apart: half a millisecond


def _release(document: Document) -> Release:
    return read_release(decode(document.content), project=document.project)


def _advisory(document: Document) -> Advisory:
    return read_github_advisory(decode(document.content), project=document.project)


def _any_advisory(document: Document) -> Advisory:
    return read_advisory(decode(document.content), project=document.project)


def _osv(document: Document) -> Advisory:
    return read_osv(decode(document.content), project=document.project)


def _policy(document: Document) -> Policy:
    return read_policy(document.content.decode("utf-8", "surrogatepass"))


def _file(document: Document) -> tuple[str, str, str]:
    """A page's text, its address for readers, and why nobody can read it."""
    try:
        return (*file_of(document.content), "")
    except UnreadablePage as wrong:
        return "", "", str(wrong)


def _feed(document: Document) -> Feed:
    return read_feed(document.content)


def _lifecycle(document: Document) -> Lifecycle:
    return read_product(document.content)


def _catalogue(document: Document) -> Catalogue:
    return read_catalogue(document.content)


_TAKEN_APART: Mapping[str, Parser] = {
    "releases": pages.releases,
    "one release": pages.one_release,
    "advisories": pages.advisories,
    "one advisory": pages.one_advisory,
    "reviewed advisories": pages.reviewed_advisories,
    "one reviewed advisory": pages.one_reviewed_advisory,
    "osv records": pages.osv_records,
    "one osv record": pages.one_osv_record,
    "commits": pages.commit_date,
    "revisions": pages.revisions,
    "file": _file,
}
PARSERS: Mapping[str, Parser] = {
    **_TAKEN_APART,
    "release": _release,
    "advisory": _advisory,
    "reviewed advisory": _advisory,
    "osv": _osv,
    "any advisory": _any_advisory,
    "policy": _policy,
    "feed": _feed,
    "catalogue": _catalogue,
    "lifecycle": _lifecycle,
}


def parses_here(document: Document) -> bool:
    """Whether the document is so small and plain that no process is needed."""
    if document.kind in _TAKEN_APART:
        return len(document.content) <= _PLAIN
    return is_small(document.content)


def attempt(document: Document, parsers: Mapping[str, Parser]) -> Outcome:
    """Parse it. Raises nothing but MemoryError: one document never stops its neighbours."""
    try:
        return Parsed(parsers[document.kind](document))
    except (NoJson, NotPlainXml, UnreadableRelease, UnreadableAdvisory, UnreadablePage) as wrong:
        return Rejected(str(wrong))
    except MemoryError:
        raise
    except Exception as fault:  # noqa: BLE001 - a parser's own fault is the document's alone
        return Rejected(f"made its parser fail ({type(fault).__name__})")
