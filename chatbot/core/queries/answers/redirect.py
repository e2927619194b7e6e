"""The messages of `/redirect`: how to report in private, for the author, and what was done, for the moderator."""

from dataclasses import replace

from chatbot.core.model.message import Action, Message, Paragraph, Tone, paragraph
from chatbot.core.queries.answers.report import report
from chatbot.core.queries.query_context import QueryContext


def to_author(context: QueryContext) -> Message:
    """How to report in private. The author's message is not repeated: the bot never reads it."""
    request: Paragraph = paragraph(
        "A moderator thinks that a message of yours is about a vulnerability. Please do not go on with it in public: "
        "what is known before it is fixed puts the people at risk who run it. Thank you for telling the project in private."
    )
    how = report(context)
    return replace(how, title=f"Please report this to {context.project.name} in private", body=(request, *how.body))


def to_moderator(context: QueryContext, message: str) -> Message:
    """What was done, with a button that removes the message where the chat gave its id."""
    remove = (Action("remove", "Remove the message", context.project.id, message),) if message else ()
    return Message(
        title="The author gets the private instructions",
        tone=Tone.GOOD,
        body=(
            paragraph(
                "They come as a direct message from me. Who takes none from me sees nothing: tell them of /report."
            ),
            paragraph("I keep nothing of what was written."),
        ),
        actions=remove,
        private=True,
    )


def no_author() -> Message:
    """The answer where nobody can tell who wrote the message."""
    why = "Use it on a message of a person: bots and webhooks cannot be written to."
    return Message(title="Whom shall I send the private way?", tone=Tone.UNSURE, body=(paragraph(why),), private=True)
