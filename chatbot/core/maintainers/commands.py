"""The commands of maintainers, as rows of the table of commands."""

from chatbot.core.maintainers.schedule.reading import SEVERITIES
from chatbot.core.maintainers.statements import JUSTIFICATIONS, STATUS
from chatbot.core.maintainers.word import DECLARATIONS
from chatbot.core.queries.definitions import Command, Kind, Parameter, Right

_PROJECT = Parameter("project", "which project, where you maintain several", Kind.PROJECT, required=False)
_WHAT = Parameter("id", "a tag, a version or an advisory's id", Kind.SUBJECT)
_RELEASE = Parameter("id", "the release, by its tag or version", Kind.SUBJECT)
_REASON = Parameter("reason", "why, in one sentence that everybody can read", Kind.WORDS)
_ADVISORY = Parameter("id", "its GHSA or CVE number", Kind.ADVISORY)


def _announce(name: str, description: str, *parameters: Parameter) -> Command:
    return Command(f"announce {name}", description, (*parameters, _PROJECT), Right.MAINTAINER, private=True)


_BUTTONS = (
    ("approve", "Announce it", (Parameter("id", "what", Kind.WORDS), _PROJECT)),
    ("skip", "Do not announce it", (Parameter("id", "what", Kind.WORDS), _PROJECT)),
    (
        "add-note",
        "Add a note to it",
        (Parameter("id", "what", Kind.WORDS), Parameter("text", "your words", Kind.WORDS), _PROJECT),
    ),
    (
        "schedule-anyway",
        "Announce it beforehand although its images do not wait",
        (Parameter("id", "the version, the time and the severity", Kind.WORDS), _PROJECT),
    ),
)

MAINTAINERS_COMMANDS: tuple[Command, ...] = (
    _announce(
        "preview",
        "How an announcement looks, and what became of it",
        _WHAT,
        Parameter(
            "on", "in which chat; without it, in all that have rooms of the project", Kind.SETTING, required=False
        ),
    ),
    _announce(
        "now",
        "Announce what waits or is held",
        _WHAT,
        Parameter(
            "as",
            "what a release is, by your word: security, or outofband (urgent)",
            Kind.SETTING,
            required=False,
            choices=DECLARATIONS,
        ),
    ),
    _announce("hold", "Hold an announcement until you say now", _WHAT),
    _announce("skip", "Do not announce it", _WHAT),
    _announce("retract", "Take an announcement back everywhere", _WHAT, _REASON),
    _announce(
        "bad",
        "Tell everybody not to use a release",
        _RELEASE,
        _REASON,
        Parameter("use", "the version to use instead", Kind.VERSION, required=False),
    ),
    _announce("good", "Take “do not use” back", _RELEASE),
    _announce(
        "note",
        "Add your own words on top of an announcement",
        _WHAT,
        Parameter("text", "your words; “-” removes them", Kind.WORDS),
    ),
    _announce("exploited", "Say that a published vulnerability is being exploited", _ADVISORY),
    _announce(
        "statement",
        "Say that a CVE of something else does not affect the project",
        Parameter("cve", "the CVE's number", Kind.SETTING),
        Parameter("status", "its status", Kind.SETTING, choices=(STATUS,)),
        Parameter("justification", "why", Kind.SETTING, choices=JUSTIFICATIONS),
    ),
    _announce(
        "schedule",
        "Say that a security release is planned, or move it",
        Parameter("version", "the version that is planned; nothing else is posted of it", Kind.SETTING),
        Parameter("time", "when, in UTC: YYYY-MM-DDThh:mmZ", Kind.SETTING),
        Parameter("severity", "of the worst that it fixes", Kind.SETTING, choices=SEVERITIES),
        Parameter("anyway", "yes, although no images are configured", Kind.SETTING, required=False, choices=("yes",)),
    ),
    _announce(
        "cancel",
        "Say that a planned release is not planned any more",
        Parameter("version", "its version", Kind.SETTING),
    ),
    _announce("log", "What was done, by whom and when"),
    Command("ready", "What a release still lacks", (_RELEASE, _PROJECT), Right.MAINTAINER, private=True),
    *(
        Command(name, description, parameters, Right.MAINTAINER, private=True, hidden=True)
        for name, description, parameters in _BUTTONS
    ),
)
