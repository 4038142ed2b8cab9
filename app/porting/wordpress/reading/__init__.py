"""A WordPress export becomes values, item by item, whatever its version, size and soundness.

`decoding` makes sound UTF-8 of it, `framing` cuts it into items, `elements` reads one of them with a
real parser, `repairs` mends what that refuses, `wxr` puts these together.
"""
