"""What a policy page says beside its versions: where to report, in which time, and on which terms."""
