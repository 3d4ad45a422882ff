"""Mimamori: a back end for home-monitoring subscriptions, run from terms written as dated data."""
