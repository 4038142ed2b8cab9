"""Documents as strangers write them: HTML with microformats2, XML of several kinds, forms, headers."""

from collections.abc import Sequence
from urllib.parse import quote_plus

from hypothesis import strategies as st

from app.core.xml_rpc import Value, answer, call, fault
from app.linkbacks.protocols.trackback import answer as trackback_answer
from app.linkbacks.protocols.trackback import rdf
from tests.fuzzing.foreign import (
    ADDRESSES,
    ANY_TEXT,
    CHARSETS,
    OURS,
    THEIRS,
    WORDS,
    damaged,
    encoded,
    swollen,
)
from tests.shared import SHARED

_TAGS = (
    "a", "a", "a", "p", "div", "div", "i", "link", "img", "time", "data", "template", "script", "style", "title",
    "svg", "table", "tr", "select", "form", "body", "html", "head", "base", "meta", "area", "abbr", "blockquote",
    "iframe", "object", "noscript", "textarea", "x-y", "a:b", "h1", "br", "input", "plaintext", "frameset",
)  # fmt: skip
_ROOTS = ("h-entry", "h-card", "h-feed", "h-cite", "h-event", "h-review", "h-x-app", "h-full", "h-")
_PROPERTIES = (
    "p-name", "p-author", "p-summary", "e-content", "u-url", "u-uid", "u-photo", "u-in-reply-to", "u-like-of",
    "u-repost-of", "u-bookmark-of", "u-like", "p-rsvp", "dt-published", "value", "value-title", "p-x-y", "u-",
    "p-in-reply-to", "u-author", "u-name", "dt-name",
)  # fmt: skip
_CLASSES = st.lists(st.sampled_from(_ROOTS + _PROPERTIES), max_size=6).map(" ".join)
_RELS = st.lists(
    st.sampled_from(("webmention", "pingback", "alternate", "author", "me", "WebMention")),
    max_size=3,
).map(" ".join)
_FEEDS = st.sampled_from(
    ("application/rss+xml", "application/atom+xml;x", "application/feed+json", "x")
)


