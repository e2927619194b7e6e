"""Tables, tasks, alerts, images, emoji and HTML read well in a chat, and what is readable stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.announce.notes.emoji import with_emoji
from chatbot.core.announce.notes.readable import readable
from tests.core.announce.notes.show import PAGE, full, lines, parsed

IMAGE = "https://forge.example/a/b.png"


@pytest.mark.parametrize(
    ("text", "wanted_lines"),
    [
        pytest.param(
            "| Setting | Old | New |\n|---|---|---|\n| `timeout` | 30 | 60 |\n| `retries` | | 3 |",
            ["- `timeout`: 30 → 60", "- `retries`: (none) → 3"],
            id="a change",
        ),
        pytest.param(
            "| Package | From version | To version | Notes |\n|---|---|---|---|\n| a | 1 | 2 | hot |\n| b | 2 | 3 | |",
            ["- a: 1 → 2; hot", "- b: 2 → 3"],
            id="a change and more",
        ),
        pytest.param(
            "| Version | Supported | Until |\n|---|---|---|\n| 2.x | yes | 2030 |\n| 1.x | no | |",
            ["- 2.x – Supported: yes; Until: 2030", "- 1.x – Supported: no"],
            id="labelled",
        ),
        pytest.param("| Option | Description |\n|---|---|\n| `-v` | Says more |", ["- `-v` – Says more"], id="a column that needs no name"),
        pytest.param("| Only |\n|---|\n| a |\n| b |", ["- Only", "- a", "- b"], id="one column"),
        pytest.param("| A | B |\n|---|---|", ["- A – B"], id="no rows"),
        pytest.param("| A | B |\n|---|---|\n| | b |\n| | |", ["- B: b"], id="empty cells"),
        pytest.param("| A | B |\n|---|---|\n| a\\|a `x` | [b](https://e.example/) **c** |", ["- a|a `x` – B: [b](https://e.example/) **c**"], id="a bar in a cell"),
        pytest.param(
            "<table><tr><th>Old</th><th>Before</th><th>After</th></tr><tr><td>a</td><td>1</td><td><code>2</code></td></tr></table>",
            ["- a: 1 → `2`"],
            id="HTML",
        ),
        pytest.param(
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", ["- a – b", "- c – d"], id="HTML without names"
        ),
        pytest.param(
            "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td></td></tr></table>", ["- A – B", "- 1"], id="HTML with a short row"
        ),
        pytest.param("- [ ] open\n- [x] done\n  - [X] nested\n- [y] no", ["- ☐ open", "- ☑ done", "  - ☑ nested", "- [y] no"], id="tasks"),
        pytest.param("> [!WARNING]\n> Back up **first**.", ["> **⚠️ Warning:** Back up **first**."], id="an alert"),
        pytest.param("> [!NOTE]\n>\n> Text.\n>\n> More.", ["> **ℹ️ Note:** Text.", "> More."], id="an alert in paragraphs"),
        pytest.param("> [!TIP]", ["> **💡 Tip:**"], id="an empty alert"),
        pytest.param("> Just said.", ["> Just said."], id="a quote"),
        pytest.param(f"![banner]({IMAGE})", [], id="a banner"),
        pytest.param(f"![Acme Mailer logo]({IMAGE})\n\nText.", ["Text."], id="a logo"),
        pytest.param(f'<img width="1200" alt="image" src="{IMAGE}" />', [], id="a pasted image"),
        pytest.param(f'<p align="center"><img src="{IMAGE}" alt="Screenshot 2030-01-02 at 10.11.12"></p>', [], id="a pasted screenshot"),
        pytest.param(f"![b.png]({IMAGE})", [], id="a file"),
        pytest.param(f"![The new editor]({IMAGE})", [f"[image: The new editor]({IMAGE})"], id="an image"),
        pytest.param(f"![One]({IMAGE}) ![Two]({IMAGE})", [f"[image: One Two]({IMAGE})"], id="several images"),
        pytest.param(f"Look: ![the new editor]({IMAGE}) is here.", ["Look: the new editor is here."], id="an image in a line"),
        pytest.param(f"- Editor\n\n  ![The editor]({IMAGE})", [f"- Editor\n[image: The editor]({IMAGE})"], id="an image in an item"),
        pytest.param(f"- Editor\n\n  ![image]({IMAGE})", ["- Editor"], id="decoration in an item"),
        pytest.param("![chart](javascript:alert(1))", ["chart"], id="an image from nowhere"),
        pytest.param(":tada: New :shipit: things :bug:", ["🎉 New things 🐛"], id="emoji codes"),
        pytest.param("## :warning: Breaking", ["## ⚠️ Breaking"], id="emoji in a heading"),
        pytest.param("`:tada:` and std::gem::new() at 10:30:45 :unheard_of:", ["`:tada:` and std::gem::new() at 10:30:45 :unheard_of:"], id="no emoji"),
        pytest.param("<p>:rocket: fast</p>", ["🚀 fast"], id="emoji in HTML"),
        pytest.param(
            "<details>\n<summary>All <b>changes</b></summary>\n\n- a\n- b\n\n</details>", ["**All changes**", "- a", "- b"], id="folded"
        ),
        pytest.param("a<br>b <kbd>Ctrl</kbd>+<kbd>C</kbd> <sub>c</sub>", ["a", "b Ctrl+C c"], id="tags"),
        pytest.param("```\n| a | b |\n:tada:\n```", ["    | a | b |", "    :tada:"], id="code"),
    ],
)  # fmt: skip
def test_it_reads_well(text: str, wanted_lines: list[str]) -> None:
    notes = full(text)
    assert lines(notes.blocks) == wanted_lines
    assert readable(notes.blocks) == notes.blocks, "what is readable stays as it is"


def test_a_table_as_wide_as_it_is_long_takes_one_walk() -> None:
    width = 300
    row = "|" + "x|" * width
    text = "\n".join([row, "|" + "-|" * width, *[row] * 5])
    assert [line.count("x") for line in lines(full(text).blocks)] == [2 * width - 1] * 5


@given(
    st.text("abc:_+ \n", max_size=40)
    | st.lists(st.sampled_from([":tada:", ":shipit:", ":nope:", "x", " ", ":"]), max_size=9).map("".join)
)
def test_emoji_are_put_in_once(text: str) -> None:
    once = with_emoji(text)
    assert with_emoji(once) == once
    assert ":tada:" not in once or ":tada:" in text


@given(st.text(st.sampled_from("#*>|-[]x!()`:\n tada<br>"), max_size=120))
def test_whatever_it_is_what_is_readable_stays_so(text: str) -> None:
    once = readable(parsed(text))
    assert readable(once) == once


def test_relative_images_are_found_beside_the_page() -> None:
    assert lines(full("![The editor](editor.png)").blocks) == [
        f"[image: The editor]({PAGE.removeprefix('https://forge.example/acme/mailer/').removesuffix('v2.1.1')}editor.png)"
    ]
