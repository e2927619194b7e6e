"""Tags: the grammar of one, and the habits that a project's whole list shows."""
