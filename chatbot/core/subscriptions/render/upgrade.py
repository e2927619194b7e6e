"""What to do about an alert, in words: the release to upgrade to in one's own line, and the newest one."""

from collections.abc import Sequence

from chatbot.core.announce.render.fixes import no_fix
from chatbot.core.announce.render.release import version_label
from chatbot.core.announce.render.upgrade import what_to_do as what_rooms_should_do
from chatbot.core.model.message import Field, Span, field_of
from chatbot.core.queries.advice import doubted, release_link
from chatbot.core.recommend import Recommended
from chatbot.core.subscriptions.alerting.advice import Advice
from chatbot.core.subscriptions.alerting.showing import Concerned, Showing
from chatbot.core.subscriptions.render.words import scope_words, short

_BY_HAND = "Please compare your version with the advisory."


def what_to_do(showing: Showing) -> tuple[Field, ...]:
    """The recommended action, as the first labelled line of an alert."""
    if showing.advisory.unread or not showing.by_version:
        return tuple(what_rooms_should_do(showing.snapshot, showing.advisory))
    concerned = [each for each in (*showing.main, *showing.others) if each.scope.kind != "project"]
    alone = len(concerned) == 1 or not any(_releases(each) for each in concerned)
    words = _of_one(showing, concerned[0]) if alone else _of_several(showing, concerned)
    doubts = {doubt.id: doubt for each in concerned for item in _releases(each) for doubt in item.doubts}
    return (field_of("What to do" if alone else "Upgrade", *words, doubted(list(doubts.values()))),)


def upgrade_words(showing: Showing) -> str:
    """The same in a notification: `upgrade to 4.2.3 or 4.3.0`, `no fix yet`."""
    if showing.advisory.unread:
        return "check whether you are affected"
    releases = [version_label(item.release) for each in showing.main for item in _releases(each)]
    if releases:
        return f"upgrade to {' or '.join(dict.fromkeys(releases[:3]))}"
    return "check whether you are affected" if showing.in_doubt else "no fix yet"


def _releases(concerned: Concerned) -> tuple[Recommended, ...]:
    return concerned.advice.releases if concerned.advice is not None else ()


def _of_one(showing: Showing, concerned: Concerned) -> list[str | Span]:
    advice = concerned.advice
    if advice is None or not advice.releases:
        return [_without(showing, advice)]
    lead: list[str | Span] = ["To be safe, upgrade to " if showing.in_doubt else "Upgrade to "]
    line = f"line {short(advice.line)}"
    if advice.own is None:
        (best,) = advice.releases
        return [*lead, release_link(best.release), f". {_why_not_in_line(advice, line)}"]
    own = release_link(advice.own.release)
    if advice.out_of_support:
        if advice.other is None:
            return [*lead, own, f". Your {line} is out of support."]
        return [
            *lead,
            release_link(advice.other.release),
            f". Your {line} is out of support; its last fix is ",
            own,
            ".",
        ]
    if advice.other is None:
        return [*lead, own, "."]
    return [*lead, own, " (your line) or ", release_link(advice.other.release), "."]


def _why_not_in_line(advice: Advice, line: str) -> str:
    if advice.out_of_support:
        return f"Your {line} is out of support."
    if advice.blocked:
        return f"{advice.blocked}, the fix in your {line}, is affected by another advisory."
    if advice.coming:
        return f"In your {line} it is to be fixed in {advice.coming}, which is not released yet."
    return f"There is no fix in your {line} yet."


def _without(showing: Showing, advice: Advice | None) -> str:
    if advice is not None and advice.coming:
        return f"It is to be fixed in {advice.coming}, which is not released yet."
    if advice is not None and advice.blocked:
        return f"{advice.blocked} fixes it, and is affected by another advisory. There is no release without a known one yet."
    return _BY_HAND if showing.in_doubt or advice is None else no_fix(showing.snapshot)


def _of_several(showing: Showing, concerned: Sequence[Concerned]) -> list[str | Span]:
    """`4.2.1 → 4.2.3 or 4.3.0; 4.1.7 → 4.1.9 or 4.3.0`."""
    words: list[str | Span] = []
    for number, each in enumerate(concerned):
        words.append(f"{'; ' if number else ''}{scope_words(showing.snapshot.project.name, each.scope)} → ")
        links = [release_link(item.release) for item in _releases(each)]
        for at, link in enumerate(links):
            words += [" or ", link] if at else [link]
        words += [] if links else ["no fix yet"]
    return [*words, "."]
