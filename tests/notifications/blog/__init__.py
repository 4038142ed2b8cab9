"""Following the blog by mail, and the letters that posts go out in."""
