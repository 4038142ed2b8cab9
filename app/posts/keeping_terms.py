"""Categories and tags kept in order: changed, moved in their tree, merged. Their old addresses lead on."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.core.answers import require
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import Event, record
from app.core.gone import GoneKind, note_gone
from app.core.i18n import _
from app.core.page_cache import EVERYTHING
from app.core.text import clean_text, one_line, slugify
from app.posts.models import PostTerm, Redirect, RedirectSource, Taxonomy, Term
from app.posts.policy import may_keep_terms
from app.posts.terms import DESCRIPTION_LENGTH, LONGEST_PATH, NAME_LENGTH, known_terms, uses_of


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What a category or tag is to be; `parent_id` 0 for one that stands under no other."""

    name: str
    slug: str
    description: str
    parent_id: int = 0


async def get_term(
    session: AsyncSession, actor: Actor, term_id: int, *, locked: bool = True
) -> Term:
    """A category or tag for somebody who may change it. Raises SignInNeeded, Forbidden, NotFound."""
    require(may_keep_terms(actor))
    query = select(Term).where(Term.id == term_id)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    term: Term | None = await session.scalar(query)
    if term is None:
        raise NotFound(_("There is no category or tag of that number."))
    return term


async def change_term(session: AsyncSession, actor: Actor, term_id: int, new: Changed) -> Term:
    """Let it be called something else, or stand elsewhere. Raises what `get_term` raises, and Invalid."""
    term = await get_term(session, actor, term_id)
    name, slug = one_line(new.name), slugify(new.slug) or slugify(new.name) or term.slug
    _refuse(name, new.description)
    before = {"name": term.name, "path": term.path}
    parent = await _parent(session, term, new.parent_id)
    path = f"{parent.path}/{slug}" if parent else slug
    await _refuse_if_taken(session, term, path)
    term.name, term.slug, term.description = name, slug, clean_text(new.description)
    term.parent_id = parent.id if parent else None
    await _move(session, term, path)
    after = {"name": term.name, "path": term.path}
    record_audit(
        session, actor, f"{term.taxonomy} changed", f"term:{term.id}", before=before, after=after
    )
    # Its name stands on every post's page below it, in lists and in feeds.
    record(session, Event(touches=frozenset({EVERYTHING})))
    return term


async def merge_terms(session: AsyncSession, actor: Actor, term_id: int, into_id: int) -> Term:
    """Let one become part of another: its posts, what stands under it, and its address go there.

    Raises what `get_term` raises, and Invalid where that can't be.
    """
    term = await get_term(session, actor, term_id)
    [into] = await known_terms(session, [into_id], Taxonomy(term.taxonomy))
    if into.id == term.id or f"{into.path}/".startswith(f"{term.path}/"):
        says = _("It can't become part of itself, or of what stands under it.")
        raise Invalid(says, fields={"into": says})
    used = (await uses_of(session, [term.id])).get(term.id, 0)
    await _hang_elsewhere(session, term, into)
    children = await session.scalars(select(Term).where(Term.parent_id == term.id))
    for child in children.all():
        path = await _free_path(session, child, f"{into.path}/")
        child.parent_id, child.slug = into.id, path.rpartition("/")[2]
        await _move(session, child, path)
    await session.flush()
    old = {"name": term.name, "path": term.path, "posts": used}
    await session.delete(term)
    await session.flush()
    await _lead_on(session, term.taxonomy, term.path, into.path)
    record_audit(
        session, actor, f"{into.taxonomy} merged", f"term:{into.id}", before=old,
        after={"name": into.name, "path": into.path},
    )  # fmt: skip
    record(session, Event(touches=frozenset({EVERYTHING})))
    return into


async def remove_term(session: AsyncSession, actor: Actor, term_id: int) -> None:
    """Take away one that nothing stands under. Raises what `get_term` raises, and Conflict where something does."""
    term = await get_term(session, actor, term_id)
    below = await session.scalar(select(Term.id).where(Term.parent_id == term.id).limit(1))
    if below is not None or await uses_of(session, [term.id]):
        raise Conflict(_("Something stands under it. Merge it into another instead."))
    await session.delete(term)
    await note_gone(session, GoneKind.TERM, [term.address])
    record_audit(
        session, actor, f"{term.taxonomy} removed", f"term:{term.id}", before={"name": term.name}
    )
    record(session, Event(touches=frozenset({EVERYTHING})))
    await session.flush()


