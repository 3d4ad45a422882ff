"""Contracts: what a customer and a company owe each other, as values. No clock, no store, no settings."""
