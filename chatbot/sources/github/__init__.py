"""GitHub: releases, advisories, policy pages and the releases feed of a repository."""
