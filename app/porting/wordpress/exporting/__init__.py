"""Rows become an export that WordPress reads, and that makes an identical site when it is imported here.

`elements` are the words of WXR, `own_words` what only Rapport knows, `exporter` streams the site
through both.
"""
