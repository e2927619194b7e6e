"""Where a project's policy page, its advisories and its releases have drifted apart: what its maintainers are reminded of."""
