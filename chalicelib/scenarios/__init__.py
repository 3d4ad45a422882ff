"""Scenarios: one customer's life as data, played through the real doors of the application (see docs/scenarios.md)."""
