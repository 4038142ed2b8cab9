"""Reads what WordPress exports (WXR 1.0 to 1.2) and writes the same.

`decoding` makes sound UTF-8 of the file, `framing` cuts it into items, `wxr` turns each into values,
repairing with `repairs` what can be repaired. `content` turns an author's text into HTML with the
help of `shortcodes`, `blocks` and `paragraphs`. The importer and the exporter stand between these
values and our tables.
"""
