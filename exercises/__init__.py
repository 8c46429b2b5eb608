"""Exercises that check themselves; `exercises/README.md` says how to use them."""
