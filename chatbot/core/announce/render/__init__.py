"""The words of announcements: what rooms read of releases, advisories, policies and what became of them."""
