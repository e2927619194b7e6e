"""Who may see an answer, as far as the question alone tells."""

from chatbot.core.queries.commands import CommandRequest, Kind, Parameter, Right, find
from chatbot.core.versions.version import read_version


def alone(ask: CommandRequest) -> bool:
    """Whether only the asker shall see the answer, as far as it can be known before the question is looked into: it is
    personal, not for everybody, or an error that its words alone show. "I do not know" is an answer, and for all."""
    command = find(ask.command)
    if command is None or command.private or command.right is not Right.EVERYONE:
        return True
    return any(not _readable(parameter, ask.arguments.get(parameter.name, "")) for parameter in command.parameters)


def _readable(parameter: Parameter, value: str) -> bool:
    if not value:
        return not parameter.required
    if parameter.choices:
        return value in parameter.choices
    texts = value.replace(",", " ").split() if parameter.several else [value]
    return parameter.kind is not Kind.VERSION or all(read_version(text) is not None for text in texts)
