"""What another scheme of addresses would change, shown before anything is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.posts.models import Post, PostKind
from app.posts.moving import Standing, is_moving, is_shut, numbered, rows_after, wanted_paths
from app.site.models import Permalinks

EXAMPLES = 10
# So many posts are looked at one by one: whoever looks waits for it.
LOOKED_AT = 200
# Beyond so many it is said that there are more.
MOST_COUNTED = 3000
# How far the numbers behind an address go that pages may stand at already.
_NUMBERED = 4


class Move(NamedTuple):
    """An address, and the one that takes its place."""

    old: str
    new: str


@dataclass
class Preview:
    """What a scheme would change; of each list the first few, and how many there are."""

    scheme: Permalinks
    # All that follow the scheme, MOST_COUNTED and one at most; and the oldest of them, which were looked at:
    # of these alone the rest tells.
    posts: int = 0
    looked_at: int = 0
    most_counted: int = MOST_COUNTED
    changing: int = 0
    clashing: int = 0
    reserved: int = 0
    examples: list[Move] = field(default_factory=list)
    # Who is second at an address gets a number behind it, as does who would stand where the program does.
    clashes: list[Move] = field(default_factory=list)
    reserved_ones: list[Move] = field(default_factory=list)


async def preview_move(session: AsyncSession, scheme: Permalinks) -> Preview:
    """What would change, were all posts to follow this scheme: exactly so for the oldest `LOOKED_AT`.

    Those get their addresses first, so that none of the others has a say in them.
    """
    rows = await rows_after(session, 0, LOOKED_AT)
    preview = Preview(scheme, posts=await _counted(session))
    wanted = await wanted_paths(session, scheme, rows)
    taken = await _places_of_pages(session, wanted.values())
    for row in rows:
        _look_at(preview, row, wanted[row.id], taken)
    return preview


async def _counted(session: AsyncSession) -> int:
    some = select(Post.id).where(is_moving()).order_by(Post.id).limit(MOST_COUNTED + 1).subquery()
    return await session.scalar(select(func.count()).select_from(some)) or 0


async def _places_of_pages(session: AsyncSession, wanted: Iterable[str]) -> set[str]:
    asked = {one for path in wanted for one in (path, *_next_to(path))}
    query = select(Post.path).where(Post.kind == PostKind.PAGE, Post.path.in_(asked))
    return {path for path in await session.scalars(query) if path}


def _next_to(path: str) -> Iterator[str]:
    return (numbered(path, number) for number in range(2, _NUMBERED))


def _look_at(preview: Preview, row: Standing, wanted: str, taken: set[str]) -> None:
    preview.looked_at += 1
    new = wanted
    if is_ours := is_shut(preview.scheme, wanted):
        preview.reserved += 1
    is_taken = wanted in taken
    for number in range(2, 1000):
        if new not in taken and not is_shut(preview.scheme, new):
            break
        new = numbered(wanted, number)
    taken.add(new)
    if is_taken:
        preview.clashing += 1
        _keep(preview.clashes, row.path, new)
    if is_ours:
        _keep(preview.reserved_ones, row.path, new)
    if new != row.path:
        preview.changing += 1
        _keep(preview.examples, row.path, new)


def _keep(moves: list[Move], old: str, new: str) -> None:
    if len(moves) < EXAMPLES:
        moves.append(Move(old, new))
