"""Promises of the package, tried again and again: `python -m tests.torture`."""
