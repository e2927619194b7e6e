"""The words for maintainers about what is wrong or missing in an advisory that they published."""

from collections.abc import Sequence

from chatbot.core.advisory_lint.finding import Finding
from chatbot.core.model.facts import Advisory
from chatbot.core.model.message import Link, Message, Strong, Text, Tone, bullets, field_of, paragraph, text
from chatbot.core.model.watches import Project
from chatbot.core.text.words import count

_MOST = 10
_EDIT = "Rooms and subscribers are told what it says now. When you edit the advisory, their messages are corrected."
_HERE = "Only this room gets this message."


def findings_message(project: Project, advisory: Advisory, findings: Sequence[Finding]) -> Message:
    """What to fix in an advisory; without findings: that nothing is left to fix."""
    shown = [(Strong(f"{_about(each)}{each.problem}"), Text(f" {each.fix}")) for each in findings[:_MOST]]
    more = [paragraph(f"And {len(findings) - _MOST} more.")] if len(findings) > _MOST else []
    number = count(len(findings), "thing") if findings else "nothing left"
    return Message(
        title=f"{project.name} – {number} to fix in {advisory.id}",
        tone=Tone.WARNING if findings else Tone.GOOD,
        url=advisory.url,
        fields=(field_of("Advisory", advisory.summary),) if advisory.summary else (),
        body=(bullets(shown), *more, paragraph(_EDIT)) if findings else (),
        small=(text(_HERE),),
        links=(Link("Advisory", advisory.url),) if advisory.url else (),
    )


def _about(finding: Finding) -> str:
    return f"{finding.package}: " if finding.package else ""
