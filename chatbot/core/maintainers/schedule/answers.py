"""The answers to maintainers who plan a release."""

from chatbot.core.maintainers.controls import Scheduled
from chatbot.core.maintainers.schedule.reading import Intended
from chatbot.core.model.message import Action, Message, Moment, Tone, field_of, paragraph
from chatbot.core.model.watches import Project
from chatbot.core.queries.query_context import unsure
from chatbot.core.text.words import count


def unreadable(why: str) -> Message:
    """What was typed cannot be posted."""
    return unsure("I can't plan this", why)


def ask_again(project: Project, plan: Intended) -> Message:
    """Why it can harm to name a time where nothing waits for the images."""
    return Message(
        title=f"Announce {project.name} {plan.version} beforehand?",
        tone=Tone.WARNING,
        fields=(field_of("When", Moment(plan.at)), field_of("Severity", str(plan.severity))),
        body=(
            paragraph(
                "A named time draws attention to the moment when the fix is public. Where packages and images follow hours "
                "later, attackers can read the fix before anybody can install it."
            ),
            paragraph(
                f"No images are configured for {project.name}, so I can't see whether there is something to install by then."
            ),
        ),
        actions=(Action("schedule-anyway", "Announce it all the same", project.id, plan.words),),
    )


def planned(project: Project, entry: Scheduled, rooms: int, *, before: Scheduled | None) -> Message:
    """It was planned, or moved."""
    name = f"{project.name} {entry.version}"
    if before is None:
        title = f"{name} is planned"
    elif before.at == entry.at and before.severity == entry.severity and not before.cancelled:
        title = f"{name} was planned for that time already"
    else:
        title = f"The plan for {name} is changed"
    where = f"{count(rooms, 'room')} {'is' if rooms == 1 else 'are'} told." if rooms else "Nothing new is posted."
    return Message(
        title=title,
        tone=Tone.ANSWER,
        fields=(field_of("When", Moment(entry.at)), field_of("Severity", str(entry.severity))),
        body=(paragraph(where),),
    )


def cancelled(project: Project, entry: Scheduled, rooms: int, recalled: int) -> Message:
    """It is not planned any more."""
    lines = []
    if rooms:
        lines.append(f"{count(rooms, 'room')} had read of it: the post is crossed out, and a reply says so.")
    if recalled:
        lines.append(f"It was on its way to {count(recalled, 'room')}, and is not sent.")
    title = f"{project.name} {entry.version} is not planned any more"
    return Message(title=title, tone=Tone.ANSWER, body=tuple(paragraph(line) for line in lines))


def not_planned(project: Project, version: str) -> Message:
    """There is nothing to cancel."""
    return unsure(f"{project.name} {version} is not planned")


def is_published(project: Project, version: str) -> Message:
    """What is there cannot be planned."""
    return unsure(f"{project.name} {version} is published already")
