"""How to ask: what `/help` says, an example in the place of an error, and which project is meant."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from chatbot.core.model.ids import NO_PROJECT, ProjectId
from chatbot.core.model.message import (
    CHOOSE,
    Action,
    Block,
    BulletList,
    Code,
    ListItem,
    Message,
    Span,
    Spans,
    Strong,
    Text,
    Tone,
    field_of,
    paragraph,
)
from chatbot.core.model.watches import Project
from chatbot.core.queries.commands import (
    COMMANDS,
    Command,
    CommandRequest,
    Kind,
    Parameter,
    Right,
    find,
    retyped,
    usage,
)
from chatbot.core.queries.query_context import QueryContext, unsure

MAIN = ("supported", "affected", "upgrade", "latest", "advisories", "subscribe", "report")  # what most people ask
OF_ALERTS = (
    "subscriptions",
    "unsubscribe",
    "upgraded",
    "snooze",
    "mute",
    "unmute",
    "my-data",
    "forget-me",
)  # for those who get alerts
MOST_LINES = 5  # ready-to-copy lines
MOST_PROJECTS = 20
_LONGEST_HEADING = 30  # characters of a section that serves as an example
_INVENTED = {
    Kind.VERSION: "1.2.3",
    Kind.LINE: "1.2",
    Kind.SCOPE: "1.2.3",
    Kind.ADVISORY: "CVE-2031-1234",
    Kind.SUBJECT: "1.2.3",
    Kind.SEVERITY: "high",
    Kind.COMMAND: "affected",
}
_INVENTED_WORDS = {
    "author": "@somebody",
    "reason": "It was tagged by mistake",
    "text": "Back your data up first",
    "cve": "CVE-2031-1234",
    "version": "1.2.3",
    "time": "2031-12-01T15:00Z",
}
_TELLING = frozenset(
    {Kind.VERSION, Kind.LINE, Kind.SCOPE, Kind.SECTION, Kind.SEVERITY, Kind.COMMAND}
)  # optional, but in an example


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """Whom help is for, and where.

    prefix: stands before a command in this chat
    rights: the asker's
    several: whether there are several projects to ask about
    context: of the project that examples are made from, None where there is none
    project: its id where an example has to name it, else ""
    in_menus: commands that are no typed ones in this chat, each with where it is found
    """

    prefix: str = "/"
    rights: frozenset[Right] = frozenset({Right.EVERYONE})
    several: bool = False
    context: QueryContext | None = None
    project: ProjectId = NO_PROJECT
    in_menus: Mapping[str, str] = field(default_factory=dict)


def helped(guide: Guide, arguments: Mapping[str, str]) -> Message:
    """What can be asked; or how one command is used (`command`); or what was wrong with a line (`reason`) or is near it (`near`),
    with an example to copy."""
    near, reason = find(arguments.get("near", "")), arguments.get("reason", "")
    if (near is None or near.name == "help") and not reason:
        asked_for = arguments.get("command", "").strip().lstrip("/!")
        command = find(asked_for) if asked_for else None
        if command is not None and not command.hidden:
            return _explained(guide, command)
        return _not_a_command(guide, asked_for) if asked_for else _list(guide)
    if near is None:
        return unsure(reason, paragraph("Try ", Code(f"{guide.prefix}help"), "."))
    example = example_of(guide, near)
    if reason.endswith("?"):
        title = f"{reason} For example: {example}"
    elif reason:
        title = f"{reason}. Did you mean {example}?"
    else:
        title = f"Did you mean {example}?"
    how = paragraph(Code(f"{guide.prefix}help {near.name}"), " says more.")
    return unsure(title, near.description, how)


def _not_a_command(guide: Guide, text: str) -> Message:
    names = [command.name for command in _listed(guide)]
    near = difflib.get_close_matches(text.lower(), names, n=1, cutoff=0.75)
    how = f"{guide.prefix}help {near[0]}" if near else f"{guide.prefix}help"
    words = "Did you mean " if near else "What you can ask: "
    return unsure(f"There is no command “{text[:32]}”", paragraph(words, Code(how), "?" if near else ""))


def _list(guide: Guide) -> Message:
    """The commands that most people want, each with an example; the others by name."""
    context = guide.context
    about = f" about {context.project.name}" if context is not None and not guide.several else ""
    rows = [ListItem((Code(example_of(guide, command)), Text(f" – {command.description}"))) for command in _named(MAIN)]
    others = [each for each in _listed(guide) if each.name not in (*MAIN, *OF_ALERTS, "help")]
    typed_others = [each for each in others if each.name not in guide.in_menus and " " not in each.name]
    body: list[Block] = [BulletList(tuple(rows))]
    body.append(paragraph("Once you get alerts: ", *_codes([f"{guide.prefix}{name}" for name in OF_ALERTS]), "."))
    body.append(paragraph("Also: ", *_codes([f"{guide.prefix}{each.name}" for each in typed_others]), "."))
    if family := [each.name.partition(" ")[2] for each in others if " " in each.name]:
        body.append(paragraph("For maintainers: ", Code(f"{guide.prefix}announce"), " with ", *_codes(family), "."))
    in_menus = [(guide.in_menus[each.name], each.description) for each in others if each.name in guide.in_menus]
    body += [paragraph(Strong(where), f" – {description}") for where, description in in_menus]
    if guide.several:
        body.append(paragraph("There are several projects: name one at the end."))
    small: Spans = (Code(f"{guide.prefix}help affected"), Text(" explains a command"))
    return Message(title=f"What you can ask me{about}", tone=Tone.ANSWER, body=tuple(body), small=(small,))


def _listed(guide: Guide) -> list[Command]:
    """The commands that the asker may use, by their names."""
    return [command for command in COMMANDS if command.right in guide.rights and not command.hidden]


def _named(names: Sequence[str]) -> list[Command]:
    commands = {command.name: command for command in COMMANDS}
    return [commands[name] for name in names]


def _codes(texts: Sequence[str]) -> list[Span]:
    spans: list[Span] = []
    for text in texts:
        spans += [Text(", ")] if spans else []
        spans.append(Code(text))
    return spans


def _explained(guide: Guide, command: Command) -> Message:
    """One command: what it answers, an example, and what each of its words means."""
    parameters = [each for each in command.parameters if guide.several or each.kind is not Kind.PROJECT]
    rows = [ListItem((Strong(each.name), Text(f" – {_meaning(each)}"))) for each in parameters]
    if command.name in guide.in_menus:
        return Message(
            title=command.description,
            tone=Tone.ANSWER,
            fields=(field_of("Where", guide.in_menus[command.name]),),
        )
    form = f"{guide.prefix}{usage(command, several=guide.several).removeprefix('/')}"
    example = example_of(guide, command)
    fields = [field_of("For example", Code(example))]
    fields += [field_of("Form", Code(form))] if form != example else []
    alone: tuple[Spans, ...] = ((Text("Only you can see the answer."),),) if command.private else ()
    if command.right not in guide.rights:
        alone = (*alone, (Text("You don't have the right to use it here."),))
    return Message(
        title=command.description,
        tone=Tone.ANSWER,
        fields=tuple(fields),
        body=(BulletList(tuple(rows)),) if rows else (),
        small=alone,
    )


def _meaning(parameter: Parameter) -> str:
    choices = (
        f": {', '.join(parameter.choices)}"
        if parameter.kind in (Kind.SEVERITY, Kind.SETTING) and parameter.choices
        else ""
    )
    return f"{parameter.description}{choices}{'' if parameter.required else ' (optional)'}"


def example_of(guide: Guide, command: Command) -> str:
    """The command as somebody may send it, with the project's newest version, line and advisory."""
    values: dict[str, str] = {}
    for parameter in command.parameters:
        if parameter.required or parameter.kind in _TELLING:
            value = _value(guide.context, parameter)
            if not value:
                break
            values[parameter.name] = value
    takes_project = any(parameter.kind is Kind.PROJECT for parameter in command.parameters)
    if guide.project and takes_project:
        return guide.prefix + (retyped(command, values, guide.project) or command.name)
    return " ".join([guide.prefix + command.name, *values.values()])


