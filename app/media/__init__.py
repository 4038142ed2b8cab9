"""Uploads: files that came with posts, what they really are, and where they are kept."""
