"""An alert as its subscriber reads it: what is affected, how bad it is, and what to do, in the first two lines."""

from collections.abc import Collection, Iterator

from chatbot.core.announce.notes.description import short_description
from chatbot.core.announce.notes.size import Size
from chatbot.core.announce.render.advisory import headline_of as headline_in_rooms
from chatbot.core.announce.render.advisory import ids_of, small_print
from chatbot.core.announce.render.affected import affected_words
from chatbot.core.announce.render.control import with_control
from chatbot.core.announce.render.correction import retracted
from chatbot.core.announce.render.follow_up import NOT_PUBLISHED
from chatbot.core.announce.render.headline import advisory_label, severity_label
from chatbot.core.announce.render.release import version_label
from chatbot.core.model.message import (
    Action,
    Block,
    Command,
    Field,
    Link,
    Message,
    Spans,
    Strong,
    Text,
    Tone,
    field_of,
    paragraph,
    text,
)
from chatbot.core.model.severity import Severity
from chatbot.core.subscriptions.alerting.showing import Concerned, Showing
from chatbot.core.subscriptions.render.change import change_words
from chatbot.core.subscriptions.render.upgrade import upgrade_words, what_to_do
from chatbot.core.subscriptions.render.words import (
    as_subject,
    is_or_are,
    names_of,
    runs_of,
    scope_words,
    title_of,
)
from chatbot.core.text.words import listed

WHAT = "Security alert"
_ROOM = Size(5, 500)  # for the advisory's own text: an alert is read on a phone
_MOST_RANGE = 200  # characters of a range that is quoted
_MOST_SCOPES = 6  # subscriptions that are named


def alert_message(showing: Showing, about: Collection[str] = ()) -> Message:
    """What somebody is shown of an advisory that concerns them. `about`: reasons that are new since they first heard of it,
    where this is the first message about it all the same."""
    if not showing.main:
        return _no_longer(showing)
    advisory = showing.advisory
    title, change = title_of(showing), change_words(showing, about)
    description = short_description(advisory.description, room=_ROOM)
    message = Message(
        title=f"{change}: {as_subject(title)}" if change else title,
        tone=tone_of(showing),
        label=advisory_label(advisory, WHAT),
        headline=headline_of(showing, change),
        severity=advisory.severity,
        url=advisory.url,
        fields=tuple(fields(showing)),
        body=(*_summary(showing), *description.blocks, *_notes(showing)),
        small=(*small_print(advisory), why(showing)),
        links=links_of(showing),
        actions=actions(showing),
        at=advisory.published_at,
    )
    if showing.removed:
        return retracted(message, NOT_PUBLISHED, (ids_of(advisory),))
    if showing.withdrawn:
        return retracted(message, "The project withdrew this advisory.", (ids_of(advisory),))
    return with_control(message, showing.control, (ids_of(advisory),))


def links_of(showing: Showing) -> tuple[Link, ...]:
    """The whole story. Releases are linked where they are recommended."""
    advisory = showing.advisory
    return (Link("Advisory", advisory.url),) if advisory.url else ()


def tone_of(showing: Showing) -> Tone:
    urgent = showing.advisory.severity is Severity.CRITICAL or showing.advisory.known_exploited
    return Tone.CRITICAL if urgent else Tone.SECURITY


def headline_of(showing: Showing, change: str = "") -> str:
    """`Your Windlass 4.2.1 is affected · critical · known exploited · upgrade to 4.2.3 or 4.3.0`; of the project alone, what
    rooms are told."""
    advisory, title = showing.advisory, title_of(showing)
    if not showing.by_version:
        return headline_in_rooms(showing.snapshot, advisory, change)
    parts = [f"{change}: {as_subject(title)}" if change else title]
    parts += [] if "everity raised" in change else [severity_label(advisory.severity).lower()]
    parts += ["known exploited"] if advisory.known_exploited and "exploited" not in change else []
    return " · ".join([*parts, upgrade_words(showing)])


def fields(showing: Showing) -> Iterator[Field]:
    """The labelled lines: what to do, who is affected, whether it is exploited."""
    advisory = showing.advisory
    yield from what_to_do(showing)
    by_line = showing.by_version and showing.main[0].scope.kind == "line" and not showing.in_doubt
    if by_line and any(each.releases for each in showing.main):
        yield field_of("Affected", listed([_of_line(showing, each) for each in showing.main]))
    else:
        yield field_of("Affected", affected_words(showing.snapshot, advisory))
    by_whom = (
        "the maintainers say so"
        if advisory.exploited_by_word
        else "it is in CISA's list of known exploited vulnerabilities"
    )
    exploited = f"yes, {by_whom}" if advisory.known_exploited else ""
    yield field_of("Exploited", exploited or "not that I know of")


def _of_line(showing: Showing, concerned: Concerned) -> str:
    runs = runs_of(showing.snapshot, concerned)
    return runs if len(showing.main) == 1 else f"{runs or 'nothing published yet'} of {concerned.scope.name}"


def _summary(showing: Showing) -> Iterator[Block]:
    """The advisory's own title, where the alert's is another one."""
    if showing.by_version and showing.advisory.summary:
        yield paragraph(Strong(showing.advisory.summary))


