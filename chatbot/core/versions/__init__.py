"""Versions: what a tag says, what comes before what, and how ecosystems, distributions and ranges write them."""
