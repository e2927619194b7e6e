"""Discord's Markdown as HTML, by the rules of its clients: what acts is a tag, what is escaped is a word."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime

_FENCED = re.compile(r"```(?:[a-z0-9_+\-.#]+\n)?\n?(.*?)\n?```", re.DOTALL | re.IGNORECASE)
_HEADING = re.compile(r"(#{1,3}) +(\S.*)")
_SMALL = re.compile(r"-# +(\S.*)")
_QUOTE = re.compile(r"> (.*)")
_ITEM = re.compile(r"( *)(?:[-*]|([0-9]{1,10})\.) +(\S.*)")
_INLINE = re.compile(
    r"\\(?P<escaped>[^0-9A-Za-z\s])"
    r"|(?P<ticks>`+)(?P<code>.*?[^`])(?P=ticks)(?!`)"
    r"|\*\*(?P<strong>(?:\\.|[^\\])+?)\*\*(?!\*)"
    r"|__(?P<underlined>(?:\\.|[^\\])+?)__(?!_)"
    r"|~~(?P<struck>\S|\S.*?\S)~~"
    r"|\|\|(?P<spoiler>.+?)\|\|"
    r"|\*(?P<slanted>[^\s*](?:[^*]*[^\s*])?)\*(?!\*)"
    r"|\b_(?P<slanted_too>[^_]+)_\b"
    r"|\[(?P<label>(?:\[[^\]]*\]|[^\[\]])+)\]\((?P<target>https?://[^\s()]+)\)"
    r"|(?P<address>https?://[^\s<]+[^<.,:;\"'\])\s])"
    r"|<t:(?P<moment>-?[0-9]+)(?::[A-Za-z])?>"
    r"|<@&(?P<role>[0-9]+)>|<@!?(?P<user>[0-9]+)>|<#(?P<channel>[0-9]+)>"
    r"|(?P<everyone>@(?:everyone|here))",
    re.DOTALL,
)
_TAGS = {
    "strong": "strong",
    "underlined": "u",
    "struck": "s",
    "slanted": "em",
    "slanted_too": "em",
    "spoiler": "mark",
}


def document(text: str) -> str:
    """A text of several lines, such as an embed's description."""
    at, parts = 0, list[str]()
    for fenced in _FENCED.finditer(text):
        parts += _lines(text[at : fenced.start()].removesuffix("\n"))
        parts.append(f"<pre>{html.escape(fenced[1])}</pre>")
        at = fenced.end() + text.startswith("\n", fenced.end())
    return "".join([*parts, *_lines(text[at:])])


def _lines(text: str) -> Iterator[str]:
    """Each line as a block of its own; empty lines keep their height, as Discord shows them."""
    for line in text.split("\n") if text else ():
        if not line.strip():
            yield '<div class="empty"></div>'
        elif heading := _HEADING.match(line):
            level = len(heading[1])
            yield f"<h{level}>{inline(heading[2])}</h{level}>"
        elif small := _SMALL.match(line):
            yield f"<small>{inline(small[1])}</small>"
        elif quote := _QUOTE.match(line):
            yield f"<blockquote>{document(quote[1]) or '<br>'}</blockquote>"
        elif item := _ITEM.match(line):
            sign = f"{item[2]}." if item[2] else "•" if len(item[1]) < 2 else "◦"
            indent = f' style="margin-left:{len(item[1]) // 2 * 1.2:.1f}em"' if len(item[1]) > 1 else ""
            yield f'<div class="item"{indent}><span class="sign">{sign}</span><span>{inline(item[3])}</span></div>'
        else:
            yield f"<div>{inline(line)}</div>"


def inline(text: str, *, links: bool = True, label: bool = False) -> str:
    """A line of text. Titles have no links, and in a link's label neither links nor escapes are read."""
    at, parts = 0, list[str]()
    while match := _INLINE.search(text, at):
        acting = _acting(match, links=links, label=label)
        end = match.end() if acting else match.start() + 1
        parts += [html.escape(text[at : match.start()]), acting or html.escape(text[match.start()])]
        at = end
    return "".join([*parts, html.escape(text[at:])])


def _acting(match: re.Match[str], *, links: bool, label: bool) -> str:
    """What a mark is shown as; empty where it does not act."""
    kind, words = next((name, value) for name, value in match.groupdict().items() if value is not None)
    match kind:
        case "escaped":
            return "" if label else html.escape(words)
        case "ticks":
            return f"<code>{html.escape(re.sub(r'^ (?= *`)|(?<=`) $', '', match['code']))}</code>"
        case "label" | "address":
            return _link(match, links=links and not label)
        case "moment":
            return f"<time>{datetime.fromtimestamp(int(words), UTC):%-d %B %Y %H:%M}</time>"
        case "role" | "user" | "channel" | "everyone":
            name = {"role": "@security", "user": "@alice", "channel": "#releases"}.get(kind, words)
            return f'<span class="mention">{name}</span>'
        case _:
            tag = _TAGS[kind]
            return f"<{tag}>{inline(words, links=links, label=label)}</{tag}>"


def _link(match: re.Match[str], *, links: bool) -> str:
    """A link where one is made: of no label that holds an address, and of nothing in a title or a label."""
    if not links or "://" in (match["label"] or ""):
        return ""
    if match["address"]:
        return f'<a href="#">{html.escape(match["address"])}</a>'
    return f'<a href="#">{inline(match["label"], label=True)}</a>'
