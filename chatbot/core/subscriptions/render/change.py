"""What changed since somebody was alerted, in words: it got worse, there is a fix, or it stands again."""

from collections.abc import Collection

from chatbot.core.announce.render.fixes import to_take
from chatbot.core.announce.render.follow_up import LOWER_AGAIN
from chatbot.core.announce.render.release import version_label
from chatbot.core.announce.subject import FIX
from chatbot.core.model.message import Block, paragraph
from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions import reasons
from chatbot.core.subscriptions.alerting.showing import Showing
from chatbot.core.text.words import listed


def change_words(showing: Showing, about: Collection[str]) -> str:
    """`Severity raised to critical (was medium) and now known to be exploited`; "" where nothing changed."""
    if any(reason.startswith(reasons.REMINDER) for reason in about):
        return "Reminder"
    phrases = ["it stands again"] if reasons.STANDS_AGAIN in about else []
    step = reasons.raised(about)
    if step is not None:
        before, after = step
        now = showing.advisory.severity if showing.advisory.severity.rank > before.rank else after
        phrases.append(f"severity raised to {now} (was {'not stated' if before is Severity.UNKNOWN else before})")
    if reasons.EXPLOITED in about:
        phrases.append("now known to be exploited")
    if reasons.scopes_affected(about):
        phrases.append("its range includes you now")
    elif any(reason == FIX or reason.startswith(reasons.FIX_IN) for reason in about):
        phrases.append(_fixed(showing, about))
    words = listed(phrases)
    return words[:1].upper() + words[1:]


def _fixed(showing: Showing, about: Collection[str]) -> str:
    """`fixed in 4.2.3`."""
    own = [advice.own for advice in showing.advices if f"{reasons.FIX_IN}{advice.line}" in about]
    releases = own if FIX not in about else [item for advice in showing.advices for item in advice.releases]
    names = [version_label(item.release) for item in releases if item is not None]
    if not showing.by_version:
        names = [
            version_label(item) for item in to_take(showing.snapshot, showing.advisory).values() if item is not None
        ]
    return f"fixed in {listed(list(dict.fromkeys(names)))}" if names else "its fix was taken back"


def since(showing: Showing, about: Collection[str]) -> tuple[Block, ...]:
    """What became of a raised severity."""
    step = reasons.raised(about)
    if step is None or showing.advisory.severity.rank >= step[1].rank:
        return ()
    return (paragraph(LOWER_AGAIN.format(showing.advisory.severity)),)
