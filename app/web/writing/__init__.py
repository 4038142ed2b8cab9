"""`/write/`: the desk, the editor with what it keeps of every word, revisions, categories and tags."""
