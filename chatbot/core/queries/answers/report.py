"""The answers to `/report` and `/template`, from the project's own policy page."""

from datetime import timedelta
from typing import assert_never

from chatbot.core.model.message import (
    Action,
    Block,
    BulletList,
    Code,
    CodeBlock,
    Heading,
    Link,
    ListItem,
    Message,
    Span,
    Strong,
    Text,
    Tone,
    bullets,
    field_of,
    paragraph,
)
from chatbot.core.queries.answers.page_source import page_source
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.support.current import current_page
from chatbot.core.support.policy import Clocks, Contact, Policy
from chatbot.core.text.links import same_host
from chatbot.core.text.words import length

MOST = 12  # lines of one list of the page


def report(context: QueryContext) -> Message:
    """How to report a vulnerability, and where ordinary bugs go. It asks for no details: they belong in the report only."""
    policy = context.policy
    ways = _ways(context)
    body: list[Block] = []
    if policy is None or not ways:
        body.append(paragraph(f"{_no_way(context.project.name, policy)}; {_form_state(context)}"))
    else:
        body += [BulletList(tuple(ways))]
        body += _encryption(policy)
        body += _promises(policy.clocks)
        body += _lists(policy)
    body.append(paragraph(Strong("Please don't post details here or anywhere public.")))
    return Message(
        title=f"How to report a vulnerability in {context.project.name}",
        tone=Tone.ANSWER,
        body=tuple(body),
        links=tuple(_links(context)),
        actions=(Action("template", "Prepare my report", context.project.id, "report"),),
        small=page_source(context),
        private=True,
    )


# What to say about the forge's private form where the page names no way to report.
_FORM_IF = {
    "on": "{form} is switched on and reaches its maintainers.",
    "off": "{form} is switched off. Ask its maintainers for a private way, without any details.",
    "unknown": "{form} reaches its maintainers where they have switched it on.",
}
_NO_FORM = "Ask its maintainers for a private way, without any details."


def _form_state(context: QueryContext) -> str:
    if not context.forge.report_form:
        return _NO_FORM
    return _FORM_IF[context.knowledge.private_form].format(form=context.forge.report_form)


def _no_way(name: str, policy: Policy | None) -> str:
    if policy is None:
        return f"{name} has no security policy that I could read"
    if not policy.readable and not policy.contacts:
        return f"Its security policy cannot be read ({policy.problem.rstrip('.')})"
    return "Its policy names no way I can read"


def _ways(context: QueryContext) -> list[ListItem]:
    """The ways to report that the page names, and the forge's private form if it is switched on."""
    contacts = context.policy.contacts if context.policy is not None else ()
    items = [ListItem(_channel(context, contact)) for contact in contacts[:MOST]]
    if items and context.knowledge.private_form == "on" and not _names_form(context):
        form = (Text(f"{context.forge.name}: "), Link("report a vulnerability privately", private_form(context)))
        items.append(ListItem(form))
    return items


def _names_form(context: QueryContext) -> bool:
    return context.policy is not None and any(contact.kind == "form" for contact in context.policy.contacts)


def _offers_form(context: QueryContext) -> bool:
    """Whether to link the private form: it is switched on; or that is not known, and the page names it or nothing else."""
    if not context.forge.report_path:
        return False
    if context.knowledge.private_form != "unknown":
        return context.knowledge.private_form == "on"
    return _names_form(context) or context.policy is None or not context.policy.contacts


def _links(context: QueryContext) -> list[Link]:
    page = current_page(context.knowledge)
    links = [Link("Security policy", page.page.url)] if page is not None and page.page.url else []
    if _offers_form(context) and not _links_form(context):
        links.append(Link(f"Private report on {context.forge.name}", private_form(context)))
    if context.policy is not None and context.policy.pgp_key:
        links.append(Link("PGP key", context.policy.pgp_key))
    if context.project.bugs_url:
        links.append(Link("Not a vulnerability? Report a bug", context.project.bugs_url))
    return links


def _links_form(context: QueryContext) -> bool:
    """Whether the ways above lead to the private form already."""
    form = private_form(context)
    spans = [span for item in _ways(context) for span in item.spans]
    return any(isinstance(span, Link) and span.url == form for span in spans)


def _encryption(policy: Policy) -> list[Block]:
    return [paragraph("Encryption: ", policy.pgp)] if policy.pgp else []


