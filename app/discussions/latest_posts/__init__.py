"""The newest post of whoever comments, linked below what they said.

`feeds` and `pages` read what other people's servers send, `finding` asks them, `keeping` holds what
came of it, `offering` what is found while somebody still writes, and `jobs` does all that later:
nothing in a request waits for another server.
"""