def _value(context: QueryContext | None, parameter: Parameter) -> str:
    """A value for this parameter that the project really has, else an invented one."""
    kind = parameter.kind
    if parameter.choices and parameter.required:
        return parameter.choices[0]
    if kind in (Kind.WORDS, Kind.SETTING):
        return _INVENTED_WORDS.get(parameter.name, "")
    if context is None:
        return _INVENTED.get(kind, "")
    if kind in (Kind.VERSION, Kind.SCOPE, Kind.SUBJECT):
        return context.example
    if kind is Kind.LINE:
        lines = [item.line for item in context.snapshot.releases.values() if item.newest and item.line]
        return lines[0] if lines else _INVENTED[kind]
    if kind is Kind.ADVISORY:
        newest = max(context.snapshot.advisories.values(), key=lambda item: item.published_at, default=None)
        return newest.id if newest is not None else _INVENTED[kind]
    if kind is Kind.SECTION:
        headings = [section.heading for section in context.policy.sections] if context.policy is not None else []
        plain = [each.lower() for each in headings if each.replace(" ", "").isalnum() and len(each) <= _LONGEST_HEADING]
        return plain[-1] if plain else ""
    return _INVENTED.get(kind, "")


def which_project(request: CommandRequest, projects: Sequence[Project], prefix: str, reason: str = "") -> Message:
    """Asks back which project was meant, with the choices, and lines to copy for chats without buttons; for the asker alone."""
    choices = tuple(Action(CHOOSE, project.name, project.id, "") for project in projects)
    command = find(request.command)
    body: list[Block] = [paragraph(reason)] if reason else []
    first = 0
    if projects and command is not None:
        arguments = {**request.arguments, **_author(request)}
        lines = list(filter(None, (retyped(command, arguments, project.id) for project in projects[:MOST_LINES])))
        rows = [ListItem((Code(f"{prefix}{line}"),)) for line in lines]
        body += [paragraph("Ask like this:"), BulletList(tuple(rows))] if rows else []
        first = MOST_LINES if rows else 0
    if len(projects) > first:
        others = ", ".join(project.id for project in projects[first:MOST_PROJECTS])
        body.append(paragraph(f"{'Or' if first else 'Ask again,'} with one of these: {others}."))
    title = "Which project?" if projects else "I watch no project here yet"
    return replace(unsure(title), body=tuple(body), actions=choices, private=True)


def _author(request: CommandRequest) -> dict[str, str]:
    """Whose message it is, where the chat looked that up: the message itself may be removed by now, and cannot be replied to."""
    return {"author": request.target.partition(":")[2]} if request.target else {}
