"""A toy forge, as somebody would add one: a folder for each project, with its releases, advisories and policy as files."""
