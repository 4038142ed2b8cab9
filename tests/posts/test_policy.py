"""Who writes which posts: as a table, and as what becomes of the rows."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE, VISITOR, Actor, Role
from app.core.errors import Forbidden, NotFound
from app.posts import actions
from app.posts.drafts import Draft
from app.posts.models import Post, PostKind, Taxonomy
from app.posts.policy import may_add_term, may_keep_on_top, may_sign_for, may_write
from app.posts.queries import authors_of
from tests.world import a_draft, a_member, a_post, the_site

pytestmark = pytest.mark.anyio

OWN, OTHER = 7, 8
WHO = {
    "visitor": VISITOR,
    **{
        name or "member": Actor(OWN, "A", frozenset(filter(None, [name]))) for name in (None, *Role)
    },
}
# Each row: what, and whether visitor, member, author, editor, moderator, owner may.
TABLE = {
    "own post": (lambda who: may_write(who, PostKind.POST, [OWN]), "––✓✓–✓"),
    "a post written together": (lambda who: may_write(who, PostKind.POST, [OTHER, OWN]), "––✓✓–✓"),
    "another's post": (lambda who: may_write(who, PostKind.POST, [OTHER]), "–––✓–✓"),
    "nobody's post": (lambda who: may_write(who, PostKind.POST, []), "–––✓–✓"),
    "own page": (lambda who: may_write(who, PostKind.PAGE, [OWN]), "–––✓–✓"),
    "give a post away": (lambda who: may_sign_for(who, [OWN], [OTHER]), "–––✓–✓"),
    "name more authors": (lambda who: may_sign_for(who, [OWN], [OWN, OTHER]), "–––✓–✓"),
    "keep a post on top": (may_keep_on_top, "–––✓–✓"),
    "add a tag": (lambda who: may_add_term(who, Taxonomy.TAG), "––✓✓–✓"),
    "add a category": (lambda who: may_add_term(who, Taxonomy.CATEGORY), "–––✓–✓"),
}


@pytest.mark.parametrize("row", TABLE)
def test_the_table_is_kept(row: str) -> None:
    may, expected = TABLE[row]

    assert "".join("✓" if may(who) else "–" for who in WHO.values()) == expected


async def an_actor(session: AsyncSession, *roles: Role) -> Actor:
    member = await a_member(session, f"The {roles[0]}", roles=roles)
    return Actor(user_id=member.id, name=member.name, roles=frozenset(roles))


async def test_an_authors_new_post_is_theirs(session: AsyncSession) -> None:
    author = await an_actor(session, Role.AUTHOR)
    site = await the_site(session)

    post = await actions.add_post(session, author, site, Draft(title="Mine"))
    assert [user.id for user in (await authors_of(session, [post.id]))[post.id]] == [author.user_id]
    with pytest.raises(Forbidden):
        await actions.add_post(session, author, site, Draft(title="Yours", author_ids=()))
    with pytest.raises(Forbidden):
        await actions.add_post(session, author, site, Draft(title="Top", is_sticky=True))
    with pytest.raises(Forbidden):
        await actions.add_post(session, author, site, Draft(title="P", kind=PostKind.PAGE))


async def test_an_author_changes_and_trashes_nothing_of_others(session: AsyncSession) -> None:
    author, site = await an_actor(session, Role.AUTHOR), await the_site(session)
    public, hidden = await a_post(session), await a_draft(session)
    own = await actions.add_post(session, author, site, Draft(title="Mine"))

    async def tries(post: Post, draft: Draft) -> None:
        await actions.edit_post(session, author, site, post.id, draft)

    with pytest.raises(Forbidden):
        await tries(public, Draft(title="Mine"))
    with pytest.raises(Forbidden):
        await actions.trash_post(session, author, public.id)
    with pytest.raises(NotFound):
        await tries(hidden, Draft(title="Mine"))
    with pytest.raises(Forbidden):
        await tries(own, Draft(author_ids=()))
    with pytest.raises(Forbidden):
        await tries(own, Draft(is_sticky=True))
    await tries(own, Draft(title="Still mine", author_ids=(author.user_id or 0,), is_sticky=False))
    await actions.trash_post(session, author, own.id)

    demoted = replace(author, roles=frozenset({Role.MODERATOR}))
    with pytest.raises(Forbidden):
        await actions.edit_post(session, demoted, site, own.id, Draft(title="Not any more"))
    assert (own.title, public.title) == ("Still mine", "A letter a week")


async def test_an_editor_gives_a_post_another_author_and_other_terms(
    session: AsyncSession,
) -> None:
    editor, site = await an_actor(session, Role.EDITOR), await the_site(session)
    author = await an_actor(session, Role.AUTHOR)
    post = await a_post(session)

    await actions.edit_post(
        session, editor, site, post.id, Draft(author_ids=(author.user_id or 0,), is_sticky=True)
    )
    await actions.edit_post(session, OWNER_AT_THE_MACHINE, site, post.id, Draft(title="Again"))

    assert [user.id for user in (await authors_of(session, [post.id]))[post.id]] == [author.user_id]
    assert post.is_sticky
