"""Asks and offers: what is needed and by when, what can be had and how often, and who answers."""
