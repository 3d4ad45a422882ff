"""Measurements against the budgets: `python -m bench`, or `--json`. Counts, CPU time and ratios of one run, never wall time alone."""
