"""One redacted file for a bug report: what runs here, how it is configured and how it fares, without a name or a secret in it."""
