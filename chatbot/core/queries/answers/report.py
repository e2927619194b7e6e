"""The answers to `/report`, `/template` and `/policy`, from the project's own policy page."""

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never

from chatbot.core.model.message import (
    Action,
    Block,
    BulletList,
    Code,
    CodeBlock,
    Field,
    Heading,
    Link,
    ListItem,
    Message,
    Quote,
    Span,
    Strong,
    Text,
    Tone,
    bullets,
    field_of,
    paragraph,
)
from chatbot.core.queries.answers.supported import policy_age
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.support.current import current_page
from chatbot.core.support.policy import Clocks, Contact, Policy, Section
from chatbot.core.text.links import same_host
from chatbot.core.text.words import length

MOST = 12  # lines of one list of the page
LONGEST_SECTION = 40  # blocks quoted of one section; the link leads to the rest


def report(context: QueryContext) -> Message:
    """How to report a vulnerability, and where ordinary bugs go. It asks for no details: they belong in the report only."""
    policy = context.policy
    ways = _ways(context)
    body: list[Block] = []
    if policy is None or not ways:
        body.append(paragraph(f"{_no_way(policy)}; {_form_state(context)}"))
    else:
        body += [Heading(3, (Text("A vulnerability: report it in private"),)), BulletList(tuple(ways))]
        body += _encryption(policy)
        body += _lists(policy)
    body.append(
        paragraph(
            Strong("Please do not write details here"), " or in any public place: this room is no place for them."
        )
    )
    if context.project.bugs_url:
        body.append(
            paragraph("Anything that is no vulnerability: ", Link(context.project.bugs_url, context.project.bugs_url))
        )
    return Message(
        title=f"Reporting to {context.project.name}",
        tone=Tone.ANSWER,
        fields=tuple(_clock_facts(policy.clocks)) if policy is not None else (),
        body=tuple(body),
        links=tuple(_links(context)),
        actions=(Action("template", "Prepare my report", context.project.id, "report"),),
        footer=policy_age(context),
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


def _no_way(policy: Policy | None) -> str:
    if policy is None:
        return "The project has no security policy that I could read"
    if not policy.readable and not policy.contacts:
        return f"Its security policy cannot be read ({policy.problem.rstrip('.')})"
    return "Its policy names no way I can read"


def _ways(context: QueryContext) -> list[ListItem]:
    """The ways to report that the page names, and the forge's private form if it is switched on."""
    contacts = context.policy.contacts if context.policy is not None else ()
    items = [ListItem(_channel(context, contact)) for contact in contacts[:MOST]]
    if items and context.knowledge.private_form == "on" and not _names_form(context):
        form = (Text(f"{context.forge.name}: "), Link("report a vulnerability privately", private_form(context)))
        items.append(ListItem((*form, Text(" (switched on, though the page does not name it)"))))
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
    if _offers_form(context):
        links.append(Link(f"Private report on {context.forge.name}", private_form(context)))
    if context.policy is not None and context.policy.pgp_key:
        links.append(Link("PGP key", context.policy.pgp_key))
    if context.project.bugs_url:
        links.append(Link("Report a bug", context.project.bugs_url))
    return links


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


def _clock_facts(clocks: Clocks) -> list[Field]:
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
        field_of(label, f"{'aims at ' if name in clocks.aims and name != 'target' else how}{length(time)}")
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
            paragraph("Copy this, fill it in outside of the chat, and send it by one of the private ways."),
            CodeBlock("".join(lines).strip()),
            *unsure,
        ),
        links=(Link(f"Private report on {context.forge.name}", private_form(context)),) if offered else (),
        private=True,
    )


def policy(context: QueryContext) -> Message:
    """A section of the policy page, quoted; without a section, the list of headings."""
    page, reading = current_page(context.knowledge), context.policy
    if reading is not None and not reading.readable and not reading.sections:
        title = f"The security policy of {context.project.name} cannot be read"
        return unsure(title, reading.problem, footer=policy_age(context))
    if page is None or reading is None:
        return unsure(f"{context.project.name} has no security policy that I could read", footer=policy_age(context))
    links = (Link("The whole policy", page.page.link),) if page.page.link else ()
    heading = context.arguments.get("section", "").strip()
    titled = [section for section in reading.sections if section.heading]
    if not heading:
        return Message(
            title=f"{context.project.name} – what the security policy has",
            tone=Tone.ANSWER,
            body=(BulletList(tuple(ListItem((Text(item.heading),), _depth(item)) for item in titled[:60])),),
            links=links,
            footer=policy_age(context),
        )
    chosen = _section(titled, heading)
    if chosen is None:
        return unsure(
            f"The policy has no section “{heading[:60]}”", "Ask /policy for the list.", footer=policy_age(context)
        )
    blocks = _with_subsections(titled, chosen)
    cut = (paragraph("… the rest is behind the link."),) if len(blocks) > LONGEST_SECTION else ()
    return Message(
        title=f"{context.project.name} – {chosen.heading}",
        tone=Tone.ANSWER,
        url=page.page.link,
        body=(Quote(tuple(blocks[:LONGEST_SECTION])), *cut),
        links=links,
        footer=policy_age(context),
    )


def _depth(section: Section) -> int:
    return max(0, min(section.level - 2, 3))


def _section(sections: Sequence[Section], heading: str) -> Section | None:
    """The section with that heading; else the first whose heading has all the words in any order."""
    words = heading.casefold().split()
    exact = [section for section in sections if section.heading.casefold() == heading.casefold()]
    near = [section for section in sections if all(word in section.heading.casefold() for word in words)]
    return next(iter([*exact, *near]), None)


def _with_subsections(sections: Sequence[Section], parent: Section) -> list[Block]:
    blocks = list(parent.blocks)
    for section in sections[sections.index(parent) + 1 :]:
        if section.level <= parent.level:
            break
        blocks += [Heading(section.level, (Text(section.heading),)), *section.blocks]
    return blocks