async def tags_like(session: AsyncSession, words: str, most: int) -> Sequence[str]:
    """Names of tags for whoever begins to type one: those that begin so first, then those that hold it."""
    begun = Term.name.istartswith(words, autoescape=True)
    query = (
        select(Term.name)
        .where(Term.taxonomy == Taxonomy.TAG, Term.name.icontains(words, autoescape=True))
        .order_by(begun.desc(), func.length(Term.name), Term.name)
        .limit(most)
    )
    return (await session.scalars(query)).all()


def _refuse(name: str, description: str) -> None:
    if not 0 < len(name) <= NAME_LENGTH:
        says = _("A category or tag has a name of 1 to 200 characters.")
        raise Invalid(says, fields={"name": says})
    if len(description) > DESCRIPTION_LENGTH:
        says = _("A description has at most 5,000 characters.")
        raise Invalid(says, fields={"description": says})


async def _parent(session: AsyncSession, term: Term, parent_id: int) -> Term | None:
    if not parent_id:
        return None
    if term.taxonomy == Taxonomy.TAG:
        says = _("Tags stand under no other.")
        raise Invalid(says, fields={"parent": says})
    [parent] = await known_terms(session, [parent_id], Taxonomy.CATEGORY)
    if f"{parent.path}/".startswith(f"{term.path}/"):
        says = _("It can't stand under itself, or under what stands under it.")
        raise Invalid(says, fields={"parent": says})
    return parent


async def _refuse_if_taken(session: AsyncSession, term: Term, path: str) -> None:
    taken = select(Term.id).where(
        Term.taxonomy == term.taxonomy, Term.path == path, Term.id != term.id
    )
    if await session.scalar(taken) is not None:
        says = _("There is one of that address already. Merge them, or choose another.")
        raise Invalid(says, fields={"slug": says})


async def _free_path(session: AsyncSession, term: Term, above: str) -> str:
    """Where one that comes in from elsewhere stands: its own name may be taken there."""
    for attempt in range(1, 1000):
        path = above + (term.slug if attempt == 1 else f"{term.slug[:190]}-{attempt}")
        taken = select(Term.id).where(Term.taxonomy == term.taxonomy, Term.path == path)
        if await session.scalar(taken) is None:
            return path
    raise Conflict(_("There are a thousand of that name already."))


async def _move(session: AsyncSession, term: Term, path: str) -> None:
    """Let it, and all that stands under it, have its new path; the old ones lead there."""
    old = term.path
    if path == old:
        return
    below = select(Term).where(
        Term.taxonomy == term.taxonomy, Term.path.startswith(f"{old}/", autoescape=True)
    )
    moved = [(term, path)]
    moved += [(one, path + one.path[len(old) :]) for one in await session.scalars(below)]
    if max(len(new) for _one, new in moved) > LONGEST_PATH:
        raise Invalid(_("That category stands under too many others."))
    for one, new in moved:
        before, one.path = one.path, new
        await session.flush()
        await _lead_on(session, one.taxonomy, before, new)


async def _lead_on(session: AsyncSession, taxonomy: str, old: str, new: str) -> None:
    """One hop from the old archive to the new one, whatever led to the old one before."""
    there, here = f"/{taxonomy}/{new}/", f"/{taxonomy}/{old}/"
    await session.execute(
        delete(Redirect).where(or_(Redirect.path == there, Redirect.path == here))
    )
    await session.execute(update(Redirect).where(Redirect.target == here).values(target=there))
    session.add(Redirect(path=here, target=there, source=RedirectSource.SLUG))
    await session.flush()


async def _hang_elsewhere(session: AsyncSession, term: Term, into: Term) -> None:
    """Its posts stand under the other from now on, once each."""
    there = select(PostTerm.post_id).where(PostTerm.term_id == into.id)
    await session.execute(
        update(PostTerm)
        .where(PostTerm.term_id == term.id, PostTerm.post_id.not_in(there))
        .values(term_id=into.id)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        delete(PostTerm)
        .where(PostTerm.term_id == term.id)
        .execution_options(synchronize_session=False)
    )
