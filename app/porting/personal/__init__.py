"""A member's own data: taken out in one file, and forgotten when they go."""
