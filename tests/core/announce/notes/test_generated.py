"""What tools write into release notes is shortened, counted or dropped; what concerns readers is not."""

import pytest

from tests.core.announce.notes.show import full, lines, short, words

SITE = "https://forge.example/acme/mailer"
PULL = f"{SITE}/pull"


@pytest.mark.parametrize(
    ("item", "wanted_lines"),
    [
        (f"Fix X by @user in {PULL}/812", "Fix X ([#812](pull/812))"),
        (f"Fix X by @user and @other-user in {PULL}/812", "Fix X ([#812](pull/812))"),
        (f"Fix X by @a, @b and @c in {PULL}/812", "Fix X ([#812](pull/812))"),
        (f"Fix *all* of `x` by @user[bot] in [#812]({PULL}/812)", "Fix all of `x` ([#812](pull/812))"),
        (f"Sort by @ in {PULL}/812", "Sort by @ in [#812](pull/812)"),
        (f"Log in by name in {PULL}/812", "Log in by name in [#812](pull/812)"),
        (f"Fix X {PULL}/812", "Fix X [#812](pull/812)"),
        ("Fix X by @user in #812", "Fix X (#812)"),
        ("Fix X @user (#812)", "Fix X (#812)"),
        (f"Fix X @user ([#812]({PULL}/812))", "Fix X ([#812](pull/812))"),
        (
            f"[#12]({PULL}/12) [`abc1234`]({SITE}/commit/abc1234) Thanks [@user](https://forge.example/user)! - Fix X",
            "Fix X ([#12](pull/12))",
        ),
        (f"[`abc1234`]({SITE}/commit/abc1234) Thanks [@user](https://forge.example/user)! - Fix `x` y", "Fix `x` y"),
        ("Thanks to @user", "Thanks to @user"),
        ("@user", "@user"),
        (f"by @user in {PULL}/812", "by @user in [#812](pull/812)"),
        (f"See {SITE}/compare/v2.1.0...v2.1.1", "See [v2.1.0…v2.1.1](compare/v2.1.0...v2.1.1)"),
        ("See https://example.org/a/b", "See [example.org/a/b](https://example.org/a/b)"),
        (
            f"Fix X by @user in {PULL}/812\n  - nested by @user in {PULL}/813",
            "Fix X ([#812](pull/812))\n  - nested ([#813](pull/813))",
        ),
    ],
)
@pytest.mark.parametrize("length", [short, full], ids=["short", "full"])
def test_an_item_says_what_changed_and_not_who_did_it(length: object, item: str, wanted_lines: str) -> None:
    notes = length(f"* {item}")  # type: ignore[operator]  # one of two functions
    assert "\n".join(lines(notes.blocks)) == f"- {wanted_lines}"


UPDATES = [
    f"Bump lodash from 4.17.20 to 4.17.21 by @dependabot[bot] in {PULL}/1",
    f"Bump the npm group across 1 directory with 3 updates by @dependabot[bot] in {PULL}/1",
    f"build(deps): bump golang.org/x/net from 0.1.0 to 0.2.0 in /server by @dependabot[bot] in {PULL}/1",
    f"build(deps-dev): bump eslint from 9.1 to 9.2 by @someone in {PULL}/1",
    f"⬆️ Bump ruff from 0.1 to 0.2 by @someone in {PULL}/1",
    f"chore(deps): update dependency vite to v6 by @renovate[bot] in {PULL}/1",
    f"chore(deps): update actions/checkout action to v5 by @renovate in {PULL}/1",
    "fix(deps): update rust crate serde to 1.0.200",
    "Update dependency typescript to v5.9.2",
    "Update postgres Docker tag to v17",
    "Update actions/checkout digest to 08eba0b",
    "chore: update dependencies",
    "Update all non-major dependencies (#44)",
    "Bump dependencies",
    "Lock file maintenance",
    f"[pre-commit.ci] pre-commit autoupdate by @pre-commit-ci[bot] in {PULL}/1",
    f"anything at all by @renovate[bot] in {PULL}/1",
    "deps: bump tokio",
]
CHANGES = [
    "Update the documentation of dependencies in the manual",
    "Bump the minimum memory that is needed",
    "Bump openssl from 3.0.1 to 3.0.2 (fixes CVE-2030-1234)",
    f"Bump ring from 0.16 to 0.17 [security] by @renovate[bot] in {PULL}/1",
    "Update module loading to be lazy",
    "Upgrade path: take 2.0 first",
    "Depend on nothing",
    "Update dashboard colours",
    f"Fix dependency cycle by @someone in {PULL}/1",
]


