"""Measurements of speed and of what the project claims, run by hand: see `python -m benchmarks --help`."""
