"""All posts get other addresses, as their site chose another scheme: shown before, then done bit by bit.

Each bit is a transaction of its own that says how far it came, so that others write in between and
whoever is killed goes on where they were. Every old address leads to the new one by one hop, as it
leads to the post and not to an address.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
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

# So many posts hold the only pen for about a fifth of a second.
UNIT = 500
EXAMPLES = 10
_READ_AT_ONCE = 2000
_POSTS = Post.__table__.c


class Standing(NamedTuple):
    """A post as it stands: all that its address is made of."""

    id: int
    slug: str
    path: str
    local: datetime | None
    was_public: bool


class Move(NamedTuple):
    """An address, and the one that takes its place."""

    old: str
    new: str


@dataclass
class Preview:
    """What a scheme would change; of each list the first few, and how many there are."""

    scheme: Permalinks
    posts: int = 0
    changing: int = 0
    clashing: int = 0
    reserved: int = 0
    examples: list[Move] = field(default_factory=list)
    # Who is second at an address gets a number behind it, as does who would stand where the program does.
    clashes: list[Move] = field(default_factory=list)
    reserved_ones: list[Move] = field(default_factory=list)


def is_moving() -> ColumnElement[bool]:
    """The posts whose addresses follow the scheme: what is in the trash stays where it was."""
    return (
        (Post.kind == PostKind.POST) & Post.path.is_not(None) & (Post.status != PostStatus.TRASHED)
    )


async def preview_move(session: AsyncSession, scheme: Permalinks) -> Preview:
    """What would change, were all posts to follow this scheme; reads every one of them."""
    preview = Preview(scheme)
    fixed = await session.scalars(select(Post.path).where(~is_moving(), Post.path.is_not(None)))
    taken = {path for path in fixed if path}
    async for rows in _all_rows(session):
        wanted = await _wanted(session, scheme, rows)
        for row in rows:
            _look_at(preview, row, wanted[row.id], taken)
    return preview


async def start_move(
    session: AsyncSession, actor: Actor, site: SiteRow, scheme: Permalinks, *, was: str
) -> bool:
    """Let all posts follow a scheme from now on; whether that is done already, as there are few.

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
    number = await session.scalar(select(func.count()).select_from(Post).where(is_moving())) or 0
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
    rows = await _rows(session, site.move["after"], most, locked=True)
    scheme = Permalinks(site.permalinks)
    wanted = await _wanted(session, scheme, rows)
    moves = await _free(session, scheme, rows, wanted)
    await _carry_out(session, moves)
    is_over = len(rows) < most
    done = site.move["done"] + len(rows)
    site.move = None if is_over else {**site.move, "after": rows[-1].id, "done": done}
    # Which pages name a post nobody can tell of so many.
    record(session, Event(touches=frozenset({EVERYTHING})))
    return is_over


async def _all_rows(session: AsyncSession) -> AsyncIterator[Sequence[Standing]]:
    after = 0
    while rows := await _rows(session, after, _READ_AT_ONCE):
        yield rows
        after = rows[-1].id


async def _rows(
    session: AsyncSession, after: int, most: int, *, locked: bool = False
) -> Sequence[Standing]:
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


async def _wanted(
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


def _look_at(preview: Preview, row: Standing, wanted: str, taken: set[str]) -> None:
    preview.posts += 1
    new = wanted
    if is_shut := _is_shut(preview.scheme, wanted):
        preview.reserved += 1
    is_taken = wanted in taken
    for number in range(2, 1000):
        if new not in taken and not _is_shut(preview.scheme, new):
            break
        new = numbered(wanted, number)
    taken.add(new)
    if is_taken:
        preview.clashing += 1
        _keep(preview.clashes, row.path, new)
    if is_shut:
        _keep(preview.reserved_ones, row.path, new)
    if new != row.path:
        preview.changing += 1
        _keep(preview.examples, row.path, new)


def _keep(moves: list[Move], old: str, new: str) -> None:
    if len(moves) < EXAMPLES:
        moves.append(Move(old, new))


def _is_shut(scheme: Permalinks, path: str) -> bool:
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
            new in given or holders.get(new, row.id) != row.id or _is_shut(scheme, new)
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
    for row, _new in moves:
        to_it = Redirect.target.in_([row.path, row.path.rstrip("/")])
        await connection.execute(update(Redirect).where(to_it).values(post_id=row.id, target=None))
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


def _slug(row: Standing, new: str) -> str:
    """The last part of an address is the slug, but where it is a number."""
    return row.slug if new.startswith("/archives/") else new.rstrip("/").rpartition("/")[2]
