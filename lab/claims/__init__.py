"""One module a claim: `measure(seed, **setting)`, `SETTINGS` and `SEEDS`."""
