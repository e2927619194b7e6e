"""The messages of `/redirect`: how to report in private, for the author, and what was done, for the moderator."""

from dataclasses import replace

from chatbot.core.model.message import Action, Code, Message, Paragraph, Tone, paragraph
from chatbot.core.queries.answers.report import report
from chatbot.core.queries.query_context import QueryContext


def to_author(context: QueryContext) -> Message:
    """How to report in private. The author's message is not repeated: the bot never reads it."""
    request: Paragraph = paragraph(
        "A moderator thinks that a message of yours is about a vulnerability. Please don't continue in public: details "
        "that come out before a fix put everyone who runs it at risk. Thank you for telling the project in private."
    )
    how = report(context)
    return replace(how, title=f"Please report this to {context.project.name} in private", body=(request, *how.body))


def to_moderator(context: QueryContext, message: str) -> Message:
    """What was done, with a button that removes the message where the chat gave its id."""
    remove = (Action("remove", "Remove the message", context.project.id, message),) if message else ()
    return Message(
        title="I've sent the author instructions by DM",
        tone=Tone.GOOD,
        body=(
            paragraph(
                "If they block messages from me, point them to ",
                Code(f"{context.prefix}report"),
                ". I keep no copy of their message.",
            ),
        ),
        actions=remove,
        private=True,
    )


def no_author() -> Message:
    """The answer where nobody can tell who wrote the message."""
    why = "Use it on a message of a person: I can't write to bots and webhooks."
    return Message(title="I can't tell who wrote that message", tone=Tone.UNSURE, body=(paragraph(why),), private=True)
