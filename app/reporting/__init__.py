"""Reports of what is no comment: members, promises, introductions, messages, resources; one door, one way to decide."""
