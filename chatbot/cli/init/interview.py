"""How the answers come together: what options say is judged first, what is missing is asked at a terminal or named."""

import getpass
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chatbot.cli.failure import Failure, Status
from chatbot.cli.init import secrets
from chatbot.cli.init.answers import Answers
from chatbot.cli.init.questions import QUESTIONS, Question
from chatbot.cli.init.secrets import PLACES, Secret
from chatbot.cli.output.table import print_sentence
from chatbot.core.text.words import count

_MOST = 50  # answers to one question


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who sits at the terminal: `types` shows a prompt and returns the line that is typed, `hides` one that is not shown.

    wants_all: every question is asked, and not only what is needed and missing
    """

    types: Callable[[str], str] = field(default=input)
    hides: Callable[[str], str] = field(default=getpass.getpass)
    wants_all: bool = True

    def line(self, prompt: str, *, is_hidden: bool = False) -> str:
        """What was typed. Raises Failure where the person leaves."""
        try:
            return (self.hides if is_hidden else self.types)(prompt).strip()
        except UnicodeDecodeError:
            return "\N{REPLACEMENT CHARACTER}"
        except (EOFError, KeyboardInterrupt):
            print()
            raise Failure("nothing was written", Status.INTERRUPTED) from None


def answers_of(options: Mapping[str, Sequence[str]], person: Person | None) -> Answers:
    """Every answer of this setup. Raises Failure, which names each option that is wrong, or all that are missing."""
    answers, mistakes = _of_options(options)
    _refuse(mistakes)
    if person is None:
        _refuse(_missing(answers))
    else:
        answers = _interviewed(answers, options, person)
    _refuse(_without_effect(options, answers))
    return answers


def _of_options(options: Mapping[str, Sequence[str]]) -> tuple[Answers, list[str]]:
    """What the options say, and what follows from it; and every mistake in them."""
    answers, mistakes = Answers({}), list[str]()
    for question in (*QUESTIONS, *PLACES):
        values = [question.understand(value, answers) for value in options.get(question.name, ())]
        problems = _problems(question, values, answers)
        mistakes += [f"{question.option}: {problem}" for problem in problems]
        if values and not problems:
            answers = answers.having(question.name, tuple(dict.fromkeys(values)))
        elif not values and question.applies(answers):
            answers = _with_default(question, answers)
    return answers, mistakes


def _interviewed(answers: Answers, options: Mapping[str, Sequence[str]], person: Person) -> Answers:
    for question in QUESTIONS:
        if options.get(question.name) or not question.applies(answers):
            continue
        is_worth_it = person.wants_all or (question.is_needed and not question.default(answers))
        if question.words and question.asks(answers) and is_worth_it:
            answers = answers.having(question.name, _ask(question, answers, person))
        else:
            answers = _with_default(question, answers)
    return answers


def _refuse(mistakes: Sequence[str]) -> None:
    if mistakes:
        raise Failure("\n".join(mistakes))


def _problems(question: Question, values: Sequence[str], answers: Answers) -> list[str]:
    return [problem for value in values if (problem := question.judge(value, answers))]


def _missing(answers: Answers) -> list[str]:
    """One sentence that names every option that is needed and was not given."""
    needed = [each for each in QUESTIONS if each.is_needed and each.applies(answers) and not answers.all(each.name)]
    names = " and ".join(each.option for each in needed)
    return [f"nobody can be asked here, so chatbot init needs {names}; see chatbot init --help"] if needed else []


def _without_effect(options: Mapping[str, Sequence[str]], answers: Answers) -> list[str]:
    """What was given for an account or a room that this setup does not have."""
    mistakes = []
    for question in (*QUESTIONS, *PLACES):
        if options.get(question.name):
            if not question.applies(answers):
                mistakes.append(f"{question.option}: has no effect without {question.needs}; leave it out, or name one")
            mistakes += [
                f"{question.option}: {each}" for each in _problems(question, answers.all(question.name), answers)
            ]
    return mistakes


def _with_default(question: Question, answers: Answers) -> Answers:
    default = question.default(answers)
    return answers.having(question.name, (default,)) if default else answers


def _ask(question: Question, answers: Answers, person: Person) -> tuple[str, ...]:
    """The answer of a person, asked again until it is right."""
    default = question.default(answers)
    print_sentence(f"{question.words}:")
    while True:
        line = person.line(f"  [{default}] " if default else "  ") or default
        words = (line.replace(",", " ").split() if question.takes_several else [line]) if line else []
        values = [question.understand(word, answers) for word in words]
        problems = _problems(question, values, answers)
        if len(values) > _MOST:
            problems = [f"is too much: {count(_MOST, 'answer')} at most"]
        if not values and question.is_needed:
            problems = ["is needed"]
        if not problems:
            return tuple(dict.fromkeys(values))
        print_sentence(f"It {problems[0]}.")


def secret_of(secret: Secret, file: str, person: Person) -> str:
    """What the person types unseen; empty where they leave it to the file, or do without."""
    later = f"you save it later, in {file}" if secret.is_needed else "none"
    print_sentence(f"{secret.words} (Enter: {later}):")
    while True:
        line = person.line("  not shown: ", is_hidden=True)
        problem = secrets.problem_of(line)
        if not problem:
            return line
        print_sentence(f"It {problem}.")
