"""The one message for each release or advisory that tells its maintainers where it went out, and what it still lacks."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from chatbot.core.announce.digest import Facts
from chatbot.core.announce.subject import Subject
from chatbot.core.images.words import image_facts
from chatbot.core.maintainers.readiness.message import lines_of
from chatbot.core.maintainers.readiness.steps import Place, Step
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.images import ImageState
from chatbot.core.model.message import Block, BulletList, Link, ListItem, Message, Span, Text, Tone, paragraph
from chatbot.core.text.words import count

PATIENCE = timedelta(minutes=10)  # for rooms that are not told yet, and for images, before the message is written
OVERDUE = timedelta(hours=1)  # what is missing then is told once, by a reply: an edit notifies nobody
MOST_LINKS = 15


def went_out_subject(subject: str) -> str:
    """The subject of that message: `went-out/<project>/release/<tag>`."""
    about = SubjectId.parse(subject)
    return str(SubjectId("went-out", about.project, f"{about.kind}/{about.name}"))


def went_out_facts(
    subject: Subject, steps: Sequence[Step], images: Sequence[ImageState], places: Sequence[Place]
) -> Facts:
    """What the message shows, for its digest. What a room is called, and why an attempt that is repeated failed, edit nothing."""
    return [
        "went-out",
        subject.id,
        [[step.kind, step.key, step.state] for step in steps],
        image_facts(images),
        [[place.room, place.state, "" if place.state == "on the way" else place.reason] for place in places],
    ]


def went_out_message(subject: Subject, steps: Sequence[Step], places: Sequence[Place]) -> Message:
    """Where it went out, with links to the posts where there are some, and the other steps."""
    links = [Link(place.name, place.link) for place in places if place.link]
    body: list[Block] = []
    if links:
        body.append(paragraph("Posts: ", *_joined(links)))
    if others := [step for step in steps if (step.kind, step.state) != ("rooms", "done")]:
        body.append(lines_of(others))
    is_whole = all(step.state == "done" for step in steps)
    return Message(
        title=f"{subject.message.title}{_where(places)}",
        tone=Tone.WARNING if any(step.state == "missing" for step in steps) else Tone.GOOD if is_whole else Tone.ANSWER,
        body=tuple(body),
        footer=subject.snapshot.project.name,
    )


def overdue_message(subject: Subject, steps: Sequence[Step]) -> Message:
    """What is still missing an hour later."""
    missing = [step for step in steps if step.state == "missing"]
    return Message(
        title=f"{subject.message.title}: {count(len(missing), 'thing')} {'is' if len(missing) == 1 else 'are'} still missing",
        tone=Tone.WARNING,
        body=(BulletList(tuple(ListItem(step.words) for step in missing)),),
        small=((Text("The message above changes as they come. I won't say this again."),),),
    )


def _where(places: Sequence[Place]) -> str:
    numbers = Counter(place.state for place in places)
    if not any(numbers[state] for state in ("there", "failed", "on the way")):
        return " is not announced yet"
    parts = [f"announced in {count(numbers['there'], 'room')}"]
    if numbers["failed"]:
        parts.append(f"{numbers['failed']} failed")
    if numbers["on the way"]:
        parts.append(f"{numbers['on the way']} on the way")
    return f": {'; '.join(parts)}"


def _joined(links: Sequence[Link]) -> list[Span]:
    spans: list[Span] = []
    for link in links[:MOST_LINKS]:
        spans += [Text(", "), link] if spans else [link]
    if len(links) > MOST_LINKS:
        spans.append(Text(f" and {len(links) - MOST_LINKS} more"))
    return spans
