"""What strangers send, nearly right: texts, addresses, charsets, and documents that were damaged."""

import codecs
from collections.abc import Sequence

from hypothesis import strategies as st

OURS = "https://blog.example/2026/tea/"
THEIRS = "https://gwen.example/notes/1"

# Hypothesis leaves surrogates out of a text by itself; a broken page may bring them.
ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=40)

_SHARDS = (
    "<", ">", "&", '"', "'", "=", "/", " ", "\n", "\t", "\0", "\r", ";", ",", "\\", "{", "}", "[", "]", ":",
    "&amp;", "&lt;b&gt;", "&amp;amp;lt;", "&#0;", "&#xD800;", "&#x10FFFF;", "&#128;", f"&#{'9' * 5000};",
    "&#x", "&nope;", "&a;", "&notit;", "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<?xml", "?>", "</",
    "\u202e", "\u2066", "\u200b", "\ufeff", "\ud800", "\udc00", "\ufffe", "\x85", "\u2028", "\x1b",
    "e\u0301", "\u0316\u0301", "\u0344", "\ufdfa", "\u0130", "\u1e9e", "ﬁ", "👩‍👩‍👧", "مرحبا", "日本語",
    "2026-11-28T10:00:00Z", "Sat, 28 Nov 2026 10:00:00 +0000", "00000000T00:00:00", "2026-02-30", "9" * 40,
    OURS, THEIRS, "javascript:alert(1)", "a b", "yes",
)  # fmt: skip
WORDS = ANY_TEXT | st.lists(st.sampled_from(_SHARDS), max_size=12).map("".join)

_PART = st.sampled_from(
    ("a", "%41", "%2f", "%2E", "..", ".", "é", "%E9", "%zz", "~", "|", "[", "'", "&", "=", ";", ":",
     "&amp;", "\t", " ", "\u0316", "@", "//", "\\", "x" * 700, "é" * 400, "../" * 200)
)  # fmt: skip
_PARTS = st.lists(_PART, max_size=4).map("".join)
_HOSTS = (
    "blog.example", "gwen.example", "BLOG.example", "blog.example.", "bücher.example", "xn--bcher-kva.example",
    "[::1]", "[", "127.1", "0x7f000001", "a..b", "", "a" * 64 + ".example", "☃.example", "xn--a.example",
    "１２７.0.0.1", "user:word@blog.example", "localhost", "a_b.example", "\u0316.example",
)  # fmt: skip
_WHOLE = st.builds(
    "{}{}{}/{}{}{}".format,
    st.sampled_from(("http://", "HTTPS://", "https://", "//", "ftp://", "https:\\\\", "h\ttps://", "http:")),
    st.sampled_from(_HOSTS),
    st.sampled_from(("", "", ":", ":80", ":443", ":8080", ":0", ":99999", ":x", ":" + "9" * 5000)),
    _PARTS,
    _PARTS.map("?{}".format) | st.just(""),
    _PARTS.map("#{}".format) | st.just(""),
)  # fmt: skip
ADDRESSES = st.sampled_from((OURS, THEIRS, "", "/", "?", "#", "//[")) | _WHOLE | _PARTS | WORDS

_CHARSETS = (
    "", "utf-8", "UTF8", "utf-16", "utf-16le", "utf-16be", "utf-32", "utf-7", "latin1", "us-ascii", "euc-jp",
    "iso-2022-jp", "shift_jis", "gb18030", "big5", "koi8-r", "cp037", "hex", "idna", "punycode", "rot13",
    "unicode_escape", "mbcs", "undefined", "x" * 300, "a\0b", "\ud800", "utf-8\x85",
)  # fmt: skip
CHARSETS = st.sampled_from(_CHARSETS) | ANY_TEXT
_WRITTEN_IN = (
    "utf-8",
    "utf-16",
    "utf-16le",
    "utf-7",
    "latin1",
    "shift_jis",
    "gb18030",
    "cp037",
    "utf-32",
)
_BOMS = (
    b"",
    b"",
    b"",
    codecs.BOM_UTF8,
    codecs.BOM_UTF16_LE,
    codecs.BOM_UTF16_BE,
    codecs.BOM_UTF32_LE,
)

_KINDS = (
    "text/html", "application/xhtml+xml", "application/json", "application/mf2+json", "text/plain", "text/xml",
    "application/rss+xml", "application/atom+xml", "image/png", "application/x-www-form-urlencoded", "",
    "TEXT/HTML ", "\0/\ud800", "multipart/form-data; boundary=x",
)  # fmt: skip
TYPES = ANY_TEXT | st.builds(
    "{}{}{}".format,
    st.sampled_from(_KINDS),
    st.sampled_from((";charset=", "; CHARSET = ", ";charset='", '; charset="', ";", "")),
    CHARSETS,
)


@st.composite
def encoded(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> bytes:
    """A text in one charset or another, mostly as it should be."""
    text = draw(texts)
    if draw(st.integers(0, 3)):
        return text.encode("utf-8", "surrogatepass")
    return draw(st.sampled_from(_BOMS)) + text.encode(draw(st.sampled_from(_WRITTEN_IN)), "replace")


@st.composite
def damaged(draw: st.DrawFn, documents: Sequence[bytes]) -> bytes:
    """One of these documents with a few things cut out, put in, repeated or turned round."""
    document = draw(st.sampled_from(documents))
    for _damage in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(document)))
        end = min(len(document), start + draw(st.integers(0, 60)))
        document = document[:start] + draw(_instead(document[start:end])) + document[end:]
    return document[: draw(st.integers(0, len(document)))] if draw(st.booleans()) else document


def _instead(cut: bytes) -> st.SearchStrategy[bytes]:
    shards = st.sampled_from(_SHARDS).map(lambda shard: shard.encode("utf-8", "surrogatepass"))
    repeated = st.sampled_from((2, 30, 1000)).map(lambda times: (cut * times)[:60_000])
    return shards | st.binary(max_size=4) | repeated | st.just(cut[::-1])


@st.composite
def swollen(draw: st.DrawFn, pieces: st.SearchStrategy[str]) -> str:
    """A few pieces, some of them very many times over."""
    most = st.sampled_from((1, 1, 1, 1, 3, 40, 600, 5000))
    drawn = [draw(pieces) * draw(most) for _piece in range(draw(st.integers(1, 5)))]
    return "".join(drawn)[:150_000]
