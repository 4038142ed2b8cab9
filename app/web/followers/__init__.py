"""Following the blog by mail: the form at `/follow/`, the link in the letter, and what owners see of it."""
