"""TrackBack 1.2: a ping is a form, its answer a few lines of XML, and RDF says where to send it.

The specification is quoted by its sections: "Sending a TrackBack Ping", "Retrieving TrackBack
Pings" and "Auto-Discovery of TrackBack Ping URLs".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import category
from urllib.parse import parse_qsl

from lxml import etree

from app.core.errors import AppError
from app.core.i18n import _, marked
from app.core.text import clean_text, one_line, unescaped
from app.linkbacks.addresses import is_web_address
from app.linkbacks.charsets import WHEN_NOTHING_IS_SAID, known_charset, said_charset

LONGEST_TITLE = 250
LONGEST_EXCERPT = 500
LONGEST_MESSAGE = 200

# A form has five fields; an answer is a few lines. Whatever is longer was not meant for us.
_MOST_FIELDS = 50
_LONGEST_ANSWER = 65536
# Eight times what is kept: enough for the markup around it.
_LONGEST_RAW = 8 * LONGEST_EXCERPT

_UNSEEN = re.compile(r"(?is)<!--.*?(?:-->|$)|<(script|style)\b.*?(?:</\1\s*>|$)")
_BREAK = re.compile(r"(?i)</?(?:p|div|li|h[1-6]|blockquote|br|tr|td|th|dd|dt)\b[^<>]*>")
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_OPENS_MARKUP = re.compile("[<&]")
_MOST_TURNS = 10
# Unicode Bidirectional Algorithm §2: these turn round what the reader sees after them.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")

_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
_PARSER = etree.XMLParser(
    resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True
)
_NAMESPACES = (
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("trackback", "http://madskills.com/public/xml/rss/module/trackback/"),
)


class TrackbackRefused(AppError):
    """400: a ping that cannot be taken; TrackBack itself answers with 200 and its own XML."""

    status, title = 400, marked("This trackback cannot be taken")


@dataclass(frozen=True)
class TrackbackPing:
    """What somebody says of their own page that links to ours: plain text, short enough to keep."""

    url: str
    title: str = ""
    excerpt: str = ""
    blog_name: str = ""


@dataclass(frozen=True)
class ListedPing:
    """A ping as the list of a post's pings shows it."""

    title: str
    url: str
    excerpt: str = ""


def read_ping(body: bytes, content_type: str, query: bytes) -> TrackbackPing:
    """Read a ping from its form; clients older than 1.1 put fields into the query.

    Raises TrackbackRefused where a text cannot be read or the source has no usable address.
    """
    fields = {**_form_fields(query), **_form_fields(body)}
    charset = _charset_of(fields, content_type)
    said = {
        name: _decoded(fields.get(name, b""), charset)
        for name in ("url", "title", "excerpt", "blog_name")
    }
    url = said["url"].strip()
    if not url:
        raise TrackbackRefused(_("The trackback does not say which page it comes from."))
    if not is_web_address(url):
        raise TrackbackRefused(_("The trackback's url is not a web address that can be kept."))
    return TrackbackPing(
        url=url,
        title=_plain(said["title"], LONGEST_TITLE),
        excerpt=_plain(said["excerpt"], LONGEST_EXCERPT),
        blog_name=_plain(said["blog_name"], LONGEST_TITLE),
    )


def form_of(url: str, title: str, excerpt: str, blog_name: str) -> dict[str, str]:
    """The fields of a ping that we send, in the lengths that others keep."""
    return {
        "url": url,
        "title": _plain(title, LONGEST_TITLE),
        "excerpt": _plain(excerpt, LONGEST_EXCERPT),
        "blog_name": _plain(blog_name, LONGEST_TITLE),
        "charset": "utf-8",
    }


def answer(error: str = "") -> bytes:
    """The answer to a ping: taken, or refused with a sentence."""
    return _written(_response(error))


def pings_rss(
    title: str, url: str, description: str, language: str, pings: Sequence[ListedPing]
) -> bytes:
    """The pings of a post as RSS 0.91 inside an answer ("Retrieving TrackBack Pings")."""
    response = _response()
    channel = etree.SubElement(etree.SubElement(response, "rss", version="0.91"), "channel")
    _describe(channel, title, url, description)
    _add(channel, "language", language)
    for ping in pings:
        _describe(etree.SubElement(channel, "item"), ping.title, ping.url, ping.excerpt)
    return _written(response)


