"""One reading of a repository by a few requests, with nothing configured and nothing kept."""
