"""Full-text search behind one door: FTS5 on SQLite, tsvector on PostgreSQL, indexed in the writer's transaction."""
