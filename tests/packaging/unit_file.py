"""A systemd unit file, read as systemd.syntax(7) has it: sections of keys that may stand several times."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

Section = Mapping[str, Sequence[str]]


def read_unit(path: Path) -> Mapping[str, Section]:
    """The values of each key in their order, by section."""
    sections: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    section = ""
    for line in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        text = line.strip()
        if not text or text[0] in "#;":
            continue
        if text[0] == "[":
            section = text.strip("[]")
            continue
        key, separator, value = text.partition("=")
        assert separator, f"neither a section nor a key: {text}"
        sections[section][key.strip()].append(value.strip())
    return sections
