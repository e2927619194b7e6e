"""Secrets: read from files with care, and never repeated, whatever goes wrong."""

import os
import stat
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from chatbot.runtime.settings.mistakes import Mistakes
from chatbot.runtime.settings.settings import Settings, load
from chatbot.runtime.settings.tables import SECRETS

PROJECT = '[[projects]]\nid = "hello"\nrepository = "octocat/hello-world"\n'
MATRIX = 'homeserver = "https://m.example"\nuser_id = "@bot:m.example"\ndevice_id = "D"\n'
CANARY = "canary_4f9c1e"


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def keep(folder: Path, text: bytes, mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_bytes(text)
    path.chmod(mode)
    return path


def secret_fields(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from secret_fields(field.annotation, (*above, name))
        elif field.annotation is SecretStr:
            yield (*above, name)


def test_every_secret_has_a_file() -> None:
    assert set(secret_fields(Settings)) == {*SECRETS, ("database",)}


@pytest.mark.parametrize(("table", "key"), [pair for pair in SECRETS if pair != ("matrix", "access_token")])
def test_a_secret_is_read_from_its_file(tmp_path: Path, table: str, key: str) -> None:
    path = keep(tmp_path, f"  {CANARY}\n".encode())
    text = PROJECT + f'[{table}]\n{key}_file = "{path}"\n'
    text += 'homeserver = "https://m.example"\nuser_id = "@b:m.example"\n' if table == "matrix" else ""
    text += 'password = "p"\n' if (table, key) == ("matrix", "pickle_key") else ""
    settings = load(write(tmp_path, text), {})
    assert getattr(getattr(settings, table), key).get_secret_value() == CANARY
    assert CANARY not in repr(settings) + str(settings) + settings.model_dump_json()


def test_a_secret_file_is_also_a_variable(tmp_path: Path) -> None:
    env = {"CHATBOT_GITHUB__TOKEN_FILE": str(keep(tmp_path, b"x"))}
    assert load(write(tmp_path, PROJECT), env).github.token.get_secret_value() == "x"


def test_the_database_may_stand_in_a_file(tmp_path: Path) -> None:
    env = {"CHATBOT_DATABASE_FILE": str(keep(tmp_path, b"postgresql://u:p@h/n"))}
    assert load(write(tmp_path, PROJECT), env).database.get_secret_value() == "postgresql://u:p@h/n"


@pytest.mark.parametrize(
    ("body", "mode", "problem"),
    [
        (b"x", 0o644, "names a file that others can read or write"),
        (b"x", 0o602, "names a file that others can read or write"),
        (b"", 0o600, "names an empty file"),
        (b" \n", 0o600, "names an empty file"),
        (b"one\ntwo", 0o600, "names a file that holds more than one line of text"),
        (b"\xff\x00", 0o600, "names a file that holds more than one line of text"),
        (b"x" * 20_000, 0o600, "names a file of more than 16 kB"),
    ],
)
def test_a_bad_secret_file_is_a_mistake(tmp_path: Path, body: bytes, mode: int, problem: str) -> None:
    text = PROJECT + f'[github]\ntoken_file = "{keep(tmp_path, body, mode)}"\n'
    with pytest.raises(Mistakes) as caught:
        load(write(tmp_path, text), {})
    (mistake,) = caught.value.mistakes
    assert mistake.where.endswith("config.toml:5 github.token_file")
    assert mistake.problem == problem


def test_a_file_readable_by_others_is_fixed_by_chmod(tmp_path: Path) -> None:
    text = PROJECT + f'[github]\ntoken_file = "{keep(tmp_path, b"x", 0o604)}"\n'
    with pytest.raises(Mistakes, match="run chmod 600 on it"):
        load(write(tmp_path, text), {})


def test_a_pipe_does_not_hold_the_start(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(Mistakes, match="does not name a regular file"):
        load(write(tmp_path, PROJECT + f'[github]\ntoken_file = "{tmp_path}/pipe"\n'), {})


SPOILT: list[tuple[str, Mapping[str, str]]] = [
    (PROJECT + f'[github]\ntokn = "{CANARY}"\n', {}),
    (PROJECT + f'[github]\ntoken = ["{CANARY}"]\n', {}),
    (PROJECT + f'[github]\ntoken = {{ a = "{CANARY}" }}\n', {}),
    (PROJECT + f'[github]\ntoken = "{CANARY}"\npoll_seconds = "{CANARY}"\n', {}),
    (PROJECT + f'[github]\ntoken_file = "{CANARY}"\n', {}),
    (PROJECT + f'[github]\ntoken_file = "{CANARY}\\u0000"\n', {}),
    (PROJECT + f'[github]\ntoken = "{CANARY}"\ntoken_file = "{CANARY}"\n', {}),
    (PROJECT + f'[github]\napi_url = "https://user:{CANARY}@host"\n', {}),
    (PROJECT + f'[github]\ntoken = "{CANARY}\n', {}),
    (PROJECT + f"[github]\ntoken = {CANARY}\n", {}),
    (PROJECT + f'[discord]\ntoken = "{CANARY}"\nallow_guilds = ["{CANARY}"]\n', {}),
    (PROJECT + f'[discord]\ngateway_url = "{CANARY}"\n', {}),
    (PROJECT + f'[matrix]\npassword = "{CANARY}"\n', {}),
    (PROJECT + f'[matrix]\naccess_token = "{CANARY}"\nuser_id = "{CANARY}"\n', {}),
    (PROJECT + f'[web]\nlisten = "{CANARY}"\n', {}),
    (f'database = "{CANARY}"\n', {}),
    (f'database = "postgresql://user:{CANARY}@host"\n', {}),
    (f'database = "sqlite://{CANARY}"\nfirst_run = "{CANARY}"\n', {}),
    (
        PROJECT
        + f'[[rooms]]\naddress = "{CANARY}"\nprojects = ["{CANARY}"]\nmention = "{CANARY}"\nevents = ["{CANARY}"]\n',
        {},
    ),
    (PROJECT + f'bugs_url = "{CANARY}"\nlines = "{CANARY}"\nmaintainers = ["{CANARY}"]\n', {}),
    (f'[[projects]]\nid = "-{CANARY}"\nrepository = "{CANARY}"\n', {}),
    (PROJECT, {"CHATBOT_GITHUB__TOKN": CANARY}),
    (PROJECT, {"CHATBOT_GITHUB": CANARY}),
    (PROJECT, {"CHATBOT_GITHUB": f'["{CANARY}"]'}),
    (PROJECT, {"CHATBOT_ROOMS": f'[{{"address": "{CANARY}"}}, "{CANARY}"]'}),
    (PROJECT, {"CHATBOT_GITHUB__TOKEN": CANARY, "CHATBOT_GITHUB__POLL_SECONDS": CANARY}),
    (PROJECT, {"CHATBOT_GITHUB__API_URL": f"http://{CANARY}@x"}),
]


@pytest.mark.parametrize(("text", "env"), SPOILT)
def test_no_error_path_repeats_a_secret(tmp_path: Path, text: str, env: Mapping[str, str]) -> None:
    with pytest.raises(Mistakes) as caught:
        load(write(tmp_path, text), env)
    error = caught.value
    texts = [str(error), repr(error), "".join(traceback.format_exception(error))]
    while error.__context__ is not None:  # a reporter may follow what `from None` only hides
        texts.append(repr(error.__context__))
        error = error.__context__  # type: ignore[assignment]  # only its text matters
    # the test's own line is in the traceback, its parameters are not
    assert all(CANARY not in words for words in texts)


def test_a_right_configuration_shows_no_secret(tmp_path: Path) -> None:
    secrets: dict[str, Any] = {f"CHATBOT_{table}__{key}".upper(): CANARY for table, key in SECRETS}
    del secrets["CHATBOT_MATRIX__PASSWORD"]
    env = {**secrets, "CHATBOT_DATABASE": f"postgresql://u:{CANARY}@h/n"}
    settings = load(write(tmp_path, PROJECT + "[matrix]\n" + MATRIX), env)
    texts = [repr(settings), str(settings), repr(settings.model_dump()), settings.model_dump_json()]
    texts += [settings.database_shown, repr(settings.project_rules()), repr(settings.room_rules())]
    assert all(CANARY not in words for words in texts)
    assert set(settings.secrets()) == {CANARY}


def test_an_empty_secret_is_none(tmp_path: Path) -> None:
    assert load(write(tmp_path, PROJECT), {}).secrets() == ()


def test_what_is_hidden_is_what_would_be_written(tmp_path: Path) -> None:
    env = {
        "CHATBOT_DATABASE": "postgresql://u:a%2Fdoor%40sea@h/n",
        "CHATBOT_HEALTH__DEADMAN_URL": "https://ping.example/k9",
    }
    hidden = load(write(tmp_path, PROJECT), env).secrets()
    assert {"a/door@sea", "a%2Fdoor%40sea", "ping.example/k9"} == set(hidden)


def _secret_in(folder: Path, mode: int, folder_mode: int) -> Path:
    folder.mkdir()
    file = keep(folder, CANARY.encode(), mode)
    folder.chmod(folder_mode)
    return file


@pytest.mark.parametrize(
    ("mode", "folder_mode", "accepted"),
    [
        (0o444, 0o755, True),  # as Docker delivers it
        (0o440, 0o755, True),
        (0o444, 0o775, False),  # somebody else could put another file there
        (0o444, 0o757, False),
        (0o644, 0o755, False),
        (0o464, 0o755, False),
        (0o446, 0o755, False),
    ],
)
def test_a_delivered_secret_is_read_only_and_nobody_else_can_replace_it(
    mode: int, folder_mode: int, accepted: bool, tmp_path: Path
) -> None:
    tmp_path.chmod(0o755)
    file = _secret_in(tmp_path / "credentials", mode, folder_mode)
    text, env = PROJECT + f'[github]\ntoken_file = "{file}"\n', {"CREDENTIALS_DIRECTORY": str(file.parent)}
    if accepted:
        assert load(write(tmp_path, text), env).github.token.get_secret_value() == CANARY
    else:
        with pytest.raises(
            Mistakes, match=r"others can read or write; where it is mounted from, make user \d+ its owner"
        ):
            load(write(tmp_path, text), env)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter: only the place of delivery speaks for a file in it. Those of pytest are closed."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        folder.chmod(0o755)
        if not all(each.stat().st_mode & stat.S_IXOTH for each in folder.parents):
            pytest.skip(f"{folder.parent} is closed to others")
        yield folder


def test_a_link_into_the_place_of_delivery_counts_and_one_out_of_it_does_not(open_folder: Path) -> None:
    outside = _secret_in(open_folder / "outside", 0o444, 0o755)
    inside = _secret_in(open_folder / "credentials", 0o444, 0o755)
    (inside.parent / "out").symlink_to(outside)
    (open_folder / "in").symlink_to(inside)
    env = {"CREDENTIALS_DIRECTORY": str(inside.parent)}
    read_by = PROJECT + '[github]\ntoken_file = "{}"\n'
    text = write(open_folder, read_by.format(open_folder / "in"))
    assert load(text, env).github.token.get_secret_value() == CANARY
    with pytest.raises(Mistakes, match="others can read or write"):
        load(write(open_folder, read_by.format(inside.parent / "out")), env)


def test_a_closed_directory_will_do(tmp_path: Path) -> None:
    file = _secret_in(tmp_path / "closed", 0o444, 0o700)
    settings = load(write(tmp_path, PROJECT + f'[github]\ntoken_file = "{file}"\n'), {})
    assert settings.github.token.get_secret_value() == CANARY


@pytest.mark.parametrize(
    ("table", "variables", "expected"),
    [
        ('token_file = "/nowhere"', {"CHATBOT_GITHUB__TOKEN": "from-env"}, "from-env"),
        ('token = "in-the-file"', {"CHATBOT_GITHUB__TOKEN_FILE": "FILE"}, CANARY),
        ('token = "in-the-file"', {"CHATBOT_GITHUB__TOKEN": "from-env"}, "from-env"),
    ],
)
def test_the_environment_wins_over_either_form_in_the_file(
    table: str, variables: Mapping[str, str], expected: str, tmp_path: Path
) -> None:
    file = keep(tmp_path, CANARY.encode())
    env = {name: value.replace("FILE", str(file)) for name, value in variables.items()}
    assert load(write(tmp_path, PROJECT + f"[github]\n{table}\n"), env).github.token.get_secret_value() == expected


def test_both_forms_in_the_environment_name_the_variable(tmp_path: Path) -> None:
    env = {"CHATBOT_GITHUB__TOKEN": "from-env", "CHATBOT_GITHUB__TOKEN_FILE": str(keep(tmp_path, b"secret"))}
    with pytest.raises(Mistakes) as caught:
        load(write(tmp_path, PROJECT), env)
    (mistake,) = caught.value.mistakes
    assert mistake.where == "environment variable CHATBOT_GITHUB__TOKEN_FILE"
