"""The project of docs/examples on a GitHub of its own, with the dates of the tutorials: what the pages speak of."""

import json
from datetime import UTC, datetime
from pathlib import Path

from chatbot.demo.github.data import Release, Repository

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"
CHANNEL = "1234567890123456789"  # of the pages, on Discord


def quillpost() -> Repository:
    repository = Repository(owner="quillpost-example", name="quillpost")
    for item in json.loads((EXAMPLES / "releases.json").read_text(encoding="utf-8")):
        at = datetime.fromisoformat(item["published_at"]).replace(year=2026)
        repository.releases.append(
            Release(
                tag=item["tag_name"],
                name=item["name"],
                body=item["body"],
                prerelease=item["prerelease"],
                created_at=at,
                published_at=at,
            )
        )
    policy = (EXAMPLES / "SECURITY.md").read_text(encoding="utf-8")
    repository.commit("SECURITY.md", policy, datetime(2026, 10, 5, tzinfo=UTC))
    return repository
