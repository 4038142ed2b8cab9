"""What members start in groups: a topic owns a thread, and its opening text is that thread's first comment."""
