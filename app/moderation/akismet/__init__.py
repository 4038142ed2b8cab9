"""Akismet: what it is asked and taught, how it answers, and whether it can be heard at all."""
