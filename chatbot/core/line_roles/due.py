"""What is to be done about the roles of one project in one server: what there should be against what is stored."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from chatbot.core.line_roles.line_role import GRACE, LineRole
from chatbot.core.model.ids import ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What to do, in this order.

    missing: somebody deleted them there
    retire: support of their line has ended, or no room wants them any more
    revive: retired ones whose line is supported after all
    over: retired long ago, or never made: they are forgotten, and deleted where we made them
    make: lines without a role; one that is stored without an id may have been made already
    """

    missing: tuple[LineRole, ...] = ()
    retire: tuple[LineRole, ...] = ()
    revive: tuple[LineRole, ...] = ()
    over: tuple[LineRole, ...] = ()
    make: tuple[LineRole, ...] = ()


def steps(
    server: str,
    project: ProjectId,
    stored: Sequence[LineRole],
    lines: Sequence[str],
    has_ended: Callable[[str], bool],
    ids: Collection[str],
    now: datetime,
) -> Steps:
    """`stored` are the roles of the project in the server, `lines` those that should have one; `has_ended` says of a line whether
    its role must go; `ids` are the roles that the server has now."""
    missing = tuple(role for role in stored if role.role and role.role not in ids)
    here = {role.line: role for role in stored if role not in missing}
    others = [role for role in here.values() if role.line not in lines]
    return Steps(
        missing=missing,
        retire=tuple(role for role in others if role.stands and has_ended(role.line)),
        revive=tuple(role for role in here.values() if role.retired_at is not None and role.line in lines),
        over=tuple(role for role in others if _is_over(role, now)),
        make=tuple(
            here.get(line, LineRole(server=server, project=project, line=line))
            for line in lines
            if line not in here or not here[line].role
        ),
    )


def _is_over(role: LineRole, now: datetime) -> bool:
    return not role.role or (role.retired_at is not None and now - role.retired_at >= GRACE)
