"""All posts get other addresses, as their site chose another scheme: shown before, then done bit by bit.

Each bit is a transaction of its own that says how far it came, so that others write in between and
whoever is killed goes on where they were. Every old address leads to the new one by one hop, as it
leads to the post and not to an address.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.policy import may_run_the_site
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict
from app.core.events import Event, record
from app.core.i18n import _
from app.core.page_cache import EVERYTHING
from app.posts.addresses import is_the_programs, permalink
from app.posts.models import (
    Post,
    PostKind,
    PostStatus,
    PostTerm,
    Redirect,
    RedirectSource,
    Taxonomy,
    Term,
)
from app.site.models import Permalinks, SiteRow

# So many posts hold the only pen for a fifth of a second, on a machine that is busy.
UNIT = 200
_POSTS = Post.__table__.c


class Standing(NamedTuple):
    """A post as it stands: all that its address is made of."""

    id: int
    slug: str
    path: str
    local: datetime | None
    was_public: bool


def is_moving() -> ColumnElement[bool]:
    """The posts whose addresses follow the scheme: what is in the trash stays where it was."""
    return (
        (Post.kind == PostKind.POST) & Post.path.is_not(None) & (Post.status != PostStatus.TRASHED)
    )


async def count_moving(session: AsyncSession) -> int:
    """How many posts have an address that follows the scheme; reads them all, so before any writing."""
    return await session.scalar(select(func.count()).select_from(Post).where(is_moving())) or 0


async def start_move(
    session: AsyncSession, actor: Actor, site: SiteRow, scheme: Permalinks, *, was: str, number: int
) -> bool:
    """Let all posts, this `number` of them, follow a scheme from now on; whether that is done already.

    Raises SignInNeeded, Forbidden, and Conflict while another change is under way, or where the scheme
    is no longer the one that it `was`. The row is locked.
    """
    require(may_run_the_site(actor))
    if site.move is not None:
        told = {"done": site.move["done"], "all": site.move["all"]}
        raise Conflict(
            _(
                "The addresses are being changed at the moment: %(done)s of %(all)s are done. Wait for the end of it."
            )
            % told
        )
    if site.permalinks != was:
        raise Conflict(
            _("Somebody else chose another scheme meanwhile. Look at what would change now.")
        )
    record_audit(
        session, actor, "permalinks changed", "settings:permalinks",
        before={"scheme": site.permalinks}, after={"scheme": scheme.value, "posts": number},
    )  # fmt: skip
    site.permalinks = scheme
    site.move = {"from": was, "after": 0, "done": 0, "all": number}
    return await move_some(session, site)


async def move_some(session: AsyncSession, site: SiteRow, most: int = UNIT) -> bool:
    """Move the next posts, and note how far that is in the locked row; whether none are left."""
    if site.move is None:
        return True
    rows = await rows_after(session, site.move["after"], most, locked=True)
    scheme = Permalinks(site.permalinks)
    wanted = await wanted_paths(session, scheme, rows)
    moves = await _free(session, scheme, rows, wanted)
    await _carry_out(session, moves)
    is_over = len(rows) < most
    done = site.move["done"] + len(rows)
    site.move = None if is_over else {**site.move, "after": rows[-1].id, "done": done}
    # Which pages name a post nobody can tell of so many.
    record(session, Event(touches=frozenset({EVERYTHING})))
    return is_over


async def rows_after(
    session: AsyncSession, after: int, most: int, *, locked: bool = False
) -> Sequence[Standing]:
    """The next posts that follow the scheme, by their numbers; their rows maybe locked for a change."""
    query = (
        select(Post.id, Post.slug, Post.path, Post.published_local, Post.was_public)
        .where(is_moving(), Post.id > after)
        .order_by(Post.id)
        .limit(most)
    )
    rows = await session.execute(query.with_for_update() if locked else query)
    return [
        Standing(number, slug, path or "", local, seen) for number, slug, path, local, seen in rows
    ]


async def wanted_paths(
    session: AsyncSession, scheme: Permalinks, rows: Sequence[Standing]
) -> dict[int, str]:
    """Where each would stand if nothing else did."""
    categories: dict[int, str] = {}
    if scheme == Permalinks.CATEGORY:
        query = (
            select(PostTerm.post_id, Term.path)
            .join(PostTerm.term)
            .where(
                PostTerm.post_id.in_([row.id for row in rows]), Term.taxonomy == Taxonomy.CATEGORY
            )
            .order_by(PostTerm.post_id, PostTerm.position)
        )
        for post_id, path in await session.execute(query):
            if not is_the_programs(f"/{path}/"):
                categories.setdefault(post_id, path)
    return {
        row.id: _path(scheme, row, row.slug or str(row.id), categories.get(row.id)) for row in rows
    }


def _path(scheme: Permalinks, row: Standing, slug: str, category: str | None) -> str:
    at = row.local or clock.now().replace(tzinfo=None)
    return permalink(scheme, slug=slug, post_id=row.id, at=at, category=category or "uncategorized")


def is_shut(scheme: Permalinks, path: str) -> bool:
    """Whether the program itself answers there."""
    return scheme != Permalinks.NUMBER and is_the_programs(path)


def numbered(path: str, number: int) -> str:
    """The same address for who is second there, or third: `/letters-2/`."""
    return f"{path.rstrip('/')}-{number}/"


async def _free(
    session: AsyncSession,
    scheme: Permalinks,
    rows: Sequence[Standing],
    wanted: dict[int, str],
) -> list[tuple[Standing, str]]:
    """Those that move, with an address that nobody else has."""
    holders = await _holders(session, wanted.values())
    given: set[str] = set()
    moves = []
    for row in rows:
        new = wanted[row.id]
        number = 1
        while new != row.path and (
            new in given or holders.get(new, row.id) != row.id or is_shut(scheme, new)
        ):
            number += 1
            new = numbered(wanted[row.id], number)
            holders |= await _holders(session, [new])
        given.add(new)
        if new != row.path:
            moves.append((row, new))
    return moves


async def _holders(session: AsyncSession, paths: Collection[str]) -> dict[str, int]:
    query = select(Post.path, Post.id).where(Post.path.in_(list(paths)))
    return {path: post_id for path, post_id in await session.execute(query) if path}


async def _carry_out(session: AsyncSession, moves: Sequence[tuple[Standing, str]]) -> None:
    if not moves:
        return
    old_paths, new_paths = [row.path for row, _new in moves], [new for _row, new in moves]
    connection = await session.connection()
    await connection.execute(
        update(Post.__table__)  # type: ignore[arg-type]
        .where(_POSTS.id == bindparam("number"))
        .values(path=bindparam("new"), slug=bindparam("name")),
        [{"number": row.id, "new": new, "name": _slug(row, new)} for row, new in moves],
    )
    # Whatever led away from a new address would be a loop; and what led to an old one leads to the post.
    await connection.execute(delete(Redirect).where(Redirect.path.in_([*old_paths, *new_paths])))
    await _lead_past(session, moves)
    now = clock.now()
    left = [
        {
            "path": row.path,
            "post_id": row.id,
            "source": RedirectSource.SLUG,
            "made_at": now,
            "hits": 0,
        }
        for row, _new in moves
        if row.was_public
    ]
    if left:
        await connection.execute(insert(Redirect), left)


async def _lead_past(session: AsyncSession, moves: Sequence[tuple[Standing, str]]) -> None:
    """Redirects to an address that is old now lead to the post itself."""
    numbers = {}
    for row, _new in moves:
        numbers[row.path] = numbers[row.path.rstrip("/")] = row.id
    query = select(Redirect).where(Redirect.target.in_(list(numbers)))
    for redirect in await session.scalars(query):
        redirect.post_id, redirect.target = numbers[redirect.target or ""], None
    await session.flush()


def _slug(row: Standing, new: str) -> str:
    """The last part of an address is the slug, but where it is a number."""
    return row.slug if new.startswith("/archives/") else new.rstrip("/").rpartition("/")[2]
