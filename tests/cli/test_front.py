"""The command line: one line and one status for each way to fail, and no more imported than the command needs."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from chatbot.cli import COMMANDS
from tests.cli.shell import Shell
from tests.cost import slowdown
from tests.patience import PATIENCE

CHATBOT = Path(sys.executable).with_name("chatbot")
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

NO_FILE = (
    "does not exist; make it with chatbot init, or name another: the file is named by --config, else by the variable "
    "CHATBOT_CONFIG, else it is config.toml in this folder"
)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["chek"], "No such command 'chek'. Did you mean 'check'?; see chatbot --help"),
        (["check"], f"config.toml: {NO_FILE}"),
        (
            ["check", "--konfig", "x"],
            "No such option: --konfig (Possible options: --config, --online); see chatbot check --help",
        ),
        (["check", "--config", "x", "y"], "Got unexpected extra argument(s) (y); see chatbot check --help"),
        (["--nope"], "No such option: --nope; see chatbot --help"),
        (["supported", "--policy", "x"], "Missing argument 'VERSION...'; see chatbot supported --help"),
        (["supported", "1", "--policy", "nowhere"], "nowhere: there is no such file; check the path"),
        (
            ["affected", "1", "--advisories", "nowhere"],
            "nowhere cannot be read (No such file or directory); name a JSON file or a folder of them",
        ),
        (["classify", "nowhere"], "nowhere: there is no such file; check the path"),
    ],
)
def test_wrong_use_is_one_line_that_names_the_fix(
    shell: Shell, words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = shell(*words)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"{sentence}\n"


def test_the_configuration_file_is_named_by_an_option_a_variable_or_its_place(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("here", "there", "elsewhere"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.toml").write_text(f'[[projects]]\nid = "p"\nname = "P"\nrepository = "o/{name}"\n')
    monkeypatch.chdir(tmp_path / "here")
    assert "o/here" in shell("check").out
    monkeypatch.setenv("CHATBOT_CONFIG", str(tmp_path / "there" / "config.toml"))
    assert "o/there" in shell("check").out
    assert "o/elsewhere" in shell("check", "--config", tmp_path / "elsewhere" / "config.toml").out


@pytest.mark.parametrize(
    "words",
    [
        ["run"],
        ["check"],
        ["check", "--online"],
        ["test-message", "console"],
        ["run", "--rehearse", "console"],
        ["preview", "v1"],
        ["ask", "/help"],
        ["deliveries", "list"],
        ["deliveries", "retry", "1"],
        ["deliveries", "drop", "1"],
        ["db", "upgrade"],
        ["db", "backup", "b.db"],
        ["db", "restore", "b.db"],
        ["db", "export", "e.db"],
        ["db", "import", "e.db"],
        ["discord", "sync"],
    ],
    ids=" ".join,
)
def test_every_command_looks_for_the_configuration_in_the_same_places(
    shell: Shell, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shell(*words).err == f"config.toml: {NO_FILE}\n"
    monkeypatch.setenv("CHATBOT_CONFIG", "there.toml")
    assert shell(*words).err == f"there.toml: {NO_FILE}\n"
    assert shell(*words, "--config", "elsewhere.toml").err == f"elsewhere.toml: {NO_FILE}\n"


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_help_lists_the_commands(shell: Shell, words: list[str]) -> None:
    ran = shell(*words)
    assert ran.status == 0
    assert "Commands:" in ran.out
    assert "  supported" in ran.out


@pytest.mark.parametrize("name", COMMANDS)
def test_what_the_list_says_of_a_command_is_what_the_command_says(name: str) -> None:
    module, summary = COMMANDS[name]
    program = typer.Typer()
    program.callback()(lambda: None)
    import_module(f"chatbot.cli.{module}").register(program)
    command = get_command(program).commands[name]  # type: ignore[attr-defined]  # a program of several is a group
    assert (command.help or "").splitlines()[0] == summary


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["-h"], ["nosuch"], ["init", "--help"]])
def test_the_first_words_of_a_newcomer_load_nothing(words: list[str]) -> None:
    # of ours, small modules that clean what is printed and name the configuration file
    small = {"core", "core.text", "core.text.visible", "runtime", "runtime.settings", "runtime.settings.place"}
    script = (
        "import sys; from chatbot.cli import main\n"
        f"main({words!r})\n"
        "mine = {name for name in sys.modules if name.startswith('chatbot.') and not name.startswith('chatbot.cli')}\n"
        f"print(sorted(mine - {{f'chatbot.{{name}}' for name in {small!r}}}))\n"
        "print(sorted({'discord', 'nio', 'sqlalchemy', 'aiohttp', 'pydantic_settings', 're2', 'rich'} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert run.stdout.splitlines()[-2:] == ["[]", "[]"]


def test_asking_for_health_every_half_minute_loads_no_settings(tmp_path: Path) -> None:
    script = (
        "import sys; from chatbot.cli import main\n"
        f"main(['health', '--config', {str(tmp_path / 'config.toml')!r}])\n"
        "print(sorted({'pydantic_settings', 'structlog', 'sqlalchemy', 'discord'} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert run.stdout.splitlines()[-1] == "[]"


def test_a_bot_without_discord_and_matrix_loads_neither_library_and_starts_quickly(tmp_path: Path) -> None:
    """Nor the migrations' library, where the tables are up to date. The second start is measured."""
    config = tmp_path / "config.toml"
    config.write_text(
        f'database = "sqlite:///{tmp_path}/bot.db"\n[github]\napi_url = "http://127.0.0.1:9"\nweb_url = "http://127.0.0.1:9"\n'
        '[[projects]]\nid = "ferry"\nname = "Ferry"\nrepository = "harbour/ferry"\n'
        '[[rooms]]\naddress = "console"\nprojects = ["ferry"]\n'
    )
    script = (
        "import os, signal, sys, time, structlog\n"
        "def stop(logger, method, event):\n"
        "    if event.get('event') == 'running':\n"
        "        print(sorted({'discord', 'nio', 'alembic'} & sys.modules.keys()), time.process_time())\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "    return event\n"
        "from chatbot.runtime.ops import logs\n"
        "configure = logs.configure\n"
        "def with_stop(*given, **more):\n"
        "    configure(*given, **more)\n"
        "    known = structlog.get_config()['processors']\n"
        "    structlog.configure(processors=[stop, *known])\n"
        "logs.configure = with_stop\n"
        "from chatbot.cli import main\n"
        f"main(['run', '--config', {str(config)!r}])"
    )
    outputs = []
    for _ in range(2):
        run = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
        outputs.append(next(line for line in run.stdout.splitlines() if line.startswith("[")))
    libraries, seconds = outputs[-1].rsplit(" ", 1)
    assert libraries == "[]"
    assert float(seconds) < 20 * slowdown()  # usually about one


