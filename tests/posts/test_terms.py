"""Categories and tags by the names people call them."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE, Actor, Role
from app.core.errors import Forbidden, Invalid
from app.posts import actions
from app.posts.drafts import Draft
from app.posts.models import Taxonomy, Term
from app.posts.queries import terms_of
from app.posts.terms import NewTerm, add_term, all_terms, known_terms, named_terms, uses_of
from tests.world import a_category, a_post, a_tag, the_site

pytestmark = pytest.mark.anyio

AUTHOR = Actor(7, "Gwen", frozenset({Role.AUTHOR}))


async def named(
    session: AsyncSession, *names: str, taxonomy: Taxonomy = Taxonomy.CATEGORY
) -> list[Term]:
    return await named_terms(session, OWNER_AT_THE_MACHINE, taxonomy, names)


async def test_a_name_finds_what_is_there_and_adds_what_is_not(session: AsyncSession) -> None:
    work = await a_category(session, "Working life")
    odd = await a_category(session, "Café", slug="coffee")
    await a_tag(session, "tea")

    found = await named(session, "WORKING  life", "Tea", "Café", "coffee", "tea", " ")

    assert [term.id for term in found[:1]] == [work.id]
    assert [(term.name, term.path) for term in found[1:]] == [("Tea", "tea"), ("Café", "coffee")]
    assert found[2] is odd
    assert found[1].taxonomy == Taxonomy.CATEGORY


async def test_an_author_adds_tags_and_no_categories(session: AsyncSession) -> None:
    [tag] = await named_terms(session, AUTHOR, Taxonomy.TAG, ["new"])

    assert tag.address == "/tag/new/"
    with pytest.raises(Forbidden):
        await named_terms(session, AUTHOR, Taxonomy.CATEGORY, ["new"])


async def test_a_category_stands_under_another_at_a_path_of_its_own(session: AsyncSession) -> None:
    async def added(name: str, parent: Term | None = None, **more: str) -> str:
        new = NewTerm(
            taxonomy=Taxonomy.CATEGORY, name=name, parent_id=parent.id if parent else None, **more
        )
        return (await add_term(session, OWNER_AT_THE_MACHINE, new)).path

    work = await a_category(session, "Work")

    assert await added("Letters", work) == "work/letters"
    assert await added("Letters", work) == "work/letters-2"
    assert await added("Letters", slug="Post & mail") == "post-mail"
    assert await added("!!!") == "category"


@pytest.mark.parametrize(
    "new",
    [
        NewTerm(taxonomy=Taxonomy.TAG, name=""),
        NewTerm(taxonomy=Taxonomy.TAG, name="x" * 201),
        NewTerm(taxonomy=Taxonomy.TAG, name="x", description="x" * 5001),
        NewTerm(taxonomy=Taxonomy.CATEGORY, name="x", parent_id=4711),
        NewTerm(taxonomy=Taxonomy.TAG, name="x", parent_id=1),
    ],
)
async def test_what_can_not_be_a_term_is_refused(session: AsyncSession, new: NewTerm) -> None:
    with pytest.raises(Invalid):
        await add_term(session, OWNER_AT_THE_MACHINE, new)


async def test_numbers_are_those_of_terms_of_their_kind(session: AsyncSession) -> None:
    tag, work = await a_tag(session, "tea"), await a_category(session, "Work")

    assert await known_terms(session, [work.id, tag.id, work.id]) == [work, tag]
    for ids, taxonomy in (([4711], None), ([tag.id], Taxonomy.CATEGORY)):
        with pytest.raises(Invalid):
            await known_terms(session, ids, taxonomy)


async def test_an_edited_post_has_its_new_terms_in_order(session: AsyncSession) -> None:
    tea, work, play = await a_tag(session, "tea"), *await named(session, "Work", "Play")
    post = await a_post(session, under=[work, tea])

    async def edit(draft: Draft) -> None:
        site = await the_site(session)
        await actions.edit_post(session, OWNER_AT_THE_MACHINE, site, post.id, draft)

    await edit(Draft(term_ids=(play.id, work.id, play.id)))
    await edit(Draft(title="Other words"))

    assert (await terms_of(session, [post.id]))[post.id] == [play, work]
    assert await uses_of(session, [tea.id, work.id, play.id]) == {work.id: 1, play.id: 1}
    assert await all_terms(session, Taxonomy.CATEGORY) == [play, work]