def rdf(post_url: str, title: str, trackback_url: str) -> str:
    """Where to ping a post, as RDF in an HTML comment ("Auto-Discovery of TrackBack Ping URLs")."""
    declared = "\n".join(f'  xmlns:{prefix}="{name}"' for prefix, name in _NAMESPACES)
    return f"""<!--
<rdf:RDF
{declared}>
<rdf:Description
  rdf:about="{_in_comment(post_url)}"
  dc:identifier="{_in_comment(post_url)}"
  dc:title="{_in_comment(title)}"
  trackback:ping="{_in_comment(trackback_url)}" />
</rdf:RDF>
-->"""


def read_answer(body: bytes) -> str:
    """What a server says to our ping: empty when it took it, else why it did not, in plain words."""
    response = _read_response(body)
    error = "" if response is None else (response.findtext("error") or "").strip()
    if response is None or not error:
        return _("The answer is not one that TrackBack knows.")
    if error == "0":
        return ""
    message = _plain(response.findtext("message") or "", LONGEST_MESSAGE)
    return message or _("The trackback was refused without a reason.")


def _form_fields(form: bytes) -> dict[str, bytes]:
    # Latin-1 gives every byte a letter and back: in which charset they are is asked later.
    try:
        pairs = parse_qsl(form.decode("latin-1"), encoding="latin-1", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise TrackbackRefused(_("The trackback has too many fields.")) from error
    return {name: value.encode("latin-1") for name, value in reversed(pairs) if value.strip()}


def _charset_of(fields: dict[str, bytes], content_type: str) -> str:
    label = fields.get("charset", b"").decode("latin-1") or said_charset(content_type)
    charset = known_charset(label)
    if label and not charset:
        raise TrackbackRefused(_("The trackback is in a charset that is not read here."))
    return charset


def _decoded(value: bytes, charset: str) -> str:
    # What names no charset was written before UTF-8 was everywhere, or is in UTF-8.
    for name in (charset,) if charset else ("utf-8", WHEN_NOTHING_IS_SAID):
        try:
            return value.decode(name)
        except UnicodeDecodeError:
            continue
    raise TrackbackRefused(_("The trackback's text cannot be read in its charset."))


def _plain(text: str, longest: int) -> str:
    """The words of what may be HTML, on one line; what is plain already stays as it is."""
    text = text[:_LONGEST_RAW]
    # Markup may be escaped more than once.
    for _turn in range(_MOST_TURNS):
        bare, text = text, _bare(text)
        if bare == text:
            break
    else:
        # Nobody writes that but to hide something, or to keep us busy: a tag a turn.
        text = one_line(_OPENS_MARKUP.sub(" ", text))
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _bare(text: str) -> str:
    text = unescaped(_TAG.sub("", _BREAK.sub(" ", _UNSEEN.sub(" ", text))))
    text = "".join(" " if category(letter) == "Cc" else letter for letter in text)
    return one_line(_TURNING.sub("", text))


def _response(error: str = "") -> etree._Element:
    response = etree.Element("response")
    _add(response, "error", "1" if error else "0")
    if error:
        _add(response, "message", error)
    return response


def _describe(parent: etree._Element, title: str, link: str, description: str) -> None:
    _add(parent, "title", title)
    _add(parent, "link", link)
    _add(parent, "description", description)


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = clean_text(text)


def _written(response: etree._Element) -> bytes:
    return _DECLARATION + etree.tostring(response, encoding="utf-8")


def _in_comment(text: str) -> str:
    # HTML §13.1.6: two hyphens may end the comment, so no two of them stand together.
    return escape(one_line(text)).replace("--", "&#45;&#45;")


def _read_response(body: bytes) -> etree._Element | None:
    if len(body) > _LONGEST_ANSWER or b"<!DOCTYPE" in body.upper():
        return None
    try:
        # Blanks before the declaration are a mistake that many servers make.
        root = etree.fromstring(body.strip(), _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return None
    # A DOCTYPE in another charset is seen only now.
    has_doctype = root.getroottree().docinfo.internalDTD is not None
    return root if root.tag == "response" and not has_doctype else None
