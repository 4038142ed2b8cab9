"""Posts and pages, their terms, revisions, addresses and redirects: what an author writes and where it stands."""
