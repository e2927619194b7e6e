"""The lines of TOML keys, whatever the text looks like."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.runtime.settings.toml import lines_of

TEXT = '''# a comment with [brackets] and = signs
database = "a=b # no comment"   # one

x."y = [z]".'q' = """
[not_a_table]
k = 3
"""
[ github ]  # a comment
token = 'a "quoted" word'
list = [
  1,  # ]
  "]",
  { a = "}" },
]
after = 2
[[projects]]
id = "one"
[[projects]]
id = "two"
[projects.deep]
key = {inner = 1, other = [1, 2]}
[[projects.parts]]
n = 1
[[projects.parts]]
n = 2
'''


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT])
def test_each_key_has_its_line(text: str) -> None:
    assert lines_of(text) == {
        ("database",): 2,
        ("x",): 4,
        ("x", "y = [z]"): 4,
        ("x", "y = [z]", "q"): 4,
        ("github",): 8,
        ("github", "token"): 9,
        ("github", "list"): 10,
        ("github", "after"): 15,
        ("projects",): 16,
        ("projects", 0): 16,
        ("projects", 0, "id"): 17,
        ("projects", 1): 18,
        ("projects", 1, "id"): 19,
        ("projects", 1, "deep"): 20,
        ("projects", 1, "deep", "key"): 21,
        ("projects", 1, "parts"): 22,
        ("projects", 1, "parts", 0): 22,
        ("projects", 1, "parts", 0, "n"): 23,
        ("projects", 1, "parts", 1): 24,
        ("projects", 1, "parts", 1, "n"): 25,
    }


KEYS = st.sampled_from(["a", "b", '"c d"', "'e=f'", "g.h"])
VALUES = st.sampled_from(['"x"', "1", "[1,\n 2]", '"""\n[t]\na = 1\n"""', "'''\n#'''", "{ k = 1 }", "[[1], ['[']]"])


@given(st.lists(st.tuples(KEYS, VALUES), unique_by=lambda pair: pair[0]))
def test_a_key_stands_on_the_line_that_is_named(pairs: list[tuple[str, str]]) -> None:
    text = "".join(f"# note\n{key} = {value}\n" for key, value in pairs)
    tree: dict[str, Any] = tomllib.loads(text)
    lines = lines_of(text)
    rows = text.split("\n")
    assert {path[0] for path in lines} == set(tree)
    for key, _ in pairs:
        (path,) = [path for path in lines if path == tuple(part.strip("\"'") for part in key.split("."))]
        assert rows[lines[path] - 1].startswith(f"{key} =")
