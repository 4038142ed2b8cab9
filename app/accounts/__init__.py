"""Who writes here: people with a name, an address of their own and an "About the author" box."""
