"""The work of `chatbot init`, from options to the written files and what to do next."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from chatbot.cli.failure import Failure
from chatbot.cli.init import next_steps
from chatbot.cli.init.answers import Answers
from chatbot.cli.init.document import document
from chatbot.cli.init.files import is_there, write_all
from chatbot.cli.init.interview import Person, answers_of, secret_of
from chatbot.cli.init.secrets import DISCORD, SECRETS, Secret, application_in
from chatbot.cli.output.table import print_sentence
from chatbot.runtime.settings.place import VARIABLE


def make(config: Path, options: Mapping[str, Sequence[str]], *, no_input: bool) -> None:
    """Ask what is missing where somebody can be asked, and write. Nothing is written before every answer is right."""
    if is_there(config):
        raise Failure(
            f"{config} exists already and stays as it is; chatbot check finds the mistakes in it, "
            "or name another file with --config"
        )
    if not config.parent.is_dir():
        raise Failure(f"{config}: there is no such folder; make it first")
    if not os.access(config.parent, os.W_OK):
        raise Failure(f"{config} cannot be written: its folder takes no new files; name one in a folder of yours")
    person = _person(options) if not no_input and sys.stdin.isatty() else None
    if person:
        _introduce(config)
    answers = answers_of(options, person)
    places = {each: each.file(answers, config) for each in SECRETS if each.applies(answers)}
    entries = _secrets_of(places, person) if person else {}
    files = {each.table: str(path) for each, path in places.items() if _counts(each, path, entries, answers)}
    text = document(answers, files)
    write_all([*((places[secret], f"{value}\n") for secret, value in entries.items()), (config, text)])
    outcome = next_steps.Outcome(
        program=next_steps.called(sys.argv[0]),
        config=config,
        is_found=next_steps.finds(config, os.environ.get(VARIABLE)),
        saved={each: places[each] for each in entries},
        unsaved={each: path for each, path in places.items() if each.table in files and not _is_at_hand(each, path)},
        application=answers.one("application-id") or application_in(entries, places.get(DISCORD), os.environ),
    )
    next_steps.show(outcome, answers)


def _person(options: Mapping[str, Sequence[str]]) -> Person:
    """Whoever says nothing is asked everything; whoever gives options, only what is needed besides."""
    return Person(wants_all=not any(options.values()))


def _introduce(config: Path) -> None:
    print_sentence(
        f"This writes {config}, for one project at first. Enter takes what stands in [brackets]; Ctrl-C ends it, and nothing "
        "is written."
    )
    print()


def _is_at_hand(secret: Secret, path: Path) -> bool:
    """Whether nobody has to be asked for it: it stands in the environment, or in its file already."""
    return bool(os.environ.get(secret.variable)) or is_there(path)


def _secrets_of(places: Mapping[Secret, Path], person: Person) -> dict[Secret, str]:
    """The secrets that the person types, but for those that are at hand."""
    entries = {}
    for secret, path in places.items():
        asks = not _is_at_hand(secret, path) and (person.wants_all or secret.is_needed)
        if asks and (value := secret_of(secret, str(path), person)):
            entries[secret] = value
    return entries


def _counts(secret: Secret, path: Path, entries: Mapping[Secret, str], answers: Answers) -> bool:
    """Whether the configuration names the secret's file."""
    return secret.is_needed or secret in entries or bool(answers.one(secret.option)) or is_there(path)
