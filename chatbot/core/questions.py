"""Which answer belongs to which question about one project."""

from collections.abc import Callable, Mapping

from chatbot.core import (
    answer_advisories,
    answer_affected,
    answer_latest,
    answer_report,
    answer_support,
    answer_upgrade,
)
from chatbot.core.answers import Desk
from chatbot.core.message import Message

QUESTIONS: Mapping[str, Callable[[Desk], Message]] = {
    "supported": answer_support.supported,
    "upgrade": answer_upgrade.upgrade,
    "latest": answer_latest.latest,
    "affected": answer_affected.affecting,
    "advisory": answer_advisories.advisory,
    "advisories": answer_advisories.advisories,
    "credits": answer_advisories.credits_given,
    "report": answer_report.report,
    "template": answer_report.template,
    "policy": answer_report.policy,
}
