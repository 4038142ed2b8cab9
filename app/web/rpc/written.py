"""What an editor sent about a post, whichever of the interfaces it speaks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.errors import Invalid
from app.core.i18n import _
from app.core.xml_rpc import INVALID_PARAMS, Fault
from app.posts.models import PostKind, PostStatus, Taxonomy
from app.site.models import SiteRow
from app.web.rpc.dates import date_in
from app.web.rpc.params import array, flag, number, struct, text, texts
from app.web.rpc.texts import joined

# WordPress has one more that we need not tell apart: what waits for an editor is a draft.
STATUSES: Mapping[str, PostStatus] = {
    "publish": PostStatus.PUBLISHED,
    "future": PostStatus.PUBLISHED,
    "draft": PostStatus.DRAFT,
    "auto-draft": PostStatus.DRAFT,
    "pending": PostStatus.DRAFT,
    "private": PostStatus.PRIVATE,
}
TAXONOMIES: Mapping[str, Taxonomy] = {"category": Taxonomy.CATEGORY, "post_tag": Taxonomy.TAG}
KINDS: Mapping[str, PostKind] = {"post": PostKind.POST, "page": PostKind.PAGE}


@dataclass(frozen=True, kw_only=True)
class Written:
    """What was sent; None where nothing was. Of terms only those taxonomies that were sent."""

    kind: PostKind = PostKind.POST
    title: str | None = None
    text: str | None = None
    excerpt: str | None = None
    slug: str | None = None
    status: PostStatus | None = None
    at: datetime | None = None
    term_names: Mapping[Taxonomy, list[str]] = field(default_factory=dict)
    term_ids: Mapping[Taxonomy, list[int]] = field(default_factory=dict)
    author_id: int | None = None
    parent_id: int | None = None
    cover_id: int | None = None
    menu_order: int | None = None
    is_sticky: bool | None = None
    comments_open: bool | None = None
    pings_open: bool | None = None
    trackbacks: tuple[str, ...] = ()


def from_meta_weblog(
    content: Mapping[str, Any], site: SiteRow, *, publish: bool, kind: PostKind
) -> Written:
    """A struct of the MetaWeblog API, with what Movable Type and WordPress added to it. Raises Fault."""
    _refuse_password(content, "wp_password")
    status = _text(content, "post_status") or _text(content, "page_status")
    named: dict[Taxonomy, list[str]] = {}
    if "categories" in content and kind == PostKind.POST:
        named[Taxonomy.CATEGORY] = texts(content["categories"])
    if "mt_keywords" in content and kind == PostKind.POST:
        named[Taxonomy.TAG] = _keywords(content["mt_keywords"])
    return Written(
        kind=kind,
        title=_text(content, "title"),
        text=_whole_text(content),
        excerpt=_text(content, "mt_excerpt"),
        slug=_text(content, "wp_slug") or None,
        status=_status(status) if status else _by_flag(publish=publish),
        at=date_in(content, site, in_gmt=("date_created_gmt",), by_site=("dateCreated",)),
        term_names=named,
        author_id=_number(content, "wp_author_id"),
        parent_id=_number(content, "wp_page_parent_id"),
        cover_id=_number(content, "wp_post_thumbnail"),
        menu_order=_number(content, "wp_page_order"),
        is_sticky=_flag(content, "sticky"),
        comments_open=_switch(content, "mt_allow_comments"),
        pings_open=_switch(content, "mt_allow_pings"),
        trackbacks=_addresses(content.get("mt_tb_ping_urls", "")),
    )


def from_wordpress(content: Mapping[str, Any], site: SiteRow) -> Written:
    """A struct of the WordPress API. Raises Fault."""
    _refuse_password(content, "post_password")
    status = _text(content, "post_status")
    return Written(
        kind=kind_named(_text(content, "post_type") or "post"),
        title=_text(content, "post_title"),
        text=_text(content, "post_content"),
        excerpt=_text(content, "post_excerpt"),
        slug=_text(content, "post_name") or None,
        status=_status(status) if status else None,
        at=date_in(content, site, in_gmt=("post_date_gmt",), by_site=("post_date",)),
        term_names=_by_taxonomy(content, "terms_names", texts),
        term_ids=_by_taxonomy(content, "terms", _numbers),
        author_id=_number(content, "post_author"),
        parent_id=_number(content, "post_parent"),
        cover_id=_number(content, "post_thumbnail"),
        menu_order=_number(content, "menu_order"),
        is_sticky=_flag(content, "sticky"),
        comments_open=_switch(content, "comment_status"),
        pings_open=_switch(content, "ping_status"),
    )


def kind_named(name: str) -> PostKind:
    """Posts and pages by WordPress's name for their type. Raises Fault."""
    if name not in KINDS:
        raise Fault(403, _("There are posts and pages here, and no other types."))
    return KINDS[name]


def taxonomy_named(name: str) -> Taxonomy:
    """Categories and tags by WordPress's name for them. Raises Fault."""
    if name not in TAXONOMIES:
        raise Fault(403, _("There are categories and tags here, and no other taxonomies."))
    return TAXONOMIES[name]


def _by_taxonomy(content: Mapping[str, Any], name: str, read: Any) -> dict[Taxonomy, Any]:
    given = struct(content.get(name, {}))
    return {taxonomy_named(taxonomy): read(values) for taxonomy, values in given.items()}


def _numbers(values: Any) -> list[int]:
    return [number(value) for value in array(values)]


def _keywords(value: Any) -> list[str]:
    return texts(value) if isinstance(value, list) else text(value).split(",")


def _addresses(value: Any) -> tuple[str, ...]:
    """Movable Type has an array of them, editors for WordPress one text with blanks in between."""
    return tuple(" ".join(texts(value) if isinstance(value, list) else [text(value)]).split())


def _whole_text(content: Mapping[str, Any]) -> str | None:
    before = _text(content, "description")
    after = _text(content, "mt_text_more")
    return before if before is None or not after else joined(before, after)


def _status(name: str) -> PostStatus:
    if name not in STATUSES:
        raise Fault(INVALID_PARAMS, _("“%(name)s” is no state of a post.") % {"name": name[:40]})
    return STATUSES[name]


def _by_flag(*, publish: bool) -> PostStatus:
    return PostStatus.PUBLISHED if publish else PostStatus.DRAFT


def _refuse_password(content: Mapping[str, Any], name: str) -> None:
    # Published without it, it would be read by those it was kept from.
    if _text(content, name):
        raise Invalid(_("Posts have no passwords here. Make it private instead."))


def _text(content: Mapping[str, Any], name: str) -> str | None:
    return text(content[name]) if name in content else None


def _number(content: Mapping[str, Any], name: str) -> int | None:
    value = content.get(name)
    # Empty, or a struct that was given out and comes back: nothing was meant.
    return None if value in (None, "", []) or isinstance(value, dict) else number(value)


def _flag(content: Mapping[str, Any], name: str) -> bool | None:
    return flag(content[name]) if name in content else None


def _switch(content: Mapping[str, Any], name: str) -> bool | None:
    """Movable Type has numbers (1 is open, 0 and 2 are not), WordPress words."""
    value = content.get(name)
    return None if value in (None, "") else str(value).lower() in ("open", "1", "true")


def names_of(words: Mapping[str, Any], value: Any) -> str:
    """WordPress's name for one of ours."""
    return next(name for name, ours in words.items() if ours == value)
