"""Hostile input for every parser and every format; `make fuzz` tries a hundred times as much of it as `make test`."""
