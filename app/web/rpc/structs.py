"""Posts, terms and files as the structs that editors know."""

from collections.abc import Iterable

from app.core import clock
from app.core.xml_rpc import Value
from app.media.models import Upload
from app.media.showing import UPLOADS
from app.posts.addresses import address
from app.posts.models import Post, PostKind, PostStatus, Taxonomy, Term
from app.web.rpc.calling import Asking
from app.web.rpc.dates import changed_at, date_of, gmt, local
from app.web.rpc.reading import Whole
from app.web.rpc.texts import in_two, text_of
from app.web.rpc.written import KINDS, TAXONOMIES, names_of

Struct = dict[str, Value]

STATUS_NAMES = {
    PostStatus.DRAFT: "draft",
    PostStatus.SCHEDULED: "future",
    PostStatus.PUBLISHED: "publish",
    PostStatus.PRIVATE: "private",
    PostStatus.TRASHED: "trash",
}


def link_of(post: Post, base_url: str) -> str:
    """Where a post is read; of one without an address, its short one."""
    return base_url + (address(post.path) if post.path else f"/?p={post.id}")


def title_of(asking: Asking, whole: Whole) -> Struct:
    """A post in a list of titles."""
    post = whole.post
    return {
        **dates(asking, post),
        "userid": str(whole.author.id if whole.author else 0),
        "postid": str(post.id),
        "title": post.title,
        "post_status": _as_published(post),
    }


def meta_weblog_post(asking: Asking, whole: Whole) -> Struct:
    """A post for the MetaWeblog API, with what Movable Type and WordPress added."""
    post, url = whole.post, link_of(whole.post, asking.frame.base_url)
    before, after = in_two(text_of(post, asking.frame.base_url))
    return {
        **title_of(asking, whole),
        **_author(whole),
        "description": before,
        "mt_text_more": after,
        "wp_more_text": "",
        "mt_excerpt": post.excerpt_source,
        "link": url,
        "permaLink": url,
        "categories": [term.name for term in whole.of(Taxonomy.CATEGORY)],
        "mt_keywords": ", ".join(term.name for term in whole.of(Taxonomy.TAG)),
        "mt_allow_comments": int(post.comments_open),
        "mt_allow_pings": int(post.pings_open),
        "mt_convert_breaks": "",
        "wp_slug": post.slug,
        "wp_password": "",
        "wp_post_format": "standard",
        "wp_post_thumbnail": str(post.cover_id or ""),
        "date_modified": local(changed_at(post), asking.site),
        "date_modified_gmt": gmt(changed_at(post)),
        "sticky": post.is_sticky,
        "custom_fields": [],
    }


def page(asking: Asking, whole: Whole) -> Struct:
    """A page, as WordPress's own methods for pages have it."""
    post, url = whole.post, link_of(whole.post, asking.frame.base_url)
    before, after = in_two(text_of(post, asking.frame.base_url))
    return {
        **dates(asking, post),
        **_author(whole),
        "userid": str(whole.author.id if whole.author else 0),
        "page_id": post.id,
        "page_status": STATUS_NAMES[PostStatus(post.status)],
        "description": before,
        "text_more": after,
        "title": post.title,
        "link": url,
        "permaLink": url,
        "categories": [],
        "excerpt": post.excerpt_source,
        "mt_allow_comments": int(post.comments_open),
        "mt_allow_pings": int(post.pings_open),
        "wp_slug": post.slug,
        "wp_password": "",
        "wp_author": whole.author.name if whole.author else "",
        "wp_page_parent_id": post.parent_id or 0,
        "wp_page_parent_title": "",
        "wp_page_order": post.menu_order,
        "wp_page_template": "default",
        "custom_fields": [],
    }


def wordpress_post(asking: Asking, whole: Whole, fields: Iterable[str]) -> Struct:
    """A post for the WordPress API: the groups and single fields that are asked for."""
    asked = set(fields) or {"post", "terms", "custom_fields"}
    post = whole.post
    own = _wordpress_fields(asking, whole)
    if "post" not in asked:
        own = {name: value for name, value in own.items() if name in asked}
    found: Struct = {"post_id": str(post.id), **own}
    if asked & {"terms", "taxonomies"}:
        found["terms"] = [wordpress_term(term) for term in whole.terms]
    if "custom_fields" in asked:
        found["custom_fields"] = []
    return found


def wordpress_term(term: Term, count: int = 0) -> Struct:
    """A category or a tag."""
    return {
        "term_id": str(term.id),
        "name": term.name,
        "slug": term.slug,
        "term_group": "0",
        "term_taxonomy_id": str(term.id),
        "taxonomy": names_of(TAXONOMIES, term.taxonomy),
        "description": term.description,
        "parent": str(term.parent_id or 0),
        "count": count,
        "filter": "raw",
    }


def media(asking: Asking, upload: Upload) -> Struct:
    """A file."""
    at = upload.created_at or clock.now()
    sizes: Struct = {"width": upload.width or 0, "height": upload.height or 0, "file": upload.path}
    url = f"{asking.frame.base_url}{address(UPLOADS + upload.path)}"
    return {
        "attachment_id": str(upload.id),
        "id": str(upload.id),
        "date_created_gmt": gmt(at),
        "parent": upload.post_id or 0,
        "link": url,
        "url": url,
        "thumbnail": url,
        "file": upload.path.rpartition("/")[2],
        "title": upload.title,
        "caption": upload.caption,
        "description": upload.description,
        "metadata": sizes,
        "type": upload.mime,
        "alt": upload.alt,
    }


def _wordpress_fields(asking: Asking, whole: Whole) -> Struct:
    post = whole.post
    return {
        "post_title": post.title,
        "post_date": local(date_of(post), asking.site),
        "post_date_gmt": gmt(date_of(post)),
        "post_modified": local(changed_at(post), asking.site),
        "post_modified_gmt": gmt(changed_at(post)),
        "post_status": STATUS_NAMES[PostStatus(post.status)],
        "post_type": names_of(KINDS, PostKind(post.kind)),
        "post_name": post.slug,
        "post_author": str(whole.author.id if whole.author else 0),
        "post_password": "",
        "post_excerpt": post.excerpt_source,
        "post_content": text_of(post, asking.frame.base_url),
        "post_parent": str(post.parent_id or 0),
        "post_mime_type": "",
        "link": link_of(post, asking.frame.base_url),
        "guid": post.guid,
        "menu_order": post.menu_order,
        "comment_status": "open" if post.comments_open else "closed",
        "ping_status": "open" if post.pings_open else "closed",
        "sticky": post.is_sticky,
        "post_thumbnail": media(asking, whole.cover) if whole.cover else [],
        "post_format": "standard",
    }


def dates(asking: Asking, post: Post) -> Struct:
    """A date of a post, twice, as the older interfaces have it."""
    return {
        "dateCreated": local(date_of(post), asking.site),
        "date_created_gmt": gmt(date_of(post)),
    }


def _author(whole: Whole) -> Struct:
    author = whole.author
    return {
        "wp_author_id": str(author.id if author else 0),
        "wp_author_display_name": author.name if author else "",
    }


def _as_published(post: Post) -> str:
    # These interfaces are older than the state "future", and not all of their clients know it.
    status = STATUS_NAMES[PostStatus(post.status)]
    return "publish" if status == "future" else status
