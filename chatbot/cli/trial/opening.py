"""The first lines: what there would have been to announce, what there is to fix, and what was not read."""

from collections.abc import Iterator

from chatbot.cli.trial.answers import support_words
from chatbot.cli.trial.screen import Screen
from chatbot.cli.trial.story import Story
from chatbot.core.replay.replay import MOST_MOMENTS, Replay
from chatbot.core.replay.words import because_words, sums
from chatbot.core.text.words import calendar_day, count, listed
from chatbot.runtime.trial.published import Published

_MOST_LEFT_OUT = 3


def show_opening(screen: Screen, published: Published, story: Story) -> None:
    """What matters, in two lines; then what was not read."""
    total, findings, support = sums(story.replay), story.findings, support_words(story.context)
    name = published.project.repository
    what = [count(total.releases, "release")] if total.releases else []
    what += [count(total.advisories, "security advisory")] if total.advisories else []
    what += [count(total.policies, "change") + " of the security policy"] if total.policies else []
    first = f"would have had nothing of {name} to announce."
    if what:
        pings = f", {total.pings} of them with a ping" if total.pings else ""
        first = f"would have announced {listed(what)} of {name}{pings}.{_late_words(len(total.late))}"
    screen.say(f"Since {calendar_day(story.since)} chatbot {first}", style="bold")
    fix = f"To fix: {findings.words}." if findings.words else "The lints find nothing to fix."
    if not findings.linted and published.page is None:
        fix = "There is no security policy and no security advisory to look at."
    screen.say(f"{support}. {fix}", style="bold")
    if total.silent:
        screen.say(f"Silent: {because_words(total.silent)}.")
    for words in _notes(published, story.replay):
        screen.hang("! ", words, start_style="bold yellow")


def _late_words(late: int) -> str:
    if late == 1:
        return " 1 advisory came after its fix: the earlier post was corrected."
    return f" {late} advisories came after their fixes: the earlier posts were corrected." if late else ""


def _notes(published: Published, story: Replay) -> Iterator[str]:
    """What is missing in what is shown: nothing is good news only because it was not read."""
    if not published.releases:
        yield "It has published no releases; tags alone are none. Without releases there is little to announce."
    if not published.advisories and published.sources["advisories"].read_at is not None:
        yield "It has published no security advisories on GitHub. That does not say that there were no vulnerabilities."
    yield from published.gaps
    if story.passed_over:
        yield (
            f"{story.passed_over} earlier changes are not shown: a replay holds the last {MOST_MOMENTS}, since"
            f" {calendar_day(story.since)}."
        )
    if published.left_out:
        number = len(published.left_out)
        some = "; ".join(list(dict.fromkeys(published.left_out))[:_MOST_LEFT_OUT])
        yield f"{count(number, 'item')} could not be read whole, and {'was' if number == 1 else 'were'} left out or cut: {some}."
