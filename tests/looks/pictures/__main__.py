"""`make looks`: writes pages and pictures of every golden payload to build/looks; `BEFORE=COMMIT` those of a commit beside them."""

import asyncio
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from tests.looks.pictures import png
from tests.looks.pictures.browser import MISSING, BrowserError, Page, browser, find_chromium
from tests.looks.pictures.goldens import ROOT, CommitError, Golden, goldens
from tests.looks.pictures.pages import DESKTOP, PHONE, THEMES, Theme, index, page, scene, sheets
from tests.looks.scenes import SCENES

BUILD = ROOT / "build" / "looks"
DOCS = ROOT / "docs" / "pictures"
# The pictures that the docs show, by their names: a theme and the scenes below each other.
DOCS_PICTURES = {
    "discord-advisory": ("discord", ("event-advisory-new",)),
    "element-advisory": ("element-light", ("event-advisory-new",)),
    "discord-supported": ("discord", ("answer-supported-vulnerable",)),
    "discord-affected": ("discord", ("answer-affected-vulnerable",)),
    "discord-follow-up": ("discord", ("now-exploited-follow-up-reply",)),
    "element-supported": ("element-dark", ("answer-supported-vulnerable",)),
}
Rows = dict[str, dict[str, list[str]]]


def docs_page(name: str, scenes: dict[str, dict[str, str]]) -> str:
    """The page that a picture of the docs is taken of."""
    theme_name, names = DOCS_PICTURES[name]
    theme = next(each for each in THEMES if each.name == theme_name)
    inside = "".join(scenes[theme.chat][each] for each in names)
    return page(theme, [f'<div id="picture">{inside}</div>'], width=DESKTOP, bare=True)


def scenes_by_chat(payloads: list[Golden]) -> dict[str, dict[str, str]]:
    scenes: dict[str, dict[str, str]] = defaultdict(dict)
    for golden in payloads:
        scenes[golden.chat][golden.name] = scene(golden)
    return scenes


async def take(tab: Page, folder: Path, scenes: dict[str, str], theme: Theme, progress: Progress) -> None:
    """A picture of each scene, as wide as a phone, and of each sheet."""
    await tab.open(write(folder / "all.html", page(theme, scenes.values(), width=PHONE)), width=PHONE + 32, scale=1)
    heights: dict[str, int] = {}
    for name in progress.track(scenes, description=f"{folder.relative_to(folder.parents[1])}: scenes"):
        write(folder / f"{name}.png", await tab.picture(name))
        heights[name] = round((await tab.box(name))["height"])
    laid_out = sheets(scenes, heights)
    await tab.open(write(folder / "sheets.html", page(theme, laid_out, width=PHONE)), width=4 * PHONE, scale=1)
    for number in range(1, len(laid_out) + 1):
        write(folder / f"sheet-{number:02}.png", await tab.picture(f"sheet-{number:02}"))


async def take_for_docs(tab: Page, out: Path, folder: Path, scenes: dict[str, dict[str, str]]) -> list[str]:
    """The pictures of the docs; the names of those of which docs/pictures has older ones."""
    older: list[str] = []
    for name in DOCS_PICTURES:
        text = docs_page(name, scenes)
        await tab.open(write(out / "docs.html", text), width=DESKTOP + 32, scale=1.5)
        picture = png.stamp(png.small(await tab.picture("picture")), png.shows(text))
        write(folder / f"{name}.png", picture)
        if picture_in_docs(name) != png.shows(text):
            older.append(f"{name}.png")
    return older


def picture_in_docs(name: str) -> str:
    """What the picture in docs/pictures says that it shows."""
    path = DOCS / f"{name}.png"
    return png.stamped(path.read_bytes()) if path.is_file() else ""


def write(path: Path, content: str | bytes) -> str:
    """Write a file, and its folder; the address that a browser opens it by."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path.resolve().as_uri()


def sides(before: str) -> dict[str, dict[str, dict[str, str]]]:
    """The scenes by side, chat and name: `now`, and `before` where a commit is named."""
    private = [name for name, each in SCENES.items() if each.message.private]
    commits = {"before": before, "now": ""} if before else {"now": ""}
    return {side: scenes_by_chat(goldens(commit, private)) for side, commit in commits.items()}


def unchanged(by_side: Mapping[str, Mapping[str, Mapping[str, str]]]) -> set[str]:
    """The scenes that look on every chat as they did before."""
    if "before" not in by_side:
        return set()
    now, old = by_side["now"], by_side["before"]
    names = {name for scenes in now.values() for name in scenes}
    return {
        name for name in names if all(scenes.get(name) == old.get(chat, {}).get(name) for chat, scenes in now.items())
    }


async def run(chromium: str, before: str, out: Path, docs: Path, console: Console) -> None:
    rows: Rows = defaultdict(dict)
    by_side = sides(before)
    with Progress(console=console) as progress:
        async with browser(chromium) as tab:
            for theme in THEMES:
                for side, scenes in by_side.items():
                    await take(tab, out / side / theme.name, scenes[theme.chat], theme, progress)
                    for name in scenes[theme.chat]:
                        rows[name][f"{theme.name}, {side}"] = [f"{side}/{theme.name}/{name}.png"]
            older = await take_for_docs(tab, out, docs, by_side["now"])
    alike = unchanged(by_side)
    ordered = {name: rows[name] for name in sorted(rows, key=lambda name: (name in alike, name))}
    write(out / "index.html", index(ordered, alike))
    changed = f", {len(rows) - len(alike)} of them changed since {before}" if before else ""
    console.print(f"Pictures of {len(rows)} messages{changed}: {out / 'index.html'}", soft_wrap=True)
    if older:
        console.print(
            f"Older than the messages in docs/pictures: {', '.join(older)}. Take them again: make looks DOCS=1"
        )


def write_pages(before: str, out: Path) -> None:
    """The pages alone, for any browser."""
    for side, scenes in sides(before).items():
        for theme in THEMES:
            write(out / side / theme.name / "all.html", page(theme, scenes[theme.chat].values(), width=PHONE))


def main(
    before: Annotated[str, typer.Option(help="A commit whose golden payloads are shown beside today's.")] = "",
    out: Annotated[Path, typer.Option(help="Where pages and pictures go.")] = BUILD,
    *,
    docs: Annotated[bool, typer.Option("--docs", help="Take the pictures in docs/pictures again.")] = False,
) -> None:
    """Show every golden payload as people see it."""
    console = Console(stderr=True)
    try:
        if not (chromium := find_chromium()):
            write_pages(before, out)
            console.print(f"{MISSING} The pages are in {out}: any browser shows them.", soft_wrap=True)
            sys.exit(2)
        asyncio.run(run(chromium, before, out, DOCS if docs else out / "docs", console))
    except (BrowserError, CommitError) as error:
        console.print(str(error), soft_wrap=True)
        sys.exit(2)


if __name__ == "__main__":
    typer.run(main)
