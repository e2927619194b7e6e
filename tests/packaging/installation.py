"""The wheel, and an environment into which it was installed without a network, as `pipx install` does it with one.

The environment holds what the wheel names as its dependencies, linked from the one that runs the tests, and nothing else: a
dependency that nobody declared is missing there.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Installation:
    """An environment with the installed wheel. `bin` is the folder of its programs, `site` the one of its packages."""

    bin: Path
    site: Path

    @property
    def chatbot(self) -> Path:
        return self.bin / "chatbot"

    @property
    def python(self) -> Path:
        return self.bin / "python"

    def run(self, *words: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run one of its programs to its end, in a folder that knows nothing of this checkout."""
        return subprocess.run(
            [self.bin / words[0], *words[1:]],
            cwd=cwd,
            env=self.environment(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """A newcomer's environment: nothing in it points to this checkout or its settings."""
        ours = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("CHATBOT_", "PYTHON", "PYTEST_", "VIRTUAL_ENV", "COV_"))
        }
        return ours | {"PATH": f"{self.bin}{os.pathsep}{ours.get('PATH', '')}"} | dict(more or {})


def build(target: str, folder: Path, root: Path = ROOT) -> Path:
    """Build the `wheel` or the `sdist` into the folder, with the build backend that is installed here."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, timeout=PATIENCE)
    (built,) = folder.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return built


def install(wheel: Path, folder: Path) -> Installation:
    """Make an environment in the folder and install the wheel into it."""
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, capture_output=True, timeout=PATIENCE
    )
    (site,) = folder.glob("lib/python*/site-packages")
    for each in closure("release-chatbot"):
        link(each, site)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "install", "--quiet", "--no-index", "--no-deps", "--no-compile", str(wheel)],
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    return Installation(bin=folder / "bin", site=site)


def closure(name: str) -> list[Distribution]:
    """What a distribution needs to run on this machine, directly and by others; itself left out."""
    needed: dict[str, Distribution] = {}
    waiting = [(name, frozenset[str]())]
    visited = set(waiting)
    while waiting:
        current, extras = waiting.pop()
        for other, wanted_extras in _requirements(distribution(current), extras):
            needed[other] = distribution(other)
            if (other, wanted_extras) not in visited:
                visited.add((other, wanted_extras))
                waiting.append((other, wanted_extras))
    return [needed[each] for each in sorted(needed)]


def _requirements(of: Distribution, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Names with their extras, of the requirements whose marker holds here."""
    for line in of.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or any(
            requirement.marker.evaluate({"extra": extra}) for extra in (*sorted(extras), "")
        ):
            yield canonicalize_name(requirement.name), frozenset(requirement.extras)


def link(part: Distribution, site: Path) -> None:
    """Make a distribution importable in another environment: a link for each file or folder that it has at the top."""
    for top in sorted({path.parts[0] for path in part.files or () if path.parts[0] not in ("..", "__pycache__")}):
        target = Path(str(part.locate_file(top)))
        if not (site / top).exists():
            (site / top).symlink_to(target)
