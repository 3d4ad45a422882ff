"""Billing: what is owed, minus what is invoiced. Pure functions over contracts, terms and days."""
