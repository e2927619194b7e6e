"""Support policies: their rows, the verdict on a version, changes between two pages, and what is wrong with a page."""
