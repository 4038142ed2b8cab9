"""One piece of an export through a real XML parser, and its elements as values.

Names are told by their prefix as WordPress writes it (`wp:post_id`), whichever version's namespace
the file declares for it, or even none. Document types and entities are never read.
"""

import re
from collections.abc import Iterator

from lxml import etree

from app.core.i18n import _
from app.porting.wordpress.reading.dates import moment, wall_clock
from app.porting.wordpress.reading.repairs import mend, prefixes
from app.porting.wordpress.reading.values import Comments, Item, WxrAuthor, WxrComment, WxrTerm

# Prefix WordPress uses, by what its namespaces look like. Any version will do.
_FAMILIES = (
    ("excerpt", re.compile(r"wordpress\.org/export/[^/]*/excerpt")),
    ("wp", re.compile(r"wordpress\.org/export/[^/]*/?$")),
    ("content", re.compile(r"purl\.org/rss/1\.0/modules/content")),
    ("dc", re.compile(r"purl\.org/dc/elements/")),
    ("rapport", re.compile(r"tag:rapport,2026:wxr")),
)
_DECLARATION = re.compile(rb"""\sxmlns:([A-Za-z_][\w.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_USUAL = {name: name for name in ("wp", "excerpt", "content", "dc", "wfw")}
_INTEGER = re.compile(r"\d{1,18}")


class Unreadable(ValueError):
    """A piece that is no XML, whatever was tried. `line` counts from the first line of the piece."""

    def __init__(self, why: str, line: int) -> None:
        super().__init__(why)
        self.line = line


class Dialect:
    """The namespace prefixes of one file, and how its pieces are parsed."""

    def __init__(self, head: bytes) -> None:
        self._prefixes = dict(_USUAL)
        for prefix, double, single in _DECLARATION.findall(head):
            name, uri = prefix.decode(), (double or single).decode()
            known = (usual for usual, family in _FAMILIES if family.search(uri))
            self._prefixes[name] = next(known, name)
        self._open = self._opening(())

    def parse(self, piece: bytes) -> tuple[etree._Element, bool]:
        """An element around whatever the piece holds, and whether the piece had to be mended.

        Raises Unreadable.
        """
        try:
            root = self._parse(self._open, piece)
        except etree.XMLSyntaxError:
            pass
        else:
            if not any(len(text) for text in root.iter(*_LEAVES)):
                return root, False
        try:
            return self._parse(self._opening(prefixes(piece)), mend(piece)), True
        except etree.XMLSyntaxError as error:
            raise Unreadable(_plainly(error), error.lineno or 1) from error

    def _opening(self, undeclared: "set[str] | tuple[()]") -> bytes:
        names = {name: name for name in undeclared} | self._prefixes
        return "".join(["<r", *(f' xmlns:{n}="{uri}"' for n, uri in names.items()), ">"]).encode()

    @staticmethod
    def _parse(opening: bytes, piece: bytes) -> etree._Element:
        # A parser is good for one document; huge_tree lifts the limit of 10 MB for one text.
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True,
            remove_comments=True, remove_pis=True, collect_ids=False, encoding="utf-8",
        )  # fmt: skip
        return etree.fromstring(opening + piece + b"</r>", parser)


# Elements whose text may be markup somebody forgot to escape: then they are read as it stands.
_LEAVES = (
    "title", "description", "{content}encoded", "{excerpt}encoded",
    "{wp}comment_content", "{wp}comment_author", "{wp}meta_value",
)  # fmt: skip


def _plainly(error: etree.XMLSyntaxError) -> str:
    return _("not well-formed: %s") % str(error.msg).partition(", line ")[0]


def item_of(element: etree._Element, line: int, comments: Comments) -> Item:
    """An `<item>` as a value."""
    texts = _texts(element)
    name = texts.get("{wp}post_name", "")
    return Item(
        line=line,
        id=_number(texts.get("{wp}post_id", "")),
        title=texts.get("title", ""),
        link=texts.get("link", "").strip(),
        guid=texts.get("guid", "").strip(),
        creator=texts.get("{dc}creator", "").strip(),
        content=texts.get("{content}encoded", ""),
        excerpt=texts.get("{excerpt}encoded", ""),
        local=wall_clock(texts.get("{wp}post_date", "")),
        at=moment(texts.get("{wp}post_date_gmt", ""), texts.get("pubDate", "")),
        modified=moment(texts.get("{wp}post_modified_gmt", "")),
        comment_status=texts.get("{wp}comment_status", "").strip(),
        ping_status=texts.get("{wp}ping_status", "").strip(),
        name=name.strip(),
        status=texts.get("{wp}status", "").strip(),
        type=texts.get("{wp}post_type", "").strip() or "post",
        parent=_number(texts.get("{wp}post_parent", "")) or None,
        menu_order=_signed(texts.get("{wp}menu_order", "")),
        password=texts.get("{wp}post_password", ""),
        is_sticky=texts.get("{wp}is_sticky", "").strip() == "1",
        attachment_url=texts.get("{wp}attachment_url", "").strip(),
        terms=_terms_of_item(element),
        meta=_meta(element, "{wp}postmeta"),
        comments=comments,
    )


def comment_of(element: etree._Element, line: int) -> WxrComment:
    """A `<wp:comment>` as a value."""
    texts = _texts(element)
    return WxrComment(
        line=line,
        id=_number(texts.get("{wp}comment_id", "")),
        author=texts.get("{wp}comment_author", ""),
        email=texts.get("{wp}comment_author_email", "").strip(),
        url=texts.get("{wp}comment_author_url", "").strip(),
        ip=texts.get("{wp}comment_author_IP", "").strip(),
        at=moment(texts.get("{wp}comment_date_gmt", "")),
        local=wall_clock(texts.get("{wp}comment_date", "")),
        content=texts.get("{wp}comment_content", ""),
        approved=texts.get("{wp}comment_approved", "").strip(),
        type=texts.get("{wp}comment_type", "").strip(),
        parent=_number(texts.get("{wp}comment_parent", "")) or None,
        user_id=_number(texts.get("{wp}comment_user_id", "")) or None,
        meta=_meta(element, "{wp}commentmeta"),
    )


def authors_of(channel: etree._Element) -> Iterator[WxrAuthor]:
    """The people in the head, first come first."""
    for element in channel.iter("{wp}author"):
        texts = _texts(element)
        login = texts.get("{wp}author_login", "").strip()
        if login:
            yield WxrAuthor(
                login=login,
                id=_number(texts.get("{wp}author_id", "")),
                email=texts.get("{wp}author_email", "").strip(),
                name=texts.get("{wp}author_display_name", "").strip(),
                first_name=texts.get("{wp}author_first_name", "").strip(),
                last_name=texts.get("{wp}author_last_name", "").strip(),
                own_box=texts.get("{rapport}box", ""),
            )


# What the three kinds of term elements call the same things: (taxonomy, slug, name, parent, text).
_TERM_WORDS = {
    "{wp}category": ("category", "category_nicename", "cat_name", "category_parent", "category_description"),
    "{wp}tag": ("post_tag", "tag_slug", "tag_name", "", "tag_description"),
    "{wp}term": ("", "term_slug", "term_name", "term_parent", "term_description"),
}  # fmt: skip


def terms_of(channel: etree._Element) -> Iterator[WxrTerm]:
    """The terms in the head; newer files name categories and tags twice, here they come once."""
    seen: set[tuple[str, str]] = set()
    for element in channel.iter(*_TERM_WORDS):
        taxonomy, slug, name, parent, description = _TERM_WORDS[str(element.tag)]
        texts = _texts(element)
        found = WxrTerm(
            taxonomy=taxonomy or texts.get("{wp}term_taxonomy", "").strip(),
            slug=texts.get("{wp}" + slug, "").strip(),
            name=texts.get("{wp}" + name, "").strip(),
            id=_number(texts.get("{wp}term_id", "")),
            parent=texts.get("{wp}" + parent, "").strip(),
            description=texts.get("{wp}" + description, "").strip(),
        )
        if (found.taxonomy, found.slug) not in seen:
            seen.add((found.taxonomy, found.slug))
            yield found


def _texts(element: etree._Element) -> dict[str, str]:
    return {str(child.tag): child.text for child in element if child.text}


def _terms_of_item(element: etree._Element) -> tuple[WxrTerm, ...]:
    """Its `<category>` elements; WXR 1.0 writes each twice, once without its slug."""
    found: dict[tuple[str, str], WxrTerm] = {}
    for child in element.iterchildren("category"):
        name, slug = (child.text or "").strip(), (child.get("nicename") or "").strip()
        taxonomy = (child.get("domain") or _absent(child)).strip()
        taxonomy = "post_tag" if taxonomy == "tag" else taxonomy
        if taxonomy and (name or slug):
            found.setdefault((taxonomy, slug or f"name {name}"), WxrTerm(taxonomy, slug, name))
    with_slug = {(term.taxonomy, term.name) for term in found.values() if term.slug}
    return tuple(t for t in found.values() if t.slug or (t.taxonomy, t.name) not in with_slug)


def _absent(category: etree._Element) -> str:
    return "category" if category.get("domain") is None else ""


def _meta(element: etree._Element, tag: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for child in element.iterchildren(tag):
        texts = _texts(child)
        pairs.append((texts.get("{wp}meta_key", "").strip(), texts.get("{wp}meta_value", "")))
    return tuple(pairs)


def _number(text: str) -> int | None:
    found = _INTEGER.fullmatch(text.strip())
    return int(found[0]) if found else None


def _signed(text: str) -> int:
    number = _number(text.strip().removeprefix("-")) or 0
    return max(-number, -(1 << 31)) if text.strip().startswith("-") else min(number, (1 << 31) - 1)
