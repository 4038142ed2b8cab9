"""Profiles: what members show of themselves, each piece to whom they like; the directory of who wants to be found."""
