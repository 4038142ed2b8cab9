"""Signing in, accounts, and links in letters."""
