"""Categories and tags, as each of the interfaces has them."""

from collections.abc import Sequence

from app.accounts.policy import may_write_posts
from app.core.answers import require
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.xml_rpc import INVALID_PARAMS, Fault, Value
from app.posts.addresses import address
from app.posts.models import Taxonomy, Term
from app.posts.policy import may_add_term
from app.posts.terms import NewTerm, add_term, all_terms, uses_of
from app.web.rpc.calling import Asking
from app.web.rpc.params import Params, number, struct, text
from app.web.rpc.structs import Struct, wordpress_term
from app.web.rpc.written import taxonomy_named


async def get_categories(asking: Asking, _params: Params) -> Value:
    """All categories."""
    terms, _uses = await _all(asking, Taxonomy.CATEGORY)
    return [
        {
            "categoryId": str(term.id),
            "parentId": str(term.parent_id or 0),
            "categoryName": term.name,
            "description": term.name,
            "categoryDescription": term.description,
            "htmlUrl": _url(asking, term),
            "rssUrl": f"{_url(asking, term)}feed/",
        }
        for term in terms
    ]


async def get_category_list(asking: Asking, _params: Params) -> Value:
    """All categories' names."""
    terms, _uses = await _all(asking, Taxonomy.CATEGORY)
    return [{"categoryId": str(term.id), "categoryName": term.name} for term in terms]


async def get_tags(asking: Asking, _params: Params) -> Value:
    """All tags."""
    terms, uses = await _all(asking, Taxonomy.TAG)
    return [
        {
            "tag_id": str(term.id),
            "name": term.name,
            "slug": term.slug,
            "count": uses.get(term.id, 0),
            "html_url": _url(asking, term),
            "rss_url": f"{_url(asking, term)}feed/",
        }
        for term in terms
    ]


async def new_category(asking: Asking, params: Params) -> Value:
    """A new category, or the one that has this name already; its id."""
    given = params["category"]
    content = struct(given) if isinstance(given, dict) else {"name": text(given)}
    new = NewTerm(
        taxonomy=Taxonomy.CATEGORY,
        name=text(content.get("name", "")),
        slug=text(content.get("slug", "")),
        description=text(content.get("description", "")),
        parent_id=number(content.get("parent_id") or 0),
    )
    return await _added(asking, new)


async def get_taxonomies(_asking: Asking, _params: Params) -> Value:
    """Categories and tags."""
    return list(_TAXONOMIES.values())


async def get_taxonomy(_asking: Asking, params: Params) -> Value:
    """One of them."""
    return _TAXONOMIES[taxonomy_named(params["taxonomy"])]


async def get_terms(asking: Asking, params: Params) -> Value:
    """All categories or tags; `filter` may narrow them by words, and to some of them."""
    terms, uses = await _all(asking, taxonomy_named(params["taxonomy"]))
    given = params.get("filter", {})
    sought = text(given.get("search", "")).casefold()
    found = [term for term in terms if sought in term.name.casefold()]
    if given.get("hide_empty"):
        found = [term for term in found if term.id in uses]
    first = number(given.get("offset", 0))
    most = number(given.get("number", 0)) or len(found)
    return [wordpress_term(term, uses.get(term.id, 0)) for term in found[first : first + most]]


async def get_term(asking: Asking, params: Params) -> Value:
    """A category or a tag."""
    terms, uses = await _all(asking, taxonomy_named(params["taxonomy"]))
    for term in terms:
        if term.id == params["number"]:
            return wordpress_term(term, uses.get(term.id, 0))
    raise NotFound(_("There is no category or tag of that number."))


async def new_term(asking: Asking, params: Params) -> Value:
    """A new category or tag, or the one that has this name already; its id as text."""
    content = params["term"]
    new = NewTerm(
        taxonomy=taxonomy_named(text(content.get("taxonomy", ""))),
        name=text(content.get("name", "")),
        slug=text(content.get("slug", "")),
        description=text(content.get("description", "")),
        parent_id=number(content.get("parent") or 0),
    )
    return str(await _added(asking, new))


async def _all(asking: Asking, taxonomy: Taxonomy) -> tuple[Sequence[Term], dict[int, int]]:
    require(may_write_posts(asking.me))
    async with asking.doors.reading() as db:
        terms = await all_terms(db, taxonomy)
        return terms, await uses_of(db, [term.id for term in terms])


async def _added(asking: Asking, new: NewTerm) -> int:
    require(may_add_term(asking.me, new.taxonomy))
    if not new.name.strip():
        raise Fault(INVALID_PARAMS, _("A category or tag has a name."))
    async with asking.doors.unit_of_work() as db:
        for term in await all_terms(db, new.taxonomy):
            # Sent twice, as by a program that heard no answer.
            is_same = term.name.casefold() == new.name.strip().casefold()
            if is_same and (term.parent_id or 0) == (new.parent_id or 0):
                return term.id
        return (await add_term(db, asking.me, new)).id


def _url(asking: Asking, term: Term) -> str:
    return f"{asking.frame.base_url}{address(term.address)}"


_TAXONOMIES: dict[Taxonomy, Struct] = {
    Taxonomy.CATEGORY: {
        "name": "category", "label": "Categories", "hierarchical": True, "public": True,
        "show_ui": True, "_builtin": True, "object_type": ["post"],
    },
    Taxonomy.TAG: {
        "name": "post_tag", "label": "Tags", "hierarchical": False, "public": True,
        "show_ui": True, "_builtin": True, "object_type": ["post"],
    },
}  # fmt: skip
