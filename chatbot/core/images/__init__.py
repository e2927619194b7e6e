"""Images of releases: their names, whether they are there, when a registry is asked, and what is said of it."""
