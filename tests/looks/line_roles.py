"""What a channel is told of the roles of release lines, and an announcement that pings two of them."""

from collections.abc import Mapping

from chatbot.core.announce.audience import with_mention
from chatbot.core.announce.render.advisory import advisory_message
from chatbot.core.line_roles import answers, render
from chatbot.core.line_roles.line_role import LineRole
from chatbot.core.line_roles.server_roles import ServerRole
from chatbot.core.model.message import Mention, Message
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter
from chatbot.core.subscriptions.answers import refusals
from chatbot.core.subscriptions.answers.card import card
from tests.looks import windlass as w
from tests.looks.answers import context
from tests.looks.subscriptions import LINE, holding

ROLE = LineRole(server="discord:70", project=w.WINDLASS.id, line="4.1", role="1234567890123456789")
PLAIN = ServerRole(id="9", name=ROLE.name)
POWERFUL = ServerRole(id="9", name=ROLE.name, power="it has permissions")


def _announcement() -> Message:
    snapshot = w.snapshot([w.FIX, w.BACKPORT], [w.CRITICAL])
    roles = [Mention("role", "1234567890123456788"), Mention("role", "1234567890123456789")]
    return with_mention(advisory_message(snapshot, w.CRITICAL.id), WatchFilter(), ping=True, roles=roles)


ON_CARD = card(context({}), LINE, holding(LINE))
REFUSAL = refusals.unreachable("You don't accept DMs from me. Allow them in the server's privacy settings.", [])
ABOVE = "the role stands above my own, so I can't give it"

ROLE_ANSWERS: Mapping[str, tuple[str, Message]] = {
    "line-roles-offer": ("/subscribe 4.1", answers.with_offer(ON_CARD, w.WINDLASS, ROLE, Severity.HIGH)),
    "line-roles-offer-without-dm": ("/subscribe 4.1", answers.with_offer(REFUSAL, w.WINDLASS, ROLE, Severity.LOW)),
    "line-roles-card": ("", answers.with_role(ON_CARD, w.WINDLASS, ROLE, Severity.MEDIUM)),
    "line-roles-refused": ("", answers.refused(ROLE, ABOVE)),
    "line-roles-none": ("", answers.no_role(w.WINDLASS, "4.1")),
    "line-roles-adopted": ("", answers.adopted(w.WINDLASS, ROLE)),
    "line-roles-not-adopted": ("", answers.may_not_adopt(ROLE, "it has permissions")),
}
LINE_ROLES: Mapping[str, Message] = {
    "line-roles-announcement": _announcement(),
    "line-roles-retired": render.retired(w.WINDLASS, ROLE, has_ended=True),
    "line-roles-unwanted": render.retired(w.WINDLASS, ROLE, has_ended=False),
    "line-roles-lost": render.deleted_role(w.WINDLASS, ROLE),
    "line-roles-taken": render.name_in_use(w.WINDLASS, ROLE, [PLAIN]),
    "line-roles-taken-powerful": render.name_in_use(w.WINDLASS, ROLE, [POWERFUL]),
}
