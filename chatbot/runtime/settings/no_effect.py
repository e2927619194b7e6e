"""Settings that are read and checked, and have no effect yet: what they are for is not built."""

from collections.abc import Iterator

from pydantic import BaseModel

from chatbot.runtime.settings.settings import Settings

NO_EFFECT = frozenset(
    {
        "github.webhook_secret",
        "web.listen",
        "web.public_url",
        "web.metrics_listen",
        "reports.token",
        "projects.cra",
    }
)


def without_effect(settings: Settings) -> list[str]:
    """Of those, the keys that the operator has set to something else than their default."""
    return sorted(set(_changed(settings, "")) & NO_EFFECT)


def _changed(table: BaseModel, above: str) -> Iterator[str]:
    for name, field in type(table).model_fields.items():
        value = getattr(table, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, BaseModel):
                yield from _changed(item, f"{above}{name}.")
        if value != field.get_default(call_default_factory=True):
            yield f"{above}{name}"
