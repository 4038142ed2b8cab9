"""What a stranger's page says: whether it links to us, what about, and who wrote it.

`html` makes a small tree of any bytes, `links` finds where it leads, `excerpt` the words around a
link, `microformats` and `authors` what it says of itself; `other_kinds` reads what is no HTML, and
`source` puts all of it together. All of it is pure, bounded, and never fails.
"""
