"""Rapport: a blog and the community around it, in one program."""
