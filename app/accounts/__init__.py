"""Who writes here and who is asking: people with a name, their roles, passwords, sessions and one-time links."""
