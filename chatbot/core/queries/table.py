"""The commands of all chats in one table, with parameters and rights."""

from chatbot.core.maintainers.commands import MAINTAINERS_COMMANDS
from chatbot.core.queries.actions import ADOPT_ROLE, DM_ME, PING_HERE
from chatbot.core.queries.definitions import Command, Kind, Parameter, Right
from chatbot.core.watching.options import OPTIONS

_VERSION = Parameter("version", "the version you run", Kind.VERSION)
_VERSIONS = Parameter("version", "the version you run, or several", Kind.VERSION, several=True)
_PROJECT = Parameter("project", "which project, where there are several", Kind.PROJECT, required=False)

_OPTIONS = tuple(
    Parameter(
        each.name,
        each.description,
        Kind.MENTION if each.name == "mention" else Kind.SETTING,
        required=False,
        choices=each.choices,
    )
    for each in OPTIONS
)
_ALERT = Parameter("id", "which advisory; that of your last alert without one", Kind.ADVISORY, required=False)

_CHOICES = (
    ("choose-scope", "What a subscription alerts of"),
    ("choose-releases", "How a subscription brings releases"),
    ("choose-subscription", "Show one subscription"),
    ("choose-end", "End one subscription"),
    ("choose-moved", "Which subscription follows to the new version"),
)

_QUESTIONS = (
    Command(
        "supported",
        "Does my version still get security fixes?",
        (Parameter("version", "the version you run; all lines without one", Kind.VERSION, required=False), _PROJECT),
    ),
    Command(
        "latest",
        "The newest release, overall or of a line",
        (Parameter("line", "a release line; the newest of all without one", Kind.LINE, required=False), _PROJECT),
    ),
    Command("affected", "Which published advisories affect my version?", (_VERSIONS, _PROJECT)),
    Command("upgrade", "How do I get from my version to the newest?", (_VERSION, _PROJECT)),
    Command("advisory", "What an advisory says", (Parameter("id", "its GHSA or CVE number", Kind.ADVISORY), _PROJECT)),
    Command(
        "advisories",
        "The published advisories, the newest first",
        (
            Parameter(
                "severity",
                "from this severity on",
                Kind.SEVERITY,
                required=False,
                choices=("critical", "high", "medium", "low"),
            ),
            Parameter("since", "since this day, as YYYY-MM-DD", Kind.DATE, required=False),
            _PROJECT,
        ),
    ),
    Command("credits", "Who reported what: the published credits", (_PROJECT,)),
    Command(
        "policy",
        "What the security policy says, by section",
        (
            Parameter("section", "a heading of the page; the list of them without one", Kind.SECTION, required=False),
            _PROJECT,
        ),
    ),
    Command(
        "subscribe",
        "Get alerts in a DM for the version you run",
        (
            Parameter(
                "version", "the version or line you run; the whole project without one", Kind.SCOPE, required=False
            ),
            _PROJECT,
        ),
        private=True,
    ),
    Command("subscriptions", "What you get alerts for, and how to change it", private=True),
    Command(
        "unsubscribe",
        "End your alerts",
        (
            Parameter("version", "for which version or line; “all” ends everything", Kind.SCOPE, required=False),
            _PROJECT,
        ),
        private=True,
    ),
    Command(
        "upgraded",
        "Say that you upgraded: your alerts follow",
        (
            Parameter("version", "what you run now; the newest of your line without one", Kind.VERSION, required=False),
            _PROJECT,
        ),
        private=True,
    ),
    Command("snooze", "Be reminded of an alert tomorrow", (_ALERT, _PROJECT), private=True),
    Command("mute", "Hear nothing more of one advisory", (_ALERT, _PROJECT), private=True),
    Command("unmute", "Hear of a muted advisory again", (_ALERT, _PROJECT), private=True),
    Command("my-data", "What I store about you", private=True),
    Command("forget-me", "Delete all that I store about you, at once", private=True),
    Command("report", "How do I report a vulnerability, or a bug?", (_PROJECT,), private=True),
    Command("template", "An empty report to copy and fill in outside of the chat", (_PROJECT,), private=True),
    Command(
        "redirect",
        "Send somebody who wrote about a vulnerability in public the private way to report it",
        (Parameter("author", "whose message it is", Kind.WORDS), _PROJECT),
        Right.MODERATOR,
        private=True,
    ),
    Command(
        "why",
        "Why something was announced here, or was not",
        (Parameter("id", "a tag, a version or an advisory's id", Kind.SUBJECT), _PROJECT),
    ),
    Command("status", "Is all well, and what does the bot watch?", (_PROJECT,)),
    Command("watch", "Announce a project's news here", (_PROJECT, *_OPTIONS), Right.ROOM_ADMIN),
    Command("watching", "What is announced here, and since when", right=Right.ROOM_ADMIN),
    Command("unwatch", "Stop announcing a project's news here", (_PROJECT,), Right.ROOM_ADMIN),
    Command(
        "pick",
        "Answer with a number",
        (
            Parameter("number", "the number", Kind.WORDS),
            Parameter("message", "of which message", Kind.WORDS, required=False),
        ),
        private=True,
        hidden=True,
    ),
)
_FOR_EVERYBODY = tuple(each.name for each in _QUESTIONS if each.right is Right.EVERYONE and not each.hidden)
COMMANDS: tuple[Command, ...] = (
    *_QUESTIONS,
    *MAINTAINERS_COMMANDS,
    Command(
        "help",
        "What you can ask, or how a command is used",
        (
            Parameter(
                "command",
                "the command to explain",
                Kind.COMMAND,
                required=False,
                choices=_FOR_EVERYBODY,
            ),
        ),
    ),
    *(
        Command(
            name,
            description,
            (Parameter("id", "which one", Kind.WORDS), Parameter("value", "what was chosen", Kind.WORDS), _PROJECT),
            private=True,
            hidden=True,
        )
        for name, description in _CHOICES
    ),
    *(
        Command(
            name,
            description,
            (Parameter("version", "which line", Kind.LINE), _PROJECT),
            right,
            private=True,
            hidden=True,
        )
        for name, description, right in (
            (PING_HERE, "Be pinged in this server by the role of a line", Right.EVERYONE),
            (DM_ME, "Get a DM in the place of a line's role", Right.EVERYONE),
            (ADOPT_ROLE, "Let me use a role that somebody else made", Right.ROOM_ADMIN),
        )
    ),
)
