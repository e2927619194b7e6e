"""The answer to `/policy`: what the security policy says, by section."""

from collections.abc import Sequence

from chatbot.core.model.message import (
    Block,
    BulletList,
    Code,
    Heading,
    Link,
    ListItem,
    Message,
    Quote,
    Spans,
    Text,
    Tone,
    paragraph,
)
from chatbot.core.queries.answers.page_source import page_source
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.support.current import current_page
from chatbot.core.support.policy import Section

_LONGEST_EXAMPLE = 40  # characters of a heading
LONGEST_SECTION = 40  # blocks quoted of one section; the link leads to the rest


def policy(context: QueryContext) -> Message:
    """A section of the policy page, quoted; without a section, the list of headings."""
    page, reading = current_page(context.knowledge), context.policy
    if reading is not None and not reading.readable and not reading.sections:
        title = f"The security policy of {context.project.name} cannot be read"
        return unsure(title, reading.problem, small=page_source(context))
    if page is None or reading is None:
        return unsure(f"{context.project.name} has no security policy that I could read", small=page_source(context))
    links = (Link("Full security policy", page.page.link),) if page.page.link else ()
    heading = context.arguments.get("section", "").strip()
    titled = [section for section in reading.sections if section.heading]
    if not heading:
        return Message(
            title=f"Sections of {context.project.name}'s security policy",
            tone=Tone.ANSWER,
            body=(BulletList(tuple(ListItem((Text(item.heading),), _depth(item)) for item in titled[:60])),),
            links=links,
            small=_how_to_ask(context, titled),
        )
    chosen = _section(titled, heading)
    if chosen is None:
        return unsure(
            f"The policy has no section “{heading[:60]}”",
            paragraph(Code(f"{context.prefix}policy"), " lists the sections."),
        )
    blocks = _with_subsections(titled, chosen)
    cut = (paragraph("… the rest is in the full security policy."),) if len(blocks) > LONGEST_SECTION else ()
    return Message(
        title=f"{context.project.name} – {chosen.heading}",
        tone=Tone.ANSWER,
        url=page.page.link,
        body=(Quote(tuple(blocks[:LONGEST_SECTION])), *cut),
        links=links,
        small=page_source(context),
    )


def _how_to_ask(context: QueryContext, titled: Sequence[Section]) -> tuple[Spans, ...]:
    """Small print: how to see one section, by a heading that is there, and where the list is from."""
    heading = next((section.heading for section in reversed(titled) if len(section.heading) <= _LONGEST_EXAMPLE), "")
    how: Spans = (Code(f"{context.prefix}policy {heading.lower()}"), Text(" shows one of them"))
    return ((how,) if heading else ()) + page_source(context)


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