def test_the_version_is_printed(shell: Shell) -> None:
    ran = shell("--version")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.strip().count(".") == 2


def test_an_offline_command_loads_no_chat_and_no_database() -> None:
    script = (
        "import sys; from chatbot.cli import main\n"
        f"main(['supported', '2.3', '--policy', {str(EXAMPLES / 'SECURITY.md')!r}])\n"
        "print([name for name in ('discord', 'nio', 'sqlalchemy', 'aiohttp', 'pydantic_settings') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert run.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_goes_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        run = subprocess.run(
            [CHATBOT, "classify", EXAMPLES / "releases.json"],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    finally:
        os.close(writing)
    assert (run.returncode, run.stderr) == (0, "")


def test_a_terminal_without_unicode_gets_an_answer() -> None:
    run = subprocess.run(
        [CHATBOT, "supported", "2.2", "--policy", EXAMPLES / "SECURITY.md", "--on", "2031-01-01"],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    assert "2.2.x | \\u2705 | 2031-09-30" in run.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["classify", str(EXAMPLES / "releases.json")], ["demo", "--no-input"]]
)
def test_a_full_disk_is_one_sentence(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [CHATBOT, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=PATIENCE
        )
    assert run.returncode == 3
    assert run.stderr.splitlines()[-1].startswith("the output could not be written (No space left on device)")
    assert "Traceback" not in run.stderr


def test_help_uses_the_width_of_the_terminal(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "118")  # the process's own environment is what is tested
    assert max(map(len, shell("supported", "--help").out.splitlines())) > 80


def test_a_wrong_choice_is_named_in_plain_words(shell: Shell) -> None:
    ran = shell("deliveries", "list", "--state", "slack", "--config", "x.toml")
    assert "Value error" not in ran.err
    assert "'slack' is not one of 'pending'" in ran.err
    assert "<list" not in shell("deliveries", "list", "--help").out


@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&- 2>&-"])
def test_a_stream_that_was_closed_before_is_no_fault(closed: str, tmp_path: Path) -> None:
    """Some supervisors start programs so. A file of ours must not get the number of a stream: words would land in it."""
    command = f'"{CHATBOT}" supported 2.2.9 --policy "{EXAMPLES / "SECURITY.md"}" --json {closed}'
    ran = subprocess.run(
        ["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ("supported" in ran.stdout) == (">" not in closed)
    asked = subprocess.run(
        ["/bin/sh", "-c", f'"{CHATBOT}" init <&-'],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert asked.stderr.startswith("nobody can be asked here"), asked.stderr
