"""The whole site as one open file, `rapport-export/1`: a ZIP of JSON Lines and media, out and in.

`contents` says what is in it and what is left out, and why; `README.md` explains every file to other programs.
"""
