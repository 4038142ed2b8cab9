"""Feeds over HTTP: addresses, conditions, limits."""
