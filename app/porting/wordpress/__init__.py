"""Reads what WordPress exports (WXR 1.0 to 1.2) and writes the same.

`reading` makes values of any file, however broken; `texts` makes HTML of what authors and readers
typed; `importing` makes rows of both, and `exporting` a file of rows again.
"""
