"""Addresses that moved before the import: WordPress's old slugs, and what a Rapport site kept."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.gone import GoneKind, gone_among
from app.core.i18n import _
from app.porting.wordpress.importing.state import State
from app.posts.models import Post, Redirect, RedirectSource


async def redirect_to(
    session: AsyncSession, state: State, post_id: int, paths: Sequence[str]
) -> None:
    """Let former paths of a post lead to it, but for those that lead somewhere already."""
    source = RedirectSource.IMPORT
    rows = [{"path": p, "post_id": post_id, "target": None, "source": source} for p in paths]
    await _add(session, state, rows)


async def bring_redirects(
    session: AsyncSession, state: State, rows: Sequence[dict[str, Any]]
) -> None:
    """Write redirects whose `post_id` is a number of the file; those to posts it lacks are left out."""
    numbers = state.post_ids | {None: None}
    known = [row for row in rows if row["post_id"] in numbers]
    await _add(session, state, [row | {"post_id": numbers[row["post_id"]]} for row in known])


async def _add(session: AsyncSession, state: State, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    by_path = {row["path"]: row for row in rows}
    known = select(Redirect.path).where(Redirect.path.in_(by_path))
    for path in await session.scalars(known):
        del by_path[path]
    for path in await gone_among(session, GoneKind.ADDRESS, list(by_path)):
        del by_path[path]
        state.report.kept.append(_("the redirect from %s was removed here") % path)
    # Where a post stands, nobody is led on.
    stands = set(await session.scalars(select(Post.path).where(Post.path.in_(by_path))))
    by_path = {p: row for p, row in by_path.items() if p not in stands | state.claimed}
    ids = await state.numbers.redirects.assign(session, [None] * len(by_path))
    numbered = [row | {"id": n} for row, n in zip(by_path.values(), ids, strict=True)]
    await state.add(session, Redirect, numbered)
    state.report.redirects += len(by_path)
