"""In which letters a stranger's text is written, and the text."""

import codecs
import re
from collections.abc import Mapping

WHEN_NOTHING_IS_SAID = "windows-1252"

# The Encoding Standard §4.2, by Python's names. What is not here is refused: UTF-7 and EBCDIC hide
# markup from whoever looks at bytes, and the rest nobody writes.
_KNOWN = {
    "utf-8", "cp866", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "cp874", "tis-620",
    "gbk", "gb2312", "gb18030", "big5", "big5hkscs", "euc_jp", "iso2022_jp", "shift_jis", "cp932",
    "euc_kr", "cp949", "johab",
    *(f"cp{number}" for number in range(1250, 1259)),
    *(f"iso8859-{number}" for number in range(1, 17)),
}  # fmt: skip
# What calls itself Latin-1 is Windows-1252 wherever it uses 0x80 to 0x9F (Encoding Standard §4.2).
_REALLY: Mapping[str, str] = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}
_WIDE = {"utf-16", "utf-16le", "utf-16be"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# HTML §13.2.3.2 looks at the first kilobyte only.
_META = re.compile(rb"""(?i)<meta[^>]{0,300}?\bcharset\s{0,9}=\s{0,9}["']?\s{0,9}([a-z0-9._:-]+)""")
_PRESCANNED = 1024
# RFC 9110 §8.3.1: a parameter, quoted or not.
_CHARSET = re.compile(r"""(?i);\s*charset\s*=\s*["']?\s*([^\s;"',]+)""")
_LONGEST_TYPE = 300


def known_charset(label: str) -> str:
    """Python's name for a charset that text may come in; empty for any other."""
    try:
        name = codecs.lookup(label.strip().lower()).name
    except (LookupError, ValueError):
        return ""
    name = _REALLY.get(name, name)
    return name if name in _KNOWN else ""


def said_charset(content_type: str) -> str:
    """What the header says the charset is, in its own words; empty if it says nothing."""
    found = _CHARSET.search(content_type[:_LONGEST_TYPE])
    return found[1] if found else ""


def decoded_page(content: bytes, content_type: str) -> str:
    """A page as text, come what may: byte order mark, header, `meta`, else UTF-8 where it fits.

    That is the order of HTML §13.2.3.1. Bytes that mean nothing are shown as U+FFFD.
    """
    for mark, charset in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(charset, "replace")
    charset = _page_charset(said_charset(content_type)) or _meta_charset(content[:_PRESCANNED])
    return content.decode(charset, "replace") if charset else _guessed(content)


def _page_charset(label: str) -> str:
    name = label.strip().lower()
    return name if name in _WIDE else known_charset(label)


def _meta_charset(start: bytes) -> str:
    found = _META.search(start)
    # A `meta` that can be read in ASCII is not in UTF-16 (HTML §13.2.3.2, step "got a charset").
    charset = _page_charset(found[1].decode("ascii")) if found else ""
    return "utf-8" if charset in _WIDE else charset


def _guessed(content: bytes) -> str:
    try:
        # A page cut at its limit may end in the middle of a letter: that is no reason to doubt.
        return codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        return content.decode(WHEN_NOTHING_IS_SAID, "replace")