@pytest.mark.parametrize("item", UPDATES)
def test_updates_of_dependencies_are_counted(item: str) -> None:
    notes = short(f"## What's Changed\n* Fix X\n* {item}\n* Fix Y")
    assert lines(notes.blocks) == ["- Fix X", "- Fix Y"]
    assert [words(line) for line in notes.small] == ["1 dependency update"]
    assert not notes.cut, "what is counted is not cut off"
    assert len(lines(full(f"* {item}").blocks)) == 1, "and listed where all is wanted"


@pytest.mark.parametrize("item", CHANGES)
def test_what_only_sounds_like_one_or_matters_is_listed(item: str) -> None:
    notes = short(f"* {item}")
    assert len(lines(notes.blocks)) == 1
    assert notes.small == ()


def test_an_update_that_breaks_something_is_no_routine() -> None:
    text = "## Breaking changes\n* Bump Go from 1.21 to 1.22\n\n## Changes\n* Bump Go from 1.22 to 1.23"
    assert lines(short(text).blocks) == ["## Breaking changes", "- Bump Go from 1.21 to 1.22"]


def test_all_of_a_section_about_dependencies_is_counted() -> None:
    text = "## Fixed\n- X\n\n## 📦 Dependencies\n- lodash 4.17.21\n- vite 6\n  - plugins too\n- curl 8 (CVE-2030-1)"
    notes = short(text)
    assert lines(notes.blocks) == ["## Fixed", "- X", "## 📦 Dependencies", "- curl 8 (CVE-2030-1)"]
    assert [words(line) for line in notes.small] == ["2 dependency updates"]


GENERATED = f"""\
## What's Changed
### Other Changes
* Fix the queue by @anna in {PULL}/801
* Bump a from 1 to 2 by @dependabot[bot] in {PULL}/802
* Bump b from 1 to 2 by @dependabot[bot] in {PULL}/803

## New Contributors
* @anna made their first contribution in {PULL}/801
* @ben made their first contribution in {PULL}/804

**Full Changelog**: {SITE}/compare/v2.1.0...v2.1.1
"""


def test_generated_notes_in_short() -> None:
    notes = short(GENERATED)
    assert lines(notes.blocks) == ["## What's Changed", "### Other Changes", "- Fix the queue ([#801](pull/801))"][1:]
    assert [words(line) for line in notes.small] == [
        "2 dependency updates · 2 new contributors · [v2.1.0…v2.1.1](compare/v2.1.0...v2.1.1)"
    ]
    assert not notes.cut


def test_generated_notes_in_full() -> None:
    notes = full(GENERATED)
    assert lines(notes.blocks) == [
        "## What's Changed",
        "### Other Changes",
        "- Fix the queue ([#801](pull/801))",
        "- Bump a from 1 to 2 ([#802](pull/802))",
        "- Bump b from 1 to 2 ([#803](pull/803))",
        "## New Contributors",
        "- @anna made their first contribution in [#801](pull/801)",
        "- @ben made their first contribution in [#804](pull/804)",
        "**Full Changelog**: [v2.1.0…v2.1.1](compare/v2.1.0...v2.1.1)",
    ]
    assert notes.small == ()


@pytest.mark.parametrize(
    "line",
    [
        f"**Full Changelog**: {SITE}/compare/v1...v2",
        f"Full changelog: [v1...v2]({SITE}/compare/v1...v2)",
        f"**[Full Changelog]({SITE}/compare/v1...v2)**",
        f"[Changelog]({SITE}/compare/v1...v2)",
    ],
)
def test_the_comparison_is_small_print(line: str) -> None:
    notes = short(f"- Fix X\n\n{line}")
    assert lines(notes.blocks) == ["- Fix X"]
    assert "compare/v1...v2)" in words(notes.small[0])


def test_a_sentence_with_a_link_is_no_comparison() -> None:
    text = f"The full changelog is in [the wiki]({SITE}/wiki)."
    assert len(lines(short(text).blocks)) == 1
