"""The values that everything else uses: facts, the knowledge of a project, watches, and the neutral message."""
