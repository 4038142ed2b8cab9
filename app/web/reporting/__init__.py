"""`/report/`: where readers say that something should not be there, and see what became of it."""
