"""The acceptance language and the pure stage it is played on: no API, no store, no AWS."""
