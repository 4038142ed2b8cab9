"""Posts by the older interfaces: Blogger's, MetaWeblog's, and Movable Type's additions to it."""

from html import escape

from sqlalchemy import select

from app.core.xml_rpc import Value
from app.discussions.models import Comment, CommentKind, CommentStatus, Thread
from app.posts.models import PostKind, PostStatus, Taxonomy
from app.web.rpc import structs
from app.web.rpc.calling import Asking
from app.web.rpc.dates import date_of, local
from app.web.rpc.params import Params, number, struct
from app.web.rpc.reading import Wanted, post_to_write, posts_to_write
from app.web.rpc.texts import text_of
from app.web.rpc.writing import add, edit, trash
from app.web.rpc.written import Written, from_meta_weblog, kind_named


async def new_post(asking: Asking, params: Params) -> Value:
    """A new post; its id as text."""
    content = params["content"]
    kind = kind_named(str(content.get("post_type") or "post"))
    publish = params.get("publish", False)
    written = from_meta_weblog(content, asking.site, publish=publish, kind=kind)
    return str(await add(asking, written))


async def edit_post(asking: Asking, params: Params) -> Value:
    """Change a post; without the flag it is no longer public."""
    async with asking.doors.reading() as db:
        kind = PostKind((await post_to_write(db, asking.me, params["post"])).post.kind)
    publish = params.get("publish", False)
    written = from_meta_weblog(params["content"], asking.site, publish=publish, kind=kind)
    await edit(asking, params["post"], written)
    return True


async def get_post(asking: Asking, params: Params) -> Value:
    """A post."""
    async with asking.doors.reading() as db:
        whole = await post_to_write(db, asking.me, params["post"])
    return structs.meta_weblog_post(asking, whole)


async def delete_post(asking: Asking, params: Params) -> Value:
    """Put a post into the trash."""
    await trash(asking, params["post"])
    return True


async def get_recent_posts(asking: Asking, params: Params) -> Value:
    """The newest posts."""
    async with asking.doors.reading() as db:
        found = await posts_to_write(db, asking.me, Wanted(number=params.get("most", 10)))
    return [structs.meta_weblog_post(asking, whole) for whole in found]


async def get_bloggers_recent_posts(asking: Asking, params: Params) -> Value:
    """The newest posts as Blogger had them: the title stands in the text, as a tag."""
    async with asking.doors.reading() as db:
        found = await posts_to_write(db, asking.me, Wanted(number=params.get("most", 10)))
    return [
        {
            "userid": str(whole.author.id if whole.author else 0),
            "postid": str(whole.post.id),
            "dateCreated": local(date_of(whole.post), asking.site),
            "content": f"<title>{escape(whole.post.title)}</title>"
            + text_of(whole.post, asking.frame.base_url),
        }
        for whole in found
    ]


async def get_recent_titles(asking: Asking, params: Params) -> Value:
    """The newest posts' titles."""
    async with asking.doors.reading() as db:
        found = await posts_to_write(db, asking.me, Wanted(number=params.get("most", 10)))
    return [structs.title_of(asking, whole) for whole in found]


async def get_post_categories(asking: Asking, params: Params) -> Value:
    """A post's categories, the first of them the primary one."""
    async with asking.doors.reading() as db:
        whole = await post_to_write(db, asking.me, params["post"])
    return [
        {"categoryName": term.name, "categoryId": str(term.id), "isPrimary": not at}
        for at, term in enumerate(whole.of(Taxonomy.CATEGORY))
    ]


async def set_post_categories(asking: Asking, params: Params) -> Value:
    """Give a post these categories, the primary one first."""
    given = [struct(one) for one in params["categories"]]
    given.sort(key=lambda one: not one.get("isPrimary"))
    ids = [number(one.get("categoryId")) for one in given]
    await edit(asking, params["post"], Written(term_ids={Taxonomy.CATEGORY: ids}))
    return True


async def publish_post(asking: Asking, params: Params) -> Value:
    """Publish a post as it is."""
    await edit(asking, params["post"], Written(status=PostStatus.PUBLISHED))
    return True


async def get_trackback_pings(asking: Asking, params: Params) -> Value:
    """The trackbacks that a post's readers see."""
    query = (
        select(Comment)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(
            Thread.post_id == params["post"],
            Comment.kind == CommentKind.TRACKBACK,
            Comment.status == CommentStatus.APPROVED,
        )
        .order_by(Comment.approved_at, Comment.id)
    )
    async with asking.doors.reading() as db:
        await post_to_write(db, asking.me, params["post"])
        pings = list(await db.scalars(query))
    # Whose address it was is kept for a month, and not for this.
    return [{"pingTitle": p.author_name, "pingURL": p.author_url, "pingIP": ""} for p in pings]


async def supported_methods(asking: Asking, _params: Params) -> Value:
    """The names of all methods."""
    return list(asking.methods)


async def supported_text_filters(_asking: Asking, _params: Params) -> Value:
    """None: texts come as HTML."""
    return []
