"""One post, upload or comment as WXR. Pure: rows in, text out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from xml.sax.saxutils import escape

from app.core.markup import BodyFormat
from app.discussions.models import Comment, CommentStatus
from app.media.models import Upload
from app.porting.wordpress.exporting import elements as wxr
from app.porting.wordpress.exporting.own_words import PREFIX, comment_meta, post_meta
from app.posts.addresses import address
from app.posts.models import Post, PostStatus, Taxonomy, Term

STATUSES = {
    PostStatus.PUBLISHED: "publish",
    PostStatus.SCHEDULED: "future",
    PostStatus.DRAFT: "draft",
    PostStatus.PRIVATE: "private",
    PostStatus.TRASHED: "trash",
}
COMMENT_STATUSES = {
    CommentStatus.APPROVED: "1",
    CommentStatus.PENDING: "0",
    CommentStatus.SPAM: "spam",
    CommentStatus.REMOVED: "trash",
}
TAXONOMIES = {Taxonomy.CATEGORY: "category", Taxonomy.TAG: "post_tag"}


@dataclass(frozen=True)
class Surroundings:
    """What every item needs to know of the site."""

    base_url: str
    zone: tzinfo
    # An upload's number in the file, by its id: posts and uploads share their numbers there.
    upload_numbers: dict[int, int]


def post_item(
    post: Post, authors: list[str], terms: Sequence[Term], old_slugs: list[str], site: Surroundings
) -> str:
    """A post or page up to its comments; the item is left open for these."""
    is_public = post.status == PostStatus.PUBLISHED and post.path is not None
    link = site.base_url + (address(post.path or "") if is_public else f"/?p={post.id}")
    meta = list(post_meta(post, authors))
    if post.cover_id is not None:
        meta.append(("_thumbnail_id", str(site.upload_numbers[post.cover_id])))
    if post.status == PostStatus.TRASHED and post.was_public:
        meta.append(("_wp_trash_meta_status", "publish"))
    meta += [("_wp_old_slug", slug) for slug in old_slugs]
    return "\t<item>\n" + "".join(
        (
            wxr.said("title", post.title),
            wxr.plain("link", link),
            wxr.plain("pubDate", wxr.rfc822(post.published_at)),
            wxr.text("dc:creator", authors[0] if authors else ""),
            wxr.plain("guid", post.guid, attributes=' isPermaLink="false"'),
            wxr.text("description", ""),
            wxr.text("content:encoded", _content(post)),
            wxr.text("excerpt:encoded", post.excerpt_source),
            wxr.number("wp:post_id", post.id),
            wxr.text("wp:post_date", wxr.wall(post.published_local)),
            wxr.text("wp:post_date_gmt", wxr.gmt(post.published_at)),
            wxr.text("wp:post_modified", wxr.local(post.updated_at, site.zone)),
            wxr.text("wp:post_modified_gmt", wxr.gmt(post.updated_at)),
            wxr.text("wp:comment_status", "open" if post.comments_open else "closed"),
            wxr.text("wp:ping_status", "open" if post.pings_open else "closed"),
            wxr.text("wp:post_name", post.slug),
            wxr.text("wp:status", STATUSES[post.status]),
            wxr.number("wp:post_parent", post.parent_id or 0),
            wxr.number("wp:menu_order", post.menu_order),
            wxr.text("wp:post_type", post.kind),
            wxr.text("wp:post_password", ""),
            wxr.number("wp:is_sticky", int(post.is_sticky)),
            *(_term(term) for term in terms),
            wxr.meta("postmeta", meta),
        )
    )


def end_of_item() -> str:
    """What closes an item."""
    return "\t</item>\n"


def _content(post: Post) -> str:
    if post.body_format == BodyFormat.WORDPRESS:
        return post.body_source
    # A block of its own, so that nobody makes paragraphs of what has them.
    pages = [f"<!-- wp:html -->\n{str.__str__(page)}\n<!-- /wp:html -->" for page in post.pages]
    split = "\n<!-- wp:nextpage -->\n<!--nextpage-->\n<!-- /wp:nextpage -->\n"
    return split.join(pages) if post.body_html else ""


def _term(term: Term) -> str:
    domain = TAXONOMIES[Taxonomy(term.taxonomy)]
    attributes = f' domain="{domain}" nicename="{address(term.slug)}"'
    return f"\t\t<category{attributes}>{wxr.cdata(escape(term.name))}</category>\n"


def upload_item(upload: Upload, author: str, site: Surroundings) -> str:
    """An upload, as WordPress keeps it: an attachment."""
    meta = [("_wp_attached_file", upload.path)]
    url = f"{site.base_url}{address('/wp-content/uploads/' + upload.path)}"
    if upload.source_url and upload.source_url != url:
        meta.append((f"{PREFIX}source_url", upload.source_url))
    if upload.alt:
        meta.append(("_wp_attachment_image_alt", upload.alt))
    number = site.upload_numbers[upload.id]
    page = address(upload.page_path) if upload.page_path else f"/?attachment_id={number}"
    return wxr.group(
        "item",
        (
            wxr.said("title", upload.title),
            wxr.plain("link", site.base_url + page),
            wxr.plain("pubDate", wxr.rfc822(upload.created_at)),
            wxr.text("dc:creator", author),
            wxr.plain("guid", upload.guid or "", attributes=' isPermaLink="false"'),
            wxr.text("description", ""),
            wxr.text("content:encoded", upload.description),
            wxr.text("excerpt:encoded", upload.caption),
            wxr.number("wp:post_id", number),
            wxr.text("wp:post_date", wxr.local(upload.created_at, site.zone)),
            wxr.text("wp:post_date_gmt", wxr.gmt(upload.created_at)),
            wxr.text("wp:comment_status", "closed"),
            wxr.text("wp:ping_status", "closed"),
            wxr.text("wp:post_name", upload.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]),
            wxr.text("wp:status", "inherit"),
            wxr.number("wp:post_parent", upload.post_id or 0),
            wxr.number("wp:menu_order", 0),
            wxr.text("wp:post_type", "attachment"),
            wxr.text("wp:post_password", ""),
            wxr.number("wp:is_sticky", 0),
            wxr.plain("wp:attachment_url", url),
            wxr.meta("postmeta", meta),
        ),
    )


def comment_element(comment: Comment, post_guid: str, site: Surroundings) -> str:
    """A comment or linkback."""
    is_ours = comment.body_format == BodyFormat.MARKDOWN
    words = str.__str__(comment.body_html) if is_ours else comment.body_source
    return wxr.group(
        "wp:comment",
        (
            wxr.number("wp:comment_id", comment.id, 3),
            wxr.said("wp:comment_author", comment.author_name, 3),
            wxr.text("wp:comment_author_email", comment.author_email, 3),
            wxr.plain("wp:comment_author_url", comment.author_url, 3),
            wxr.text("wp:comment_author_IP", comment.author_ip, 3),
            wxr.text("wp:comment_date", wxr.local(comment.created_at, site.zone), 3),
            wxr.text("wp:comment_date_gmt", wxr.gmt(comment.created_at), 3),
            wxr.text("wp:comment_content", words, 3),
            wxr.text("wp:comment_approved", COMMENT_STATUSES[comment.status], 3),
            wxr.text("wp:comment_type", comment.kind, 3),
            wxr.number("wp:comment_parent", comment.parent_id or 0, 3),
            wxr.number("wp:comment_user_id", comment.user_id or 0, 3),
            wxr.meta("commentmeta", comment_meta(comment, post_guid), 3),
        ),
        2,
    )
