"""What is said in a group as a mailbox file, to be read in mail programs or taken to a mailing list.

`messages` turns one thing that was said into a message: pure. `exporting` reads a group in parts.
"""