def _attribute(names: Sequence[str], values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    quotes = st.sampled_from(('"', '"', "'", ""))
    written = st.builds("{0}={2}{1}{2}".format, st.sampled_from(names), values, quotes)
    return written | st.sampled_from(names)


_ATTRIBUTES = st.one_of(
    _attribute(("class",), _CLASSES),
    _attribute(("href", "src", "cite", "data", "poster", "value"), ADDRESSES),
    _attribute(("rel",), _RELS),
    _attribute(("type",), _FEEDS),
    _attribute(("title", "alt", "datetime", "content", "lang", "xml:lang", "property", "charset", "x"), WORDS),
    st.sampled_from(('property="og:title"', "lang=en-GB", f'href="{OURS}"', "<", "=", '"', "/", "x" * 300)),
)  # fmt: skip


@st.composite
def _elements(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    tag = draw(st.sampled_from(_TAGS))
    attributes = " ".join(draw(st.lists(_ATTRIBUTES, max_size=5)))
    inside = "".join(draw(st.lists(inner, max_size=4)))
    end = draw(
        st.sampled_from((f"</{tag}>", f"</{tag}>", f"</{tag}>", "", "</i>", "</div>", "<!--"))
    )
    return f"<{tag} {attributes}>{inside}{end}"


_RDF = st.builds(rdf, st.just(THEIRS) | ADDRESSES, ANY_TEXT, ADDRESSES)
HTML_TEXT = swollen(st.recursive(WORDS | _RDF, _elements, max_leaves=12))

_NAMES = (
    "rss", "feed", "rdf:RDF", "channel", "item", "entry", "title", "link", "guid", "pubDate", "dc:date",
    "description", "content:encoded", "content", "summary", "published", "updated", "id", "response", "error",
    "message", "methodCall", "methodResponse", "methodName", "params", "param", "value", "string", "int", "i4",
    "i8", "double", "boolean", "base64", "dateTime.iso8601", "array", "data", "struct", "member", "name", "fault",
    "nil", "ex:nil", "x",
)  # fmt: skip
_XML_ATTRIBUTES = st.sampled_from((
    "", "", "", 'xmlns="http://www.w3.org/2005/Atom"', 'xmlns="http://purl.org/rss/1.0/"', 'type="html"',
    'type="xhtml"', f'href="{THEIRS}"', 'href="/x" rel="alternate"', 'rel="self"', 'isPermaLink="false"', "a=1",
    'xmlns:dc="http://purl.org/dc/elements/1.1/"', 'a="1" a="2"', 'xml:base="http://["', 'xmlns:x=""',
))  # fmt: skip
_XML_WORDS = WORDS | ADDRESSES | st.integers(-(10**20), 10**20).map(str) | st.floats().map(str)


@st.composite
def _xml_elements(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    name = draw(st.sampled_from(_NAMES))
    inside = "".join(draw(st.lists(inner, max_size=5)))
    return f"<{name} {draw(_XML_ATTRIBUTES)}>{inside}</{name}>"


_PROLOGS = st.sampled_from((
    "", "", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-16"?>', '<?xml version="1.1"?>', "\n",
    '<?xml version="1.0" encoding="nonesuch"?>', "<!DOCTYPE x>", '<!DOCTYPE x [<!ENTITY a "aaaa">]>',
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>', "<?x?>", "<!-- -->",
))  # fmt: skip
_XML_TREES = st.recursive(_XML_WORDS, _xml_elements, max_leaves=15)


def _document(root: str) -> st.SearchStrategy[str]:
    return st.builds(
        f"{{}}<{root} {{}}>{{}}</{root}>".format, _PROLOGS, _XML_ATTRIBUTES, swollen(_XML_TREES)
    )


def _real(*names: str) -> list[bytes]:
    """Answers of a real WordPress, without their headers, where they lie beside the repository."""
    files = (SHARED / "data" / "wordpress" / f"{name}.txt" for name in names)
    found = [file.read_bytes() for file in files if file.exists()]
    return [
        document.replace(b"\r\n", b"\n").partition(b"\n\n")[2] or document for document in found
    ]


_PAGE = f"""<!DOCTYPE html><html lang=en><head><meta charset=utf-8><base href="{THEIRS}"><title>Tea</title>
<link rel="webmention pingback" href="/hear"><link rel=alternate type=application/rss+xml href=/feed>
</head><body><article class="h-entry"><h1 class="p-name">Green tea</h1><a class="p-author h-card" rel=author
href="/"><img class="u-photo" src="/me.png" alt="Gwen"></a><time class="dt-published" datetime="2026-11-28
10:00:00+0100">today</time><div class="e-content"><p>I liked <a class="u-in-reply-to" href="{OURS}">what
Tom says</a> about it.</div><data class="p-rsvp" value="yes"></data></article>{rdf(THEIRS, "Tea", OURS)}
</body></html>"""
_RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Gwen</title><item><title>Tea &amp;amp; milk
</title><link>{THEIRS}</link><pubDate>Sat, 28 Nov 2026 10:00:00 +0000</pubDate><guid>{THEIRS}</guid>
<description>&lt;a href="{OURS}">tea&lt;/a></description></item></channel></rss>"""
_ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">Tea &amp;amp; milk</title>
<link href="{THEIRS}"/><published>2026-11-28T10:00:00Z</published></entry></feed>"""
_JSON = f"""{{"version": "https://jsonfeed.org/version/1.1", "title": "Gwen", "items": [
{{"url": "{THEIRS}", "title": "Tea", "date_published": "2026-11-28T10:00:00+01:00", "id": 1e9}}]}}"""
_VALUES: list[Value] = ["a", 7, True, 0.5, b"bytes", ["b", {"c": "d"}]]

_PAGES = [_PAGE.encode(), *_real("single-post", "single-post-wp71-block-theme")]
_FEED_FILES = _real("feed.rss2", "feed.rdf", "feed.atom", "comments-feed.rss2")
_FEEDS_READ = [_RSS.encode(), _ATOM.encode(), _JSON.encode(), *_FEED_FILES]
_CALLS = [
    call("wp.newPost", ("1", "gwen", "word", *_VALUES)),
    call("pingback.ping", (THEIRS, OURS)),
]
_ANSWERS = [
    answer(_VALUES), fault(48, "Known."), trackback_answer(), trackback_answer("No <b>."),
    *_real("trackback-ok", "trackback-closed", "xmlrpc-pingback-ok", "xmlrpc-pingback-duplicate-48"),
]  # fmt: skip

ANY_BYTES = st.binary(max_size=200) | encoded(WORDS)
PAGES = st.one_of(ANY_BYTES, encoded(HTML_TEXT), encoded(HTML_TEXT), damaged(_PAGES))
XML = st.one_of(ANY_BYTES, encoded(_document("rss") | _document("feed") | _document("x")))
FEEDS = st.one_of(XML, damaged(_FEEDS_READ), damaged(_FEEDS_READ), PAGES)
CALLS = st.one_of(ANY_BYTES, encoded(_document("methodCall")), damaged(_CALLS))
ANSWERS = st.one_of(
    ANY_BYTES,
    encoded(_document("methodResponse") | _document("response")),
    damaged(_ANSWERS),
)
SOURCES = st.one_of(PAGES, PAGES, FEEDS)

_FIELD_NAMES = st.sampled_from(
    ("url", "title", "excerpt", "blog_name", "charset", "source", "target")
)
_QUOTED = WORDS.map(lambda words: quote_plus(words.encode("utf-8", "surrogatepass")))
_FIELD_VALUES = _QUOTED | ADDRESSES | CHARSETS | WORDS | HTML_TEXT.map(lambda html: html[:20_000])
_FIELDS = st.builds("{}={}".format, _FIELD_NAMES, _FIELD_VALUES)
_FORM_TEXT = st.lists(_FIELDS, max_size=7).map(lambda fields: f"url={THEIRS}&{'&'.join(fields)}")
FORMS = st.one_of(ANY_BYTES, encoded(_FORM_TEXT), encoded(_FORM_TEXT)).map(
    lambda form: form[:65_536]
)

_PARAMETERS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from((";", "; ", " ;", ",", "")),
    st.sampled_from(("rel", "rel ", "REL", "anchor", "title*", "x")),
    st.sampled_from(("=", " = ", '="', "='", "")),
    st.sampled_from(('webmention"', "webmention", 'a webmention"', '\\"', '"')) | ADDRESSES | WORDS,
)
_LINKS = st.builds("<{}>{}".format, ADDRESSES, st.lists(_PARAMETERS, max_size=3).map("".join))
LINK_HEADERS = swollen(st.lists(_LINKS, max_size=3).map(",".join) | WORDS).map(
    lambda it: it[:65_536]
)
