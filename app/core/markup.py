"""The only file which makes safe HTML: once, on writing. Everything else passes it on."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup, escape
from mdit_py_plugins.footnote import footnote_plugin
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from app.core.links import absolute_links
from app.core.pictures import Drawn, with_versions
from app.core.text import clean_text

# Raised when the rules below change: `rapport upgrade` then cleans what is stored once more.
RULES = 1

_TEXT_TAGS = {"p", "br", "a", "em", "strong", "b", "i", "u", "s", "del", "ins", "code", "pre", "q"}
_TEXT_TAGS |= {"blockquote", "ul", "ol", "li", "cite", "abbr", "sub", "sup"}
_POST_TAGS = _TEXT_TAGS | {
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "div", "span", "section", "aside", "address", "small",
    "big", "mark", "kbd", "samp", "var", "tt", "acronym", "dfn", "bdi", "bdo", "time", "wbr", "strike",
    "center", "dl", "dt", "dd", "figure", "figcaption", "picture", "source", "img", "audio", "video",
    "track", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td",
    "details", "summary", "ruby", "rt", "rp", "map", "area",
}  # fmt: skip
_COMMENT_TAGS = _TEXT_TAGS | {"acronym", "strike"}
_SCHEMES = {"http", "https", "mailto", "tel", "ftp", "irc", "xmpp"}
_POST_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"class", "id", "title", "lang", "dir"},
    "a": {"href", "hreflang", "rel", "download"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height", "loading", "decoding"},
    "source": {"src", "srcset", "type", "media", "sizes"},
    "audio": {"src", "controls", "loop", "preload", "muted"},
    "video": {"src", "controls", "loop", "preload", "muted", "poster", "width", "height"},
    "track": {"src", "kind", "srclang", "label", "default"},
    "ol": {"start", "reversed", "type"}, "li": {"value"},
    "td": {"colspan", "rowspan", "headers"}, "th": {"colspan", "rowspan", "scope", "headers"},
    "col": {"span"}, "colgroup": {"span"}, "time": {"datetime"},
    "del": {"datetime", "cite"}, "ins": {"datetime", "cite"}, "q": {"cite"}, "blockquote": {"cite"},
    "details": {"open"},
}  # fmt: skip
# These ask the reader's browser for a file: only our own files may be named in them.
_FETCHING = {"src", "srcset", "poster"}
_OWN_FILE = re.compile(r"/(?![/\\])[^\s,]*")
_OWN_FILES = re.compile(
    r"\s*/(?![/\\])\S*(\s+[\d.]+[wx])?(\s*,\s*/(?![/\\])\S*(\s+[\d.]+[wx])?)*\s*"
)
# Names the site itself gives to places on a page; a text may not take them over.
_OUR_IDS = re.compile(r"(?i)(comment|respond|content|main|search|site|respond)(-|$)")
_EMPTY_MEDIA = re.compile(r"<(?:img|source|track)(?![^>]* src(?:set)?=)[^>]*>")


class BodyFormat(StrEnum):
    """What the source of a text is written in."""

    MARKDOWN = "markdown"
    # WordPress's own: blocks, or classic text whose paragraphs are blank lines.
    WORDPRESS = "wordpress"


class SafeHtml(Markup):
    """HTML that went through this file. Only this file makes it."""

    __slots__ = ()


class CleanHtml(TypeDecorator[SafeHtml]):
    """A column of safe HTML: takes nothing but `SafeHtml`, gives it to templates as such."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Refuse any string that was not cleaned."""
        if value is not None and not isinstance(value, SafeHtml):
            raise TypeError("only SafeHtml from core.markup may be stored as HTML")
        return None if value is None else str.__str__(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> SafeHtml | None:
        """What was clean when written is safe to show."""
        return None if value is None else SafeHtml(value)


def _post_attribute(tag: str, name: str, value: str) -> str | None:
    if name in _FETCHING:
        allowed = _OWN_FILES if name == "srcset" else _OWN_FILE
        return value if allowed.fullmatch(value) else None
    if name == "id":
        return None if _OUR_IDS.match(value) else value
    if name == "href" and value[:3] == "///":
        return None
    return value


_post_cleaner = nh3.Cleaner(
    tags=_POST_TAGS,
    clean_content_tags={"script", "style", "title", "textarea", "noscript", "template"},
    attributes=_POST_ATTRIBUTES,
    attribute_filter=_post_attribute,
    strip_comments=True,
    link_rel=None,
    url_schemes=_SCHEMES,
)
_comment_cleaner = nh3.Cleaner(
    tags=_COMMENT_TAGS,
    clean_content_tags={"script", "style", "title", "textarea", "noscript", "template"},
    attributes={"a": {"href", "title"}, "abbr": {"title"}, "q": {"cite"}, "blockquote": {"cite"}},
    strip_comments=True,
    link_rel="ugc nofollow noopener",
    url_schemes={"http", "https", "mailto"},
)


def clean_post(html: str) -> SafeHtml:
    """An author's HTML made safe: known tags, own pictures, no script, no style, no frame.

    Pages of a split post are separated by a form feed in `html` and stay so; each is closed by
    itself, so that no tag reaches from one page into the next.
    """
    return SafeHtml("\f".join(map(_clean_page, html.split("\f"))))


def _clean_page(html: str) -> str:
    # Characters XML forbids are dropped last: an entity may have hidden one.
    return clean_text(_EMPTY_MEDIA.sub("", _post_cleaner.clean(html)))


def clean_comment(html: str) -> SafeHtml:
    """A commenter's HTML made safe: words, lists, quotes and links that vouch for nothing."""
    return SafeHtml(clean_text(_comment_cleaner.clean(html)))


def safe_text(text: str) -> SafeHtml:
    """Plain text as HTML."""
    return SafeHtml(escape(text))


def html_comment(block: str) -> SafeHtml:
    """What is one comment of a page and nothing else, as it is. Raises ValueError (HTML §13.1.6)."""
    inside = block.removeprefix("<!--").removesuffix("-->")
    if (
        len(block) - len(inside) != len("<!---->")
        or "--" in inside
        or inside.startswith((">", "->"))
    ):
        raise ValueError("that is not one comment")
    return SafeHtml(block)


def join_pages(pages: "list[SafeHtml] | tuple[SafeHtml, ...]") -> SafeHtml:
    """The pages of a split post as one column's worth."""
    return SafeHtml("\f".join(pages))


def split_pages(html: SafeHtml) -> tuple[SafeHtml, ...]:
    """The pages of a post; one, unless its author split it."""
    return tuple(SafeHtml(page) for page in str.split(html, "\f"))


def read_elsewhere(html: SafeHtml, page_url: str) -> SafeHtml:
    """Clean HTML of a page as a mail shows it: every link in it says the whole address."""
    return SafeHtml(absolute_links(str.__str__(html), page_url))


def with_pictures(html: SafeHtml, drawn: Mapping[str, Drawn]) -> SafeHtml:
    """Clean HTML with the versions of its pictures that there are, by the paths of their addresses."""
    return SafeHtml(with_versions(str.__str__(html), drawn)) if drawn else html


def web_address(url: str, limit: int = 500) -> str:
    """The address if it is http(s) and short enough to keep, else an empty string."""
    url = url.strip()
    return url if re.match(r"(?i)https?://[^\s<>\"']+$", url) and len(url) <= limit else ""


def _picture(self: Any, tokens: list[Token], at: int, options: Any, env: Any) -> str:
    # A picture from elsewhere would tell its server who reads here: it becomes a link.
    token = tokens[at]
    source = str(token.attrs.get("src", ""))
    if _OWN_FILE.fullmatch(source):
        return str(self.image(tokens, at, options, env))
    words = token.content or source.rsplit("/", 1)[-1]
    return f'<a href="{escape(source)}">{escape(words)}</a>'


_markdown = MarkdownIt("commonmark", {"html": True, "linkify": True})
_markdown.enable(["table", "strikethrough", "linkify"]).use(footnote_plugin)
_markdown.add_render_rule("image", _picture)
_comment_markdown = MarkdownIt("zero", {"html": False, "breaks": True, "linkify": True}).enable(
    ["newline", "linkify", "link", "autolink", "emphasis", "backticks", "fence", "code",
     "blockquote", "list", "escape", "entity", "balance_pairs", "text_join", "fragments_join"],
    ignoreInvalid=True,
)  # fmt: skip

_MORE = re.compile(r"<!--\s*more(?:\s[^>]*?)?-->")
_NEXT_PAGE = re.compile(r"<!--\s*nextpage\s*-->")


def markdown_post(source: str) -> tuple[SafeHtml, SafeHtml | None]:
    """An author's Markdown, HTML let through: (all pages, teaser before `<!--more-->` or None)."""
    pages = _NEXT_PAGE.split(source)
    teaser = _MORE.split(pages[0], maxsplit=1)
    html = "\f".join(_markdown.render(_MORE.sub("", page)) for page in pages)
    return clean_post(html), clean_post(_markdown.render(teaser[0])) if len(teaser) > 1 else None


# As it stands in a text: not within an address, not within a word.
_NAME = re.compile(r"(?<![\w@/.-])@([\w-]{1,80})")


def names_in(source: str) -> list[str]:
    """What stands behind an @ in a text, in its order and as it is looked up."""
    return [found for match in _NAME.findall(source) if (found := match.rstrip("-").casefold())]


def markdown_comment(source: str, named: Mapping[str, str] | None = None) -> SafeHtml:
    """A commenter's Markdown: paragraphs, breaks, links, emphasis, code, quotes, lists.

    `named` has the address of each name that is to lead somewhere from behind an @.
    """
    return clean_comment(_comment_markdown.render(source, {"named": named or {}}))


def without_links(html: SafeHtml, addresses: Collection[str]) -> SafeHtml:
    """The same HTML, in which what led to one of these addresses is a word like any other."""
    found = _SHORT_LINK.sub(lambda link: link[2] if link[1] in addresses else link[0], str(html))
    return SafeHtml(found)


_SHORT_LINK = re.compile(r'<a href="([^"]*)"[^<>]*>([^<>]*)</a>')


def _link_names(state: StateCore) -> None:
    named: Mapping[str, str] = state.env.get("named", {})
    for token in state.tokens if named else ():
        if token.children:
            token.children = list(_with_names(token.children, named))


def _with_names(tokens: Iterable[Token], named: Mapping[str, str]) -> Iterator[Token]:
    within = 0
    for token in tokens:
        within += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and not within:
            yield from _cut_at_names(token, named)
        else:
            yield token


def _cut_at_names(token: Token, named: Mapping[str, str]) -> Iterator[Token]:
    done = 0
    for match in _NAME.finditer(token.content):
        name = match[1].rstrip("-")
        address = named.get(name.casefold())
        if address is None:
            continue
        yield Token("text", "", 0, content=token.content[done : match.start()])
        yield Token("link_open", "a", 1, attrs={"href": address})
        yield Token("text", "", 0, content=f"@{name}")
        yield Token("link_close", "a", -1)
        done = match.start(1) + len(name)
    yield Token("text", "", 0, content=token.content[done:])


_comment_markdown.core.ruler.push("names", _link_names)
