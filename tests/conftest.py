"""Hypothesis draws the same examples on every machine, so that a red test stays red until it is mended."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=50, database=None)
settings.load_profile("repeatable")
