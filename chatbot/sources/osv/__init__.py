"""OSV: its records, and the advisories of a project's packages from its database."""
