"""How many examples a property is tried with: as many as it needs in `make check`, a quarter of them in `make test`."""

from hypothesis import settings

_IN_CHECK = 100  # of a property that says nothing about it


def scaled(examples: int) -> int:
    """So many in `make check`; in other runs as many more or less as their profile says."""
    profile = settings.default
    return examples if profile is None else max(1, examples * profile.max_examples // _IN_CHECK)
