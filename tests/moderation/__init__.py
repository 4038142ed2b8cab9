"""The command line: what it does, what it prints, and how it fails."""
