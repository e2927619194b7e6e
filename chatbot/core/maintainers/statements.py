"""Statements that a vulnerability of something else does not affect the project, in OpenVEX's words."""

from collections.abc import Mapping

from chatbot.core.maintainers.controls import Statement
from chatbot.core.model.message import Message, Moment, Tone, field_of, paragraph
from chatbot.core.model.watches import Project
from chatbot.core.text import patterns

STATUS = "not_affected"
# https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md#status-justifications
_WORDS: Mapping[str, str] = {
    "component_not_present": "the vulnerable component is not in it",
    "vulnerable_code_not_present": "it contains the component, but not the vulnerable code",
    "vulnerable_code_not_in_execute_path": "it never runs the vulnerable code",
    "vulnerable_code_cannot_be_controlled_by_adversary": "an attacker cannot reach the vulnerable code in it",
    "inline_mitigations_already_exist": "it already protects against this",
}
JUSTIFICATIONS = tuple(_WORDS)
CVE = patterns.compile(r"CVE-[0-9]{4}-[0-9]{4,19}")


def statement_answer(project: Project, statement: Statement) -> Message:
    """What `/advisory CVE-…` answers where the maintainers made a statement about it."""
    why = _WORDS.get(statement.justification, statement.justification)
    return Message(
        title=f"{statement.cve} does not affect {project.name}, its maintainers say",
        tone=Tone.GOOD,
        fields=(field_of("Because", f"{why}."), field_of("Said on", Moment(statement.at))),
        body=(paragraph(f"{project.name} has published no advisory about it."),),
    )
