"""The real-world corpus of ../shared: what `make corpus` runs, and the tests that hold its figures."""
