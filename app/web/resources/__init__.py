"""The library at `/resources/`: lists and pages, downloads, letters, and the desk of whoever puts things there."""
