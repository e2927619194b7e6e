"""All that one person subscribed to, and the question which one is meant."""

from collections.abc import Mapping, Sequence

from chatbot.core.model.ids import NO_PROJECT, ProjectId
from chatbot.core.model.message import (
    Block,
    BulletList,
    Code,
    ListItem,
    Menu,
    Message,
    Option,
    Spans,
    Strong,
    Text,
    Tone,
    paragraph,
)
from chatbot.core.queries.query_context import unsure
from chatbot.core.subscriptions.answers.card import CHOOSE_SUBSCRIPTION
from chatbot.core.subscriptions.answers.words import RELEASES, alerts_words, scope_name, subscription_name
from chatbot.core.subscriptions.subscription import Subscription
from chatbot.core.text.words import count

CHOOSE_END, CHOOSE_MOVED = "choose-end", "choose-moved"
ALL = "all"
Names = Mapping[ProjectId, str]
"""What projects are called, by id; one that is no longer watched is missing."""


def listing(subscriptions: Sequence[Subscription], names: Names, prefix: str) -> Message:
    """The list, with a menu of what can be changed."""
    if not subscriptions:
        return none_yet(prefix)
    rows = tuple(ListItem(_row(each, names)) for each in subscriptions)
    small: Spans = (
        Code(f"{prefix}unsubscribe"),
        Text(" ends one, "),
        Code(f"{prefix}unsubscribe all"),
        Text(" ends all"),
    )
    return Message(
        title=f"You have {count(len(subscriptions), 'subscription')}",
        tone=Tone.ANSWER,
        body=(BulletList(rows),),
        small=(small,),
        menus=(_menu(CHOOSE_SUBSCRIPTION, "Show or change", subscriptions, names),),
        private=True,
        answer=True,
    )


def none_yet(prefix: str) -> Message:
    """Somebody who has no subscription."""
    how = paragraph(
        "Get alerts for the version that you run: send ", Code(f"{prefix}subscribe"), " and the version or line."
    )
    return Message(title="You have no subscriptions", tone=Tone.ANSWER, body=(how,), private=True, answer=True)


def which_to_end(subscriptions: Sequence[Subscription], names: Names, prefix: str) -> Message:
    """`unsubscribe` that may mean several."""
    menu = _menu(CHOOSE_END, "End", subscriptions, names)
    every = Option(ALL, "All of them")
    return _which(
        "Which subscription should end?",
        subscriptions,
        names,
        [f"{prefix}unsubscribe {name_to_type(each)}" for each in subscriptions],
        Menu(name=menu.name, title=menu.title, project=NO_PROJECT, subject="", options=(*menu.options, every)),
    )


def which_moved(version: str, subscriptions: Sequence[Subscription], names: Names) -> Message:
    """`upgraded` of somebody who runs several versions."""
    menu = _menu(CHOOSE_MOVED, f"{version} replaces", subscriptions, names)
    return _which(
        f"Which of your versions is {version} now?",
        subscriptions,
        names,
        [],
        Menu(name=menu.name, title=menu.title, project=subscriptions[0].project, subject=version, options=menu.options),
    )


def not_among(text: str, subscriptions: Sequence[Subscription], names: Names) -> Message:
    """`unsubscribe` of something that the person has not subscribed to."""
    rows = tuple(ListItem(_row(each, names)) for each in subscriptions)
    return Message(
        title=f"You have not subscribed to “{text[:40]}”",
        tone=Tone.UNSURE,
        body=(paragraph("You get alerts for:"), BulletList(rows)),
        private=True,
    )


def no_longer_there(prefix: str) -> Message:
    """A menu or button of a subscription that has ended, or never was the asker's."""
    how = paragraph(Code(f"{prefix}subscriptions"), " shows those that you have.")
    return Message(title="You don't have this subscription any more", tone=Tone.UNSURE, body=(how,), private=True)


def end_answer(subscriptions: Sequence[Subscription], names: Names, remaining: int, prefix: str) -> Message:
    """They are over."""
    called = [name_of(each, names) for each in subscriptions]
    title = f"No more alerts for {called[0]}" if len(called) == 1 else f"Ended: {count(len(called), 'subscription')}"
    body: list[Block] = [BulletList(tuple(ListItem((Text(name),)) for name in called))] if len(called) > 1 else []
    if remaining:
        body.append(
            paragraph("You still have ", count(remaining, "subscription"), ": ", Code(f"{prefix}subscriptions"), ".")
        )
    else:
        words = "You have no subscriptions left. What I stored about you before stays until you send "
        body.append(paragraph(words, Code(f"{prefix}forget-me"), "."))
    return Message(title=title, tone=Tone.GOOD, body=tuple(body), private=True, answer=True)


def name_of(subscription: Subscription, names: Names) -> str:
    """`Mail 0.15.x`."""
    return subscription_name(names.get(subscription.project, subscription.project), subscription)


def name_to_type(subscription: Subscription) -> str:
    """The word by which `unsubscribe` knows it."""
    return scope_name(subscription.scope).replace(" ", "@") or subscription.project


def _row(subscription: Subscription, names: Names) -> Spans:
    watched = subscription.project in names
    releases = "" if subscription.releases == "never" else f"; releases {RELEASES[subscription.releases]}"
    role = "; pinged in the server by the line's role" if subscription.via == "role" else ""
    details = f" – {alerts_words(subscription)}{releases}{role}" if watched else " – no longer watched here"
    return (Strong(name_of(subscription, names)), Text(details))


def _menu(name: str, title: str, subscriptions: Sequence[Subscription], names: Names) -> Menu:
    options = tuple(Option(str(each.id), name_of(each, names)) for each in subscriptions)
    return Menu(name=name, title=title, project=NO_PROJECT, subject="", options=options)


def _which(
    title: str, subscriptions: Sequence[Subscription], names: Names, lines: Sequence[str], menu: Menu
) -> Message:
    message = unsure(title)
    rows = [ListItem((Strong(name_of(each, names)),)) for each in subscriptions]
    if lines:
        rows = [
            ListItem((Strong(name_of(each, names)), Text(": "), Code(line)))
            for each, line in zip(subscriptions, lines, strict=True)
        ]
    return Message(
        title=message.title,
        tone=message.tone,
        body=(BulletList(tuple(rows)),),
        menus=(menu,),
        private=True,
        answer=True,
    )
