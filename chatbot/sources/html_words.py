"""HTML -> its words: scripts, styles, comments and all markup are dropped."""

from html.parser import HTMLParser


class _HtmlWords(HTMLParser):
    """Collects the words outside scripts, styles and comments; blocks and breaks become line ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.silent += tag in ("script", "style")
        if tag in ("br", "p", "div", "li", "tr", "summary"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in ("script", "style")))

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


def html_words(html: str) -> str:
    """The words of a piece of HTML, its blank runs closed up."""
    reader = _HtmlWords()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).split("\n"))
    return "\n".join(line for line in lines if line)
