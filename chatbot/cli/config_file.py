"""The option that names the configuration file; what is in the file costs a library more, and some commands never look."""

from pathlib import Path
from typing import Annotated

import typer

from chatbot.runtime.settings.place import OPTION, USUAL, VARIABLE

ConfigFile = Annotated[
    Path,
    typer.Option(
        OPTION,
        "-c",
        metavar="FILE",
        envvar=VARIABLE,
        default_factory=lambda: USUAL,
        help=f"The configuration file. Without this option: ${VARIABLE}, else {USUAL} in this folder.",
    ),
]
