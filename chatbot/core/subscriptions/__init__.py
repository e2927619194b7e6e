"""Who is alerted, about what: subscriptions by version, line or project, matched with advisories."""
