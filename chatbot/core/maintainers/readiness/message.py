"""The answer to `/ready`, and the lines that it shares with the card of a release."""

from collections.abc import Sequence

from chatbot.core.maintainers.readiness.steps import Step, StepState
from chatbot.core.model.message import BulletList, ListItem, Message, Spans, Strong, Text, Tone
from chatbot.core.text.words import count

MOST_STEPS = 25
_SIGNS: dict[StepState, str] = {"missing": "✗ Missing", "unknown": "? Not known", "waits": "– Waits", "done": "✓ There"}


def ready_message(name: str, project_name: str, steps: Sequence[Step]) -> Message:
    """What a release has, and what it lacks. `name`: as it is announced."""
    missing = sum(step.state == "missing" for step in steps)
    unknown = sum(step.state == "unknown" for step in steps)
    if missing:
        title = f"{name}: {count(missing, 'thing')} {'is' if missing == 1 else 'are'} missing"
    elif unknown:
        title = f"{name}: {count(unknown, 'thing')} {'is' if unknown == 1 else 'are'} not known"
    else:
        title = f"{name} has all that I look for"
    return Message(
        title=title,
        tone=Tone.WARNING if missing else Tone.ANSWER if unknown else Tone.GOOD,
        body=(lines_of(steps),),
        small=small_print(steps),
        footer=project_name,
    )


def lines_of(steps: Sequence[Step]) -> BulletList:
    """A line for each step, with its state in words."""
    items = [ListItem((Strong(_SIGNS[step.state]), Text(": "), *step.words)) for step in steps[:MOST_STEPS]]
    if len(steps) > MOST_STEPS:
        items.append(ListItem((Text(f"and {len(steps) - MOST_STEPS} more"),)))
    return BulletList(tuple(items))


def small_print(steps: Sequence[Step]) -> tuple[Spans, ...]:
    """What nobody looked at, so that silence about it is no good news."""
    if any(step.kind == "advisory" for step in steps):
        return ()
    return ((Text("No published advisory names this release as its fix."),),)
