"""The console: everything that waits for a person, in one queue, decided by button or key and taken back in place."""
