"""Where the real input lies: beside the repository, where CHATBOT_CORPUS says, or nowhere."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

DATA = Path(os.environ.get("CHATBOT_CORPUS") or Path(__file__).parents[3] / "shared" / "data")
needed = pytest.mark.skipif(not DATA.is_dir(), reason=f"the corpus is not there ({DATA})")


def files(folder: str, pattern: str = "*.json") -> list[Path]:
    """The files of a folder of the corpus; none where the corpus is absent, so that a parametrised test is skipped."""
    return sorted((DATA / folder).rglob(pattern))


def load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