def private_form(context: QueryContext) -> str:
    """The address of the forge's private form for the project's repository."""
    return context.forge.report_url(context.project.repository)


def _channel(context: QueryContext, contact: Contact) -> tuple[Span, ...]:
    spans: list[Span] = []
    match contact.kind:
        case "email":
            spans += [Text("E-mail "), Code(contact.address)]
        case "form":
            spans += _form(context, contact)
        case "url":
            spans.append(Link(contact.address, contact.address))
        case _ as unreachable:
            assert_never(unreachable)
    if contact.preferred:
        spans.append(Text(" (preferred)"))
    if contact.backup:
        waited = f" after {length(contact.after)} without an answer" if contact.after else ""
        spans.append(Text(f" (backup{waited})"))
    return tuple(spans)


def _form(context: QueryContext, contact: Contact) -> list[Span]:
    """A private form that the page names, or a note where it is the repository's own and switched off."""
    form = contact.address or private_form(context)
    if not same_host(form, context.forge.web_url):
        return [Link(form, form)]
    if context.knowledge.private_form == "off" and _repository_of(form) == _repository_of(private_form(context)):
        return [Text(f"{context.forge.report_form}, which the page names, is switched off: use another way")]
    return [Text(f"{context.forge.name}: "), Link("report a vulnerability privately", form)]


def _repository_of(form: str) -> str:
    """`owner/name` in the address of a form, without regard to case."""
    return "/".join(form.partition("://")[2].split("/")[1:3]).casefold()


def _promises(clocks: Clocks) -> list[Block]:
    facts = _clock_facts(clocks)
    rows = [(Strong(label), Text(f": {words}")) for label, words in facts]
    return [Heading(3, (Text("What the project promises"),)), bullets(rows)] if rows else []


def _clock_facts(clocks: Clocks) -> list[tuple[str, str]]:
    """The response times that the project promises; an aim is called one, and what it asks of reporters is left out."""
    detail = "Assessed" if clocks.assesses else "Detailed answer"
    target = "Published" if clocks.publishes else "Resolved"
    promises: tuple[tuple[str, str, timedelta | None, str], ...] = (
        ("acknowledge", "Acknowledged", clocks.acknowledge, "within "),
        ("detail", detail, clocks.detail, "within "),
        ("update", "Updates", clocks.update, "every "),
        ("target", target, clocks.target, "target "),
    )
    return [
        (label, f"{'aims at ' if name in clocks.aims and name != 'target' else how}{length(time)}")
        for name, label, time, how in promises
        if time is not None and name not in clocks.wishes
    ]


def _lists(policy: Policy) -> list[Block]:
    blocks: list[Block] = []
    for title, items in (
        ("What to include", policy.required),
        ("Helpful too", policy.helpful),
        ("In scope", policy.scope_in),
        ("Out of scope", policy.scope_out),
    ):
        if items:
            blocks += [Heading(3, (Text(title),)), bullets(items[:MOST])]
    return blocks


def template(context: QueryContext) -> Message:
    """An empty report with the fields that the policy asks for, to copy, and the address as text. Nothing is stored."""
    policy = context.policy or Policy()
    fields = [*policy.required, *policy.helpful] or [
        "What it is",
        "Affected versions",
        "How to reproduce it",
        "Its impact",
    ]
    lines = [f"{field.rstrip(':')}:\n\n" for field in fields[: 2 * MOST]]
    mail = next((contact.address for contact in policy.contacts if contact.kind == "email" and not contact.backup), "")
    unknown = context.knowledge.private_form == "unknown" and bool(context.forge.report_path)
    offered = _offers_form(context) or (unknown and not mail)
    way = "the private form behind the link" if offered else "a private way of the project: ask its maintainers for one"
    unsure = (
        ()
        if mail or context.knowledge.private_form == "on" or not offered
        else (paragraph(f"{context.forge.report_form} is there if the repository has it switched on."),)
    )
    return Message(
        title=f"An empty report to {context.project.name}",
        tone=Tone.ANSWER,
        fields=(field_of("To", Code(mail)) if mail else field_of("To", way),),
        body=(
            paragraph("Copy this, fill it in outside of the chat, and send it in private."),
            CodeBlock("".join(lines).strip()),
            *unsure,
        ),
        links=(
            *((Link(f"Private report on {context.forge.name}", private_form(context)),) if offered else ()),
            *((Link("PGP key", policy.pgp_key),) if mail and policy.pgp_key else ()),
        ),
        private=True,
    )
