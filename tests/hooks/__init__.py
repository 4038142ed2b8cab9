"""Web hooks: what is told to whom, and what becomes of it with receivers of every kind."""
