"""`chatbot doctor`: one redacted file for a bug report."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from chatbot.cli.config_file import ConfigFile
from chatbot.cli.failure import Failure, Status
from chatbot.cli.help import Command
from chatbot.cli.output.printing import print_words
from chatbot.core.text.visible import printable
from chatbot.runtime.clock import system_clock
from chatbot.runtime.ops.doctor.report import Patient, report
from chatbot.runtime.ops.logs import configure
from chatbot.runtime.settings.mistakes import Mistakes
from chatbot.runtime.settings.settings import load


def register(program: typer.Typer) -> None:
    program.command(cls=Command)(doctor)


def doctor(
    config: ConfigFile,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="The file to write; it must not exist yet. Without it: standard output."),
    ] = None,
) -> None:
    """Write what a bug report needs: versions, settings, status, log lines; names, ids and secrets are taken out."""
    patient = _patient(config)
    configure(patient.settings.secrets() if patient.settings else (), quiet=True)
    text = printable(asyncio.run(report(patient)), lines=True)
    if file is None:
        print(text, end="")
        return
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise Failure(f"{file} already exists: name another file, or remove it") from None
    except OSError as refused:
        raise Failure(f"{file} cannot be written ({refused.strerror}): name another file", Status.OUTSIDE) from None
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(text)
    print_words(f"Written to {file}. Please read it before you share it.")


def _patient(config: Path) -> Patient:
    try:
        return Patient(config, load(config, os.environ), None, system_clock)
    except Mistakes as mistakes:
        return Patient(config, None, mistakes, system_clock)
