"""What knows nothing of blogs: the database, the clock, errors, events, safe HTML, words, and the doors out."""
