"""The command line, `rapport …`: one file a subject; a command opens a unit of work and calls one action."""
