"""Posts and pages by WordPress's own interface."""

from app.core.i18n import _
from app.core.xml_rpc import INVALID_PARAMS, Fault, Value
from app.posts.models import PostKind
from app.web.rpc import structs
from app.web.rpc.calling import Asking
from app.web.rpc.params import Params, number, struct, text
from app.web.rpc.reading import MOST_AT_ONCE, Wanted, post_to_write, posts_to_write
from app.web.rpc.writing import add, edit, trash
from app.web.rpc.written import from_meta_weblog, from_wordpress, kind_named

_STATUSES = {name: status for status, name in structs.STATUS_NAMES.items()}


async def new_post(asking: Asking, params: Params) -> Value:
    """A new post or page, as a draft unless its state is sent; its id as text."""
    return str(await add(asking, from_wordpress(params["content"], asking.site)))


async def edit_post(asking: Asking, params: Params) -> Value:
    """Change what is sent of a post or page, and nothing else."""
    content = params["content"]
    if not struct(content):
        raise Fault(INVALID_PARAMS, _("Nothing is said about the post."))
    await edit(asking, params["post"], from_wordpress(content, asking.site))
    return True


async def delete_post(asking: Asking, params: Params) -> Value:
    """Put a post or page into the trash."""
    await trash(asking, params["post"])
    return True


async def get_post(asking: Asking, params: Params) -> Value:
    """A post or page, or some fields of it."""
    async with asking.doors.reading() as db:
        whole = await post_to_write(db, asking.me, params["post"])
    return structs.wordpress_post(asking, whole, params.get("fields", ()))


async def get_posts(asking: Asking, params: Params) -> Value:
    """Posts or pages, filtered by type and state, a number of them past an offset."""
    given = params.get("filter", {})
    status = text(given.get("post_status", ""))
    if status and status not in _STATUSES:
        return []
    wanted = Wanted(
        kind=kind_named(text(given.get("post_type", "post"))),
        status=_STATUSES[status] if status else None,
        number=number(given.get("number", 10)),
        offset=min(number(given.get("offset", 0)), 1_000_000),
        newest_change_first=given.get("orderby") == "modified",
    )
    async with asking.doors.reading() as db:
        found = await posts_to_write(db, asking.me, wanted)
    return [structs.wordpress_post(asking, whole, params.get("fields", ())) for whole in found]


async def get_page(asking: Asking, params: Params) -> Value:
    """A page."""
    async with asking.doors.reading() as db:
        whole = await post_to_write(db, asking.me, params["page"], PostKind.PAGE)
    return structs.page(asking, whole)


async def get_pages(asking: Asking, params: Params) -> Value:
    """The newest pages."""
    wanted = Wanted(kind=PostKind.PAGE, number=params.get("most", 10))
    async with asking.doors.reading() as db:
        found = await posts_to_write(db, asking.me, wanted)
    return [structs.page(asking, whole) for whole in found]


async def get_page_list(asking: Asking, params: Params) -> Value:
    """All pages' titles and places in the tree."""
    wanted = Wanted(kind=PostKind.PAGE, number=MOST_AT_ONCE)
    async with asking.doors.reading() as db:
        found = await posts_to_write(db, asking.me, wanted)
    return [
        {
            **structs.dates(asking, whole.post),
            "page_id": str(whole.post.id),
            "page_title": whole.post.title,
            "page_parent_id": str(whole.post.parent_id or 0),
        }
        for whole in found
    ]


async def new_page(asking: Asking, params: Params) -> Value:
    """A new page; its id as text."""
    publish = params.get("publish", False)
    content = params["content"]
    written = from_meta_weblog(content, asking.site, publish=publish, kind=PostKind.PAGE)
    return str(await add(asking, written))


async def edit_page(asking: Asking, params: Params) -> Value:
    """Change a page; without the flag it is no longer public."""
    publish = params.get("publish", False)
    content = params["content"]
    written = from_meta_weblog(content, asking.site, publish=publish, kind=PostKind.PAGE)
    await edit(asking, params["page"], written, PostKind.PAGE)
    return True


async def delete_page(asking: Asking, params: Params) -> Value:
    """Put a page into the trash."""
    await trash(asking, params["page"], PostKind.PAGE)
    return True


async def get_post_status_list(_asking: Asking, _params: Params) -> Value:
    """The states a post may be given."""
    return {
        "draft": _("Draft"),
        "private": _("Private"),
        "publish": _("Published"),
    }


async def get_post_formats(_asking: Asking, _params: Params) -> Value:
    """One, as posts look alike here."""
    return {"standard": _("Standard")}


async def get_page_templates(_asking: Asking, _params: Params) -> Value:
    """One, as pages look alike here."""
    return {_("Default"): "default"}


async def get_post_types(_asking: Asking, _params: Params) -> Value:
    """Posts and pages."""
    return {"post": _POST, "page": _PAGE}


async def get_post_type(_asking: Asking, params: Params) -> Value:
    """One of them."""
    return {PostKind.POST: _POST, PostKind.PAGE: _PAGE}[kind_named(params["type"])]


_POST: structs.Struct = {
    "name": "post", "label": "Posts", "hierarchical": False, "public": True, "_builtin": True,
    "taxonomies": ["category", "post_tag"],
    "supports": {"title": True, "editor": True, "author": True, "thumbnail": True, "excerpt": True,
                 "trackbacks": True, "comments": True, "revisions": True},
}  # fmt: skip
_PAGE: structs.Struct = {
    "name": "page", "label": "Pages", "hierarchical": True, "public": True, "_builtin": True,
    "taxonomies": [],
    "supports": {"title": True, "editor": True, "author": True, "thumbnail": True, "comments": True,
                 "page-attributes": True, "revisions": True},
}  # fmt: skip
