"""Categories and tags: how they are found by what people call them, and added."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.answers import require
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.text import clean_text, one_line, slugify
from app.posts.models import PostTerm, Taxonomy, Term
from app.posts.policy import may_add_term

NAME_LENGTH = 200
DESCRIPTION_LENGTH = 5_000
LONGEST_PATH = 1000


@dataclass(frozen=True, kw_only=True)
class NewTerm:
    """A category or a tag that is to be; its slug is made of its name, unless it has one."""

    taxonomy: Taxonomy
    name: str
    slug: str = ""
    description: str = ""
    parent_id: int | None = None


async def all_terms(session: AsyncSession, taxonomy: Taxonomy) -> Sequence[Term]:
    """Every category, or every tag, by name."""
    query = select(Term).where(Term.taxonomy == taxonomy).order_by(Term.name, Term.id)
    return (await session.scalars(query)).all()


async def uses_of(session: AsyncSession, term_ids: Iterable[int]) -> dict[int, int]:
    """On how many posts each of these stands."""
    counts = select(PostTerm.term_id, func.count()).group_by(PostTerm.term_id)
    rows = await session.execute(counts.where(PostTerm.term_id.in_(list(term_ids))))
    return {row[0]: row[1] for row in rows}


async def known_terms(
    session: AsyncSession, ids: Iterable[int], taxonomy: Taxonomy | None = None
) -> list[Term]:
    """The terms of these numbers, in this order. Raises Invalid for a number that is no such term's."""
    wanted = list(dict.fromkeys(ids))
    terms = {
        term.id: term for term in await session.scalars(select(Term).where(Term.id.in_(wanted)))
    }
    found = [terms[number] for number in wanted if number in terms]
    if len(found) < len(wanted) or any(taxonomy not in (None, term.taxonomy) for term in found):
        raise Invalid(_("There is no category or tag of that number."))
    return found


async def named_terms(
    session: AsyncSession, actor: Actor, taxonomy: Taxonomy, names: Iterable[str]
) -> list[Term]:
    """The terms of these names, in this order; what is not there is added. Raises Forbidden, Invalid."""
    wanted: dict[str, str] = {}
    for name in filter(None, map(one_line, names)):
        wanted.setdefault(slugify(name) or name, name)
    either = or_(Term.slug.in_(list(wanted)), Term.name.in_(list(wanted.values())))
    query = select(Term).where(Term.taxonomy == taxonomy, either).order_by(Term.id.desc())
    # The oldest of a name is meant, as people chose it when there was no other.
    there: dict[str, Term] = {}
    for term in await session.scalars(query):
        there |= {term.slug: term, slugify(term.name) or term.name: term}
    found = []
    for key, name in wanted.items():
        if key not in there:
            there[key] = await add_term(session, actor, NewTerm(taxonomy=taxonomy, name=name))
        found.append(there[key])
    return list(dict.fromkeys(found))


async def add_term(session: AsyncSession, actor: Actor, new: NewTerm) -> Term:
    """Add a category or a tag. Raises SignInNeeded, Forbidden, Invalid."""
    require(may_add_term(actor, new.taxonomy))
    name = one_line(new.name)
    if not 0 < len(name) <= NAME_LENGTH:
        raise _wrong("name", _("A category or tag has a name of 1 to 200 characters."))
    if len(new.description) > DESCRIPTION_LENGTH:
        says = _("At most %(number)s characters, please.")
        raise _wrong("description", says % {"number": f"{DESCRIPTION_LENGTH:,}"})
    parent = await _parent(session, new)
    slug, path = await _free_path(session, new, parent)
    term = Term(
        taxonomy=new.taxonomy,
        slug=slug,
        path=path,
        name=name,
        description=clean_text(new.description),
        parent_id=parent.id if parent else None,
    )
    session.add(term)
    await session.flush()
    return term


def _wrong(field: str, says: str) -> Invalid:
    return Invalid(says, fields={field: says})


async def _parent(session: AsyncSession, new: NewTerm) -> Term | None:
    if not new.parent_id:
        return None
    if new.taxonomy == Taxonomy.TAG:
        raise Invalid(_("Tags stand under no other."))
    [parent] = await known_terms(session, [new.parent_id], Taxonomy.CATEGORY)
    return parent


async def _free_path(session: AsyncSession, new: NewTerm, parent: Term | None) -> tuple[str, str]:
    slug = slugify(new.slug or new.name) or new.taxonomy.value
    above = f"{parent.path}/" if parent else ""
    if len(above) + len(slug) > LONGEST_PATH - 10:
        raise Invalid(_("That category stands under too many others."))
    for attempt in range(1, 1000):
        numbered = slug if attempt == 1 else f"{slug[:190]}-{attempt}"
        path = f"{above}{numbered}"
        taken = select(Term.id).where(Term.taxonomy == new.taxonomy, Term.path == path)
        if await session.scalar(taken) is None:
            return numbered, path
    raise Invalid(_("There are a thousand of that name already."))
