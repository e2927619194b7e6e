"""`/announce` and the buttons of cards: checked, written to the audit log and planned in one transaction."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from chatbot.chats import profile_named
from chatbot.core.announce.subject import Subject, find
from chatbot.core.maintainers import answers
from chatbot.core.maintainers.commands import MAINTAINERS_COMMANDS
from chatbot.core.maintainers.statements import CVE, JUSTIFICATIONS, STATUS
from chatbot.core.maintainers.word import (
    ACTIONS,
    DECLARATIONS,
    DECLARED,
    JUSTIFICATION,
    LONGEST_NOTE,
    LONGEST_REASON,
    USE,
    Action,
    Word,
)
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.message import Message
from chatbot.core.model.watches import Project
from chatbot.core.queries import reach
from chatbot.core.queries.answers.why import subjects_of
from chatbot.core.queries.commands import CommandRequest, Right
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.recommend import passes
from chatbot.core.text.words import count
from chatbot.ports import Clock
from chatbot.runtime.ingest.planner import Planner
from chatbot.runtime.maintainers import schedule
from chatbot.runtime.maintainers.policy import PolicyCommands
from chatbot.runtime.maintainers.readiness import Ready
from chatbot.runtime.maintainers.renderers import preview_answer
from chatbot.runtime.maintainers.schedule import ScheduleCommands
from chatbot.store import ledger
from chatbot.store.database.db import Store, Tx
from chatbot.store.maintainers import words
from chatbot.store.maintainers.recall import recall

log = structlog.get_logger(__name__)

_BUTTONS: Mapping[str, Action] = {"approve": "now", "skip": "skip", "add-note": "note"}
_ACTIONS: Mapping[str, Action] = {**{each: each for each in ACTIONS}, **_BUTTONS}
_ABOUT_RELEASES, _ABOUT_ADVISORIES = frozenset({"bad", "good"}), frozenset({"exploited"})
_RECALLING = frozenset({"hold", "skip", "retract", "bad"})
_WITH_REASON = frozenset({"retract", "bad"})
NO_NOTE = "-"


@dataclass(slots=True, kw_only=True)
class MaintainerCommands:
    """Carries out what maintainers say of announcements.

    context: what an answer about a project is computed from
    planner: plans what follows
    ready: says what a release lacks
    """

    store: Store
    clock: Clock
    projects: Callable[[], Sequence[Project]]
    context: Callable[[Tx, Project, CommandRequest], Awaitable[QueryContext]]
    planner: Planner
    ready: Ready
    names: frozenset[str] = field(default=frozenset(each.name for each in MAINTAINERS_COMMANDS))

    def project_meant(self, ask: CommandRequest) -> Project | Message | None:
        """The project that is meant among those that the asker maintains; a message where that is not clear, None for somebody
        who maintains none. The operator at the terminal maintains all."""
        is_operator = Right.MAINTAINER in ask.rights
        ours = [each for each in self.projects() if is_operator or reach.maintains(ask, each)]
        if not ours:
            return None
        text = ask.arguments.get("project", "").lower()
        here = [each for each in ours if ask.room and each.maintainers_room == ask.room]
        by_name = [each for each in ours if text in reach.names_of(each)]
        chosen = by_name if text else here or ours
        if len(chosen) != 1:
            names = ", ".join(each.id for each in chosen or ours)
            return unsure("Which project?", f"You maintain: {names}. Name one with project:…")
        project = chosen[0]
        if ask.room and ask.room != project.maintainers_room and not is_operator:
            return answers.elsewhere(profile_named(ask.asker.chat).command_prefix)
        return project

    async def answer(self, ask: CommandRequest, project: Project) -> Message:
        """The answer to a command of somebody who maintains the project. Raises StoreUnavailable."""
        name = ask.command.removeprefix("announce ")
        async with self.store.reading() as tx:
            if name == "log":
                return answers.log(project, await words.words(tx, project.id), await schedule.troubles(tx, project.id))
            context = await self.context(tx, project, ask)
        if name == "statement":
            return await self._state(ask, context)
        if name in schedule.NAMES:
            return await ScheduleCommands(self.planner).answer(ask, name, context)
        if subjects_of(context) == (str(SubjectId("policy", project.id)),):
            return await PolicyCommands(self.planner).answer(ask, _ACTIONS.get(name), context)
        subject = _subject(context)
        if isinstance(subject, Message):
            return subject
        if name == "ready":
            return await self.ready.answer(subject, context)
        if name == "preview":
            rooms, on = self.planner.newcomers.here(project.id), ask.arguments.get("on", "").strip()
            return preview_answer(subject, await self._state_of(subject), rooms, ask.asker.chat, on)
        action = _ACTIONS[name]
        word = _word(ask, action, subject, context)
        return word if isinstance(word, Message) else await self._carry_out(word, subject, project)

    async def _carry_out(self, word: Word, subject: Subject, project: Project) -> Message:
        recalled = 0
        alerts = [_alert(each) for each in subject.names if subject.advisory is not None]

        async def write(tx: Tx) -> None:
            nonlocal recalled
            await words.say(tx, project.id, word)
            if word.action in _RECALLING:
                recalled = await recall(tx, subject.names)
                await recall(tx, alerts)

        steps = await self.planner.replan(project, {subject.id}, word.at, write)
        log.info("a maintainer decided", project=project.id, action=word.action, subject=subject.id)
        async with self.store.reading() as tx:
            posted = await ledger.posted(tx, project.id, subject.names)
        to_send = sum(
            len(each.revisions) for each in steps.messages if each.kind == "new" and each.subject == subject.id
        )
        there = sum(each.room != project.maintainers_room for each in posted) - to_send
        return answers.result_of(word, subject, posted=there, recalled=recalled, to_send=to_send)

    async def _state(self, ask: CommandRequest, context: QueryContext) -> Message:
        """Make a statement about a CVE that is no advisory of the project."""
        cve = ask.arguments.get("cve", "").strip().upper()
        if not CVE.fullmatch(cve):
            return answers.not_a_cve(ask.arguments.get("cve", ""))
        if ask.arguments.get("status") != STATUS:
            return answers.not_one_of("status", (STATUS,))
        why = ask.arguments.get("justification", "")
        if why not in JUSTIFICATIONS:
            return answers.not_one_of("justification", JUSTIFICATIONS)
        if any(cve == name.upper() for each in context.snapshot.advisories.values() for name in each.ids):
            return answers.own_advisory(cve, context.project)
        word = Word(action="statement", subject=cve, by=ask.asker, at=self.clock(), details={JUSTIFICATION: why})
        async with self.store.writing(context.project.id) as tx:
            await words.say(tx, context.project.id, word)
        return answers.stated(cve, context.project)

    async def _state_of(self, subject: Subject) -> str:
        """What became of an announcement so far."""
        async with self.store.reading() as tx:
            posted = await ledger.posted(tx, subject.snapshot.project.id, subject.names)
            on_hold = await ledger.held_subjects(tx, subject.snapshot.project.id)
        control = subject.control
        if control.retracted:
            return "taken back"
        if control.held_at is not None:
            return "held by the maintainers"
        if control.skipped:
            return "skipped"
        if subject.id in on_hold:
            return "waits"
        return f"announced in {count(len(posted), 'room')}" if posted else "not announced anywhere"


def _alert(advisory: str) -> str:
    about = SubjectId.parse(advisory)
    return str(SubjectId("alert", about.project, about.name))


def _subject(context: QueryContext) -> Subject | Message:
    """The one published release or advisory that is meant."""
    text = context.arguments.get("id", "")
    subjects = [find(context.snapshot, each) for each in subjects_of(context)]
    matches = {each.id: each for each in subjects if each is not None}
    if not matches:
        return answers.unknown(text, context.prefix, context.example)
    if len(matches) > 1:
        return answers.several(text, sorted(each.name for each in matches.values()))
    return next(iter(matches.values()))


def _word(ask: CommandRequest, action: Action, subject: Subject, context: QueryContext) -> Word | Message:
    """What was said, checked; or why it cannot be done."""
    if action in _ABOUT_RELEASES and subject.advisory is not None:
        return answers.not_of_release(subject)
    if action in _ABOUT_ADVISORIES and subject.advisory is None:
        return answers.not_of_advisory(subject)
    if action in ("now", "hold", "skip") and subject.control.retracted:
        return answers.is_retracted(subject)
    text = _text(ask, action)
    if isinstance(text, Message):
        return text
    name = context.snapshot.controls.named_as(subject.names)
    word = Word(action=action, subject=name, by=ask.asker, at=context.now, text=text)
    declared = ask.arguments.get("as", "")
    if action == "now" and declared:
        if declared not in DECLARATIONS:
            return answers.not_one_of("word", DECLARATIONS)
        return (
            replace(word, details={DECLARED: declared}) if subject.advisory is None else answers.not_of_release(subject)
        )
    use = ask.arguments.get("use", "").strip()
    if action != "bad" or not use:
        return word
    release = context.snapshot.look_up(use).release
    if release is None or release.release.tag == subject.name or passes(context.snapshot, release) is None:
        return answers.bad_replacement(use)
    version = release.version.text if release.version is not None else release.release.tag
    return replace(word, details={USE: version})


def _text(ask: CommandRequest, action: Action) -> str | Message:
    """The reason, or the note, which `-` removes; or why it cannot be taken."""
    is_note = action == "note"
    text = ask.arguments.get("text" if is_note else "reason", "").strip()
    if len(text) > (LONGEST_NOTE if is_note else LONGEST_REASON):
        return answers.too_long("note" if is_note else "reason")
    if action in _WITH_REASON and not text:
        return answers.no_reason()
    return "" if is_note and text == NO_NOTE else text
