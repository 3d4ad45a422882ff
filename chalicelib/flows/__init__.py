"""Use cases, one file each: load, ask the pure part, commit. Flows are handed `store` and `now`; they read no clock."""
