"""Helping each other, and following through: promises, asks and offers, introductions."""
