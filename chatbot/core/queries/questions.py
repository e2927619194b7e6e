"""The function that answers each command about one project."""

from collections.abc import Callable, Mapping

from chatbot.core.model.message import Message
from chatbot.core.queries.answers import advisories, affected, latest, report, sections, supported, upgrade
from chatbot.core.queries.query_context import QueryContext

QUESTIONS: Mapping[str, Callable[[QueryContext], Message]] = {
    "supported": supported.supported,
    "upgrade": upgrade.upgrade,
    "latest": latest.latest,
    "affected": affected.affecting,
    "advisory": advisories.advisory,
    "advisories": advisories.advisories,
    "credits": advisories.credits_given,
    "report": report.report,
    "template": report.template,
    "policy": sections.policy,
}
