"""What another scheme of addresses would change, shown before anything is."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.posts.models import Post, PostKind
from app.posts.moving import Standing, is_shut, numbered, rows_after, wanted_paths
from app.site.models import Permalinks

EXAMPLES = 10
_READ_AT_ONCE = 2000


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


async def preview_move(session: AsyncSession, scheme: Permalinks) -> Preview:
    """What would change, were all posts to follow this scheme; reads every one of them once."""
    preview = Preview(scheme)
    pages = select(Post.path).where(Post.kind == PostKind.PAGE, Post.path.is_not(None))
    taken = {path for path in await session.scalars(pages) if path}
    async for rows in _all_rows(session):
        wanted = await wanted_paths(session, scheme, rows)
        for row in rows:
            _look_at(preview, row, wanted[row.id], taken)
    return preview


async def _all_rows(session: AsyncSession) -> AsyncIterator[Sequence[Standing]]:
    after = 0
    while rows := await rows_after(session, after, _READ_AT_ONCE):
        yield rows
        after = rows[-1].id


def _look_at(preview: Preview, row: Standing, wanted: str, taken: set[str]) -> None:
    preview.posts += 1
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
