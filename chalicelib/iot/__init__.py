"""Watching a home: readings, conditions, alerts and who is told. Pure: no clock, no store, no settings."""
