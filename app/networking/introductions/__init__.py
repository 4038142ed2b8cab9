"""Introductions: asked through somebody whom both know, and agreed by both. `moves.py` is the whole story."""
