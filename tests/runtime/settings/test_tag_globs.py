"""A glob that changes nothing is refused, with the way to say what was meant."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.watches import Project
from chatbot.runtime.settings.tag_globs import covers, meet, mistakes, problem_of


@pytest.mark.parametrize(
    "glob",
    ["!zfs-*", "!*", "refs/tags/v*", "v*:1", "^v.*", r"v\d", "v~1", "/v*", "v*/", "v1..2", "a@{b}", "v[:]*", "v[~^]", "v[", "v[]"],
)  # fmt: skip
def test_a_glob_that_can_match_no_tag_is_refused(glob: str) -> None:
    assert problem_of(glob) is not None


@pytest.mark.parametrize(
    "glob", ["*", "v*", "server-v?.*", "v[0-9]*", "v[!a]*", "@scope/*", "v1.2.3", "é*", "v[!]]*", "**"]
)
def test_others_are_taken(glob: str) -> None:
    assert problem_of(glob) is None


@pytest.mark.parametrize(
    ("tags", "excluded", "problems"),
    [
        (["*"], ["zfs-*.99"], []),
        (["zfs-*", "spl-*"], ["*-rc?"], []),
        (["v*"], ["zfs-*"], [("exclude_tags", 0, "nothing in tags matches it")]),
        (["v1*", "v2*"], ["v3*", "v2.1*"], [("exclude_tags", 0, "nothing in tags matches it")]),
        (["v*"], ["*"], [("exclude_tags", 0, "excludes every tag")]),
        (["v*", "w*"], ["v*", "[w]*"], [("exclude_tags", 0, "excludes every tag")]),
        (["*", "v*"], [], [("tags", 1, "beside tags[0]")]),
        (["v*", "v*"], [], [("tags", 1, "beside tags[0]")]),
        (["v*", "v**"], [], [("tags", 1, "beside tags[0]")]),
        (["*"], ["a*", "ab*"], [("exclude_tags", 1, "beside exclude_tags[0]")]),
        (["*"], ["a?", "a[bc]"], [("exclude_tags", 1, "beside exclude_tags[0]")]),
        ([], ["v*"], []),
    ],
)
def test_globs_are_held_against_each_other(
    tags: list[str], excluded: list[str], problems: list[tuple[str, int, str]]
) -> None:
    mistaken = list(mistakes({"tags": tags, "exclude_tags": excluded} if tags else {"exclude_tags": excluded}))
    assert [(key, at) for key, at, _, _ in mistaken] == [(key, at) for key, at, _ in problems]
    assert all(words in problem for (_, _, problem, _), (_, _, words) in zip(mistaken, problems, strict=True))


def test_what_is_no_list_of_texts_is_anothers_business() -> None:
    assert list(mistakes({"tags": "v*", "exclude_tags": [1, ""]})) == []


globs = st.lists(st.sampled_from(["a", "b", "*", "?", "[ab]", "[!a]", "[a-c]"]), max_size=6).map("".join)
names = st.text(alphabet="abcd", max_size=6)


@given(globs, globs, names)
def test_globs_mean_what_they_mean_to_fnmatch(one: str, other: str, name: str) -> None:
    assume(one and other)
    if covers(one, other) and fnmatchcase(name, other):
        assert fnmatchcase(name, one)
    if fnmatchcase(name, one) and fnmatchcase(name, other):
        assert meet(one, other)
    assert meet(one, other) == meet(other, one)
    assert covers(one, one)


@pytest.mark.parametrize("glob", ["*a" * 64, "*" * 128, "[a-z]" * 25, "?" * 128, "[" * 128])
def test_hostile_globs_cost_little(glob: str) -> None:
    assert meet(glob, glob) or "*" not in glob
    assert covers(glob, glob)


def test_excluded_tags_are_no_releases() -> None:
    project = Project(
        id=ProjectId("p"), name="P", repository="o/p", tags=("zfs-*",), exclude_tags=("zfs-*.99", "*-rc?")
    )
    tags_held = [tag for tag in ("zfs-2.1.5", "zfs-2.1.99", "zfs-2.2-rc1", "spl-1.0") if project.has_tag(tag)]
    assert tags_held == ["zfs-2.1.5"]
