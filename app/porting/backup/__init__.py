"""The whole site in one file, and back: every row of one moment, the files, the secret, and a seal over all of it."""
