"""People and what they subscribed to: their DMs, scopes, muted and snoozed advisories, alerts, and the fan-outs under way."""
