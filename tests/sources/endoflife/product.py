"""Documents of endoflife.date as its API writes them, of an invented product."""

from typing import Any


def cycle(name: str, *, is_eol: bool | None = False, until: str | None = None, **more: object) -> dict[str, Any]:
    return {
        "name": name,
        "codename": None,
        "label": name,
        "releaseDate": "2030-01-01",
        "isLts": False,
        "ltsFrom": None,
        "isEol": is_eol,
        "eolFrom": until,
        "isMaintained": not is_eol,
        "latest": {"name": f"{name}.3", "date": "2030-06-01", "link": None},
        "custom": None,
    } | more


def product(*cycles: object, name: str = "windlass") -> dict[str, Any]:
    return {
        "schema_version": "1.2.0",
        "generated_at": "2031-03-01T09:00:00+00:00",
        "last_modified": "2031-03-01T08:00:00+00:00",
        "result": {
            "name": name,
            "aliases": [],
            "label": "Windlass",
            "category": "server-app",
            "tags": ["server-app"],
            "versionCommand": None,
            "identifiers": [],
            "labels": {"eol": "Security Support"},
            "links": {"icon": None, "html": f"https://endoflife.date/{name}", "releasePolicy": None},
            "releases": list(cycles),
        },
    }
