"""The values that everything else is about: facts, what is known of a project, watches, and the neutral message."""
