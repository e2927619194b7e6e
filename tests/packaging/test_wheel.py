"""The wheel: all of the program and nothing else is in it, and it runs where only its dependencies are."""

import json
import re
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tests.packaging.installation import ROOT, Installation, build

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
EXAMPLES = ROOT / "docs" / "examples"


def program_files() -> set[str]:
    """Every file of the program, data included, as the wheel must name it."""
    files = (path for path in (ROOT / "chatbot").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in files}


def test_the_wheel_holds_the_program_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == program_files()


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        folder = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA")).rpartition("/")[0]
        metadata = Parser().parsestr(archive.read(f"{folder}/METADATA").decode())
        licence = archive.read(f"{folder}/licenses/LICENSE").decode()
    assert (metadata["Name"], metadata["Version"]) == ("release-chatbot", VERSION)
    assert metadata["License-Expression"] == "Apache-2.0"
    assert licence == (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert wheel.name.endswith("-py3-none-any.whl")  # one for every machine


def test_nothing_of_this_checkout_is_in_the_environment(installation: Installation, tmp_path: Path) -> None:
    code = "import chatbot, sys; print(chatbot.__file__, *sys.path, sep='\\n')"
    ran = installation.run("python", "-c", code, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    where, *places = ran.stdout.splitlines()
    assert Path(where).is_relative_to(installation.site)
    assert not [place for place in places if place and Path(place).resolve().is_relative_to(ROOT)]
    assert not [name for name in ("tests", "bench", "docs", "pytest") if (installation.site / name).exists()]


@pytest.mark.parametrize("program", [("chatbot",), ("python", "-m", "chatbot")], ids=["chatbot", "python -m chatbot"])
def test_it_runs(program: tuple[str, ...], installation: Installation, tmp_path: Path) -> None:
    ran = installation.run(*program, "--version", cwd=tmp_path)
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, VERSION, "")


def test_it_answers_from_a_file(installation: Installation, tmp_path: Path) -> None:
    ran = installation.run(
        "chatbot", "supported", "2.2.9", "--policy", EXAMPLES / "SECURITY.md", "--json", cwd=tmp_path
    )
    assert json.loads(ran.stdout)["version"] == "2.2.9", ran.stderr


def test_it_makes_its_database(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[[projects]]\nid = "x"\nrepository = "octocat/hello-world"\n')
    ran = installation.run("chatbot", "db", "upgrade", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "chatbot.db").is_file()


@pytest.mark.soak
def test_the_demo_plays_to_its_end(installation: Installation, tmp_path: Path) -> None:
    ran = installation.run("chatbot", "demo", "--no-input", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"security", ran.stdout, re.IGNORECASE)


@pytest.mark.soak
def test_every_module_can_be_imported(installation: Installation, tmp_path: Path) -> None:
    modules = [name.removesuffix(".py").replace("/", ".") for name in program_files() if name.endswith(".py")]
    names = sorted(
        name.removesuffix(".__init__") for name in modules if not re.search(r"migrations|__main__|\.guard$", name)
    )
    code = f"import importlib\nfor name in {names}: importlib.import_module(name)"
    ran = installation.run("python", "-W", "error::ImportWarning", "-c", code, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.soak
def test_a_wheel_from_the_source_archive_is_the_same(wheel: Path, tmp_path: Path) -> None:
    source = build("sdist", tmp_path / "source")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    again = build("wheel", tmp_path / "again", unpacked)
    assert again.read_bytes() == wheel.read_bytes()
