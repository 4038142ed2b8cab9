"""Backups: taken of a running site, refused where they are damaged, and brought back into either database."""
