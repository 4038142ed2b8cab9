"""Followers of the blog by mail: who they are, how one becomes one and ends it, and the letter a post goes out in."""
