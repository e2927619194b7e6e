"""Scenes on pages: one scene after the other, sheets of some scenes to look at, and an index of all pictures."""

import html
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.looks.pictures import discord, element
from tests.looks.pictures.goldens import Golden

HERE = Path(__file__).parent
COLUMNS = 3
IN_SHEET = 9
PHONE, DESKTOP = 400, 620  # pixels
MESSAGES = {"discord": discord.message, "matrix": element.message}


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """How a client looks: the `name` of its pictures' folder, the `chat` it is for, its style sheet, a class of the page."""

    name: str
    chat: str
    style: str
    page_class: str = ""


THEMES = (
    Theme(name="discord", chat="discord", style="discord.css"),
    Theme(name="element-light", chat="matrix", style="element.css", page_class="light"),
    Theme(name="element-dark", chat="matrix", style="element.css", page_class="dark"),
)


def scene(golden: Golden) -> str:
    """The message under its scene's name."""
    name = html.escape(golden.name)
    return f'<section class="scene" id="{name}"><div class="name">{name}</div>{MESSAGES[golden.chat](golden)}</section>'


def page(theme: Theme, scenes: Iterable[str], *, width: int, bare: bool = False) -> str:
    """A whole page of scenes; `bare` leaves the scenes' names and the notifications out, for a picture in the docs."""
    styles = "".join((HERE / name).read_text(encoding="utf-8") for name in ("page.css", theme.style))
    classes = f"{theme.page_class}{' bare' if bare else ''}"
    return (
        f'<!doctype html><meta charset="utf-8"><title>{theme.name}</title>'
        f"<style>:root {{ --width: {width}px; }}\n{styles}</style>"
        f'<body class="{classes}">{"".join(scenes)}</body>'
    )


def sheets(scenes: Mapping[str, str], heights: Mapping[str, int]) -> list[str]:
    """Sheets of a few scenes each, in columns of similar height, in the order of their names."""
    names = list(scenes)
    return [
        _sheet(f"sheet-{n // IN_SHEET + 1:02}", names[n : n + IN_SHEET], scenes, heights)
        for n in range(0, len(names), IN_SHEET)
    ]


def _sheet(name: str, names: Sequence[str], scenes: Mapping[str, str], heights: Mapping[str, int]) -> str:
    columns: list[list[str]] = [[] for _ in range(COLUMNS)]
    for each in sorted(names, key=lambda each: -heights[each]):
        min(columns, key=lambda column: sum(heights[other] for other in column)).append(each)
    inside = "".join(f"<div>{''.join(scenes[each] for each in sorted(column))}</div>" for column in columns)
    return f'<div class="sheet" id="{name}">{inside}</div>'


def index(rows: Mapping[str, Mapping[str, Sequence[str]]], alike: Container[str] = ()) -> str:
    """A page that shows the pictures of every scene beside each other: per scene, what each column has. Those that are alike
    in all columns say so."""
    columns = list(dict.fromkeys(column for cells in rows.values() for column in cells))
    head = "".join(f"<th>{html.escape(column)}</th>" for column in columns)
    body = "".join(
        f'<tr><th id="{html.escape(name)}">{html.escape(name)}{"<br>(unchanged)" * (name in alike)}</th>{"".join(_cell(cells.get(column, ())) for column in columns)}</tr>'
        for name, cells in rows.items()
    )
    return (
        '<!doctype html><meta charset="utf-8"><title>Looks</title><style>body{font:14px sans-serif}'
        "td,th{vertical-align:top;padding:6px;text-align:left}img{width:400px}thead th{position:sticky;top:0;background:#fff}</style>"
        f"<table><thead><tr><th>scene</th>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cell(paths: Iterable[str]) -> str:
    return f"<td>{''.join(f'<img loading=lazy src={chr(34)}{html.escape(path)}{chr(34)}>' for path in paths)}</td>"
