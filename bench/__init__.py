"""Measurements against the budgets: `python -m bench`, or `--json`. Counts, CPU time and ratios of one run, no wall time."""
