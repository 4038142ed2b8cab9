"""Promises: an offer of help becomes a commitment. `moves.py` is the whole story."""
