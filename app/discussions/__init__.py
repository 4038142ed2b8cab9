"""Thread and Comment: everything that is said under a post, linkbacks included, and where on which page it stands."""