def _notes(showing: Showing) -> Iterator[Block]:
    """What else there is to know about it, a paragraph each."""
    project = showing.snapshot.project.name
    if showing.by_version and showing.in_doubt:
        yield paragraph(f"{_unreadable(showing)} So you get this, whether it is about you or not.")
    if showing.former:
        names = names_of(project, showing.former)
        yield paragraph(f"Your {names} {is_or_are(showing.former)} not affected any more: the range was changed.")
    if not showing.by_version and (scopes := showing.out_of_range):
        names = listed([scope_words(project, scope) for scope in scopes])
        yield paragraph(f"Its range does not include your {names}.")
    others = [each for each in showing.others if each.match.state == "yes"]
    if others:
        yield paragraph(f"Also affected: your {listed([scope_words(project, each.scope) for each in others])}.")
    doubts = [each for each in showing.others if each.match.state != "yes"]
    if doubts:
        yield paragraph(f"I can't tell about your {listed([scope_words(project, each.scope) for each in doubts])}.")
    yield from _text_differs(showing)
    yield from (paragraph(step) for step in showing.steps)


def _unreadable(showing: Showing) -> str:
    words = affected_range(showing)
    return f"The range {words} can't be read." if words else "The advisory does not say which versions are affected."


def affected_range(showing: Showing) -> str:
    """The published range in quotes, cut; "" where none is stated."""
    ranges = [entry.range for entry in showing.advisory.affected if entry.range]
    words = "; ".join(dict.fromkeys(ranges))
    cut = words if len(words) <= _MOST_RANGE else f"{words[: _MOST_RANGE - 1]}…"
    return f"“{cut}”" if cut else ""


def _text_differs(showing: Showing) -> Iterator[Block]:
    """Where the advisory's text names other versions than its range: it is said, and the range counts."""
    for each in showing.main:
        if each.left_out:
            name = scope_words(showing.snapshot.project.name, each.scope)
            yield paragraph(
                f"The advisory's text names {each.left_out}, without your {name}; its range includes it. To be safe, I go by"
                " the range."
            )


def why(showing: Showing) -> Spans:
    """Why somebody gets this, and how it ends."""
    project = showing.snapshot.project.name
    names = [scope_words(project, scope, severity) for scope, severity in showing.subscribed]
    more = len(names) - _MOST_SCOPES
    words = listed([*names[:_MOST_SCOPES], *([f"{more} more"] if more > 0 else [])])
    if not names:
        return text(f"You get this because of a subscription to {project}.")
    command = f"unsubscribe {showing.subscribed[0][0].name}".strip()
    return (Text(f"You get this because you subscribed to {words} ("), Command(command), Text(")."))


def actions(showing: Showing) -> tuple[Action, ...]:
    """What its reader may do next."""
    project, advisory = showing.snapshot.project.id, showing.advisory.id
    buttons = []
    if showing.by_version:
        for item in {item.release.release.tag: item for advice in showing.advices for item in advice.releases}.values():
            label = version_label(item.release)
            buttons.append(
                Action("upgraded", f"I upgraded to {label}", project, _version_to_type(label, item.release.release.tag))
            )
        buttons = buttons[:2]
    if showing.by_version or showing.out_of_range:
        buttons.append(Action("upgraded", "I upgraded to another version", project, ""))
    buttons.append(Action("snooze", "Remind me tomorrow", project, advisory))
    buttons.append(Action("mute", "Mute this advisory", project, advisory))
    return (*buttons, *_unsubscribe(showing))


def _version_to_type(label: str, tag: str) -> str:
    """What to type for a release: its tag where a package stands in its name."""
    return tag if " " in label else label


def _unsubscribe(showing: Showing) -> tuple[Action, ...]:
    scopes = [scope for scope, _ in showing.subscribed]
    if not scopes:
        return ()
    words = scope_words(showing.snapshot.project.name, scopes[0])
    return (Action("unsubscribe", f"Unsubscribe from {words}", showing.snapshot.project.id, scopes[0].name),)


def _no_longer(showing: Showing) -> Message:
    """What becomes of an alert once the advisory concerns nothing of it any more."""
    advisory, project = showing.advisory, showing.snapshot.project.name
    former = showing.former
    names = names_of(project, former) if former else project
    words = f"Its range was changed: it no longer includes your {names}."
    message = Message(
        title=f"Your {names} {is_or_are(former)} not affected any more" if former else title_of(showing),
        tone=Tone.ANSWER,
        label=f"{WHAT} · No longer about you",
        url=advisory.url,
        fields=(field_of("Affected", affected_words(showing.snapshot, advisory)),),
        body=(*_title_of_advisory(showing), paragraph(words)),
        small=(*small_print(advisory), why(showing)),
        links=links_of(showing),
        actions=_unsubscribe(showing),
        at=advisory.published_at,
    )
    if showing.removed or showing.withdrawn:
        reason = NOT_PUBLISHED if showing.removed else "The project withdrew this advisory."
        return retracted(message, reason, (ids_of(advisory),))
    return message


def _title_of_advisory(showing: Showing) -> Iterator[Block]:
    if showing.advisory.summary:
        yield paragraph(Strong(showing.advisory.summary))
