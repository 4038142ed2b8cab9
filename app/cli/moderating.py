"""`rapport moderate …`: a moderator's actions, for scripts."""

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer
from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE, Actor
from app.cli.consoles import out
from app.cli.context import fail, run
from app.core.text import plain_text, shorten
from app.discussions import actions
from app.discussions.batches import lock_all
from app.discussions.matters import Withdrawn
from app.discussions.models import Comment, CommentEdit, CommentStatus
from app.moderation.models import Case, Check
from app.settings import Settings
from app.work import Doors

commands = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Decision = Callable[[AsyncSession, Actor, int], Awaitable[Comment]]
Ids = Annotated[list[int] | None, typer.Argument(help="Numbers of comments.", metavar="ID…")]
AllPending = Annotated[
    bool, typer.Option("--all-pending", help="Everything that waits for a person.")
]

_AT_ONCE = 100


@commands.command("list")
def list_waiting(
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List what waits for a person, oldest first.

    Example: rapport moderate list
    """
    waiting = run(_waiting)
    if as_json:
        print(json.dumps(waiting, ensure_ascii=False, indent=2))
        return
    for item in waiting:
        line = f"{item['id']:>8}  {item['kind']:10}  {item['author']}: {item['text']}"
        out.print(line, markup=False)
    if not waiting:
        out.print("Nothing waits.")


@commands.command()
def approve(ids: Ids = None, all_pending: AllPending = False) -> None:
    """Let everybody read them. Example: rapport moderate approve 12 13"""
    _decide(actions.approve, ids, all_pending)


@commands.command()
def hold(ids: Ids = None) -> None:
    """Take them out of sight until somebody decides. Example: rapport moderate hold 12"""
    _decide(actions.hold, ids, all_pending=False)


@commands.command()
def spam(ids: Ids = None, all_pending: AllPending = False) -> None:
    """File them as spam. Example: rapport moderate spam 12"""
    _decide(actions.mark_as_spam, ids, all_pending)


@commands.command()
def remove(ids: Ids = None, all_pending: AllPending = False) -> None:
    """Remove them. Example: rapport moderate remove 12"""
    _decide(actions.remove, ids, all_pending)


def _decide(decision: Decision, ids: list[int] | None, all_pending: bool) -> None:
    if not ids and not all_pending:
        fail("Name the comments by their numbers, or say --all-pending.", code=2)

    async def task(doors: Doors, settings: Settings) -> tuple[int, int]:
        withdrawn = 0
        chosen = list(ids or ()) or [item["id"] for item in await _waiting(doors, settings)]
        for start in range(0, len(chosen), _AT_ONCE):
            async with doors.unit_of_work() as db:
                await lock_all(db, chosen[start : start + _AT_ONCE])
                for comment_id in chosen[start : start + _AT_ONCE]:
                    try:
                        await decision(db, OWNER_AT_THE_MACHINE, comment_id)
                    except Withdrawn:
                        withdrawn += 1
        return len(chosen) - withdrawn, withdrawn

    decided, withdrawn = run(task)
    out.print(f"Decided: {decided}")
    if withdrawn:
        out.print(f"Left, as their authors have withdrawn them: {withdrawn}")


async def _waiting(doors: Doors, _settings: Settings) -> list[dict[str, Any]]:
    # What still waits for a check (another server's, or the worker's) waits for nobody here.
    checked = or_(Case.id.is_(None), Case.check_state == Check.DONE)
    # Of what is shown, a new text may wait.
    is_edited = and_(Comment.status == CommentStatus.APPROVED, CommentEdit.id.is_not(None))
    oldest_first = (
        select(Comment, func.coalesce(CommentEdit.body_html, Comment.body_html))
        .outerjoin(CommentEdit, and_(CommentEdit.comment_id == Comment.id, CommentEdit.is_waiting))
        .outerjoin(Case, and_(Case.kind == Comment.kind, Case.item_id == Comment.id))
        .where(or_(Comment.status == CommentStatus.PENDING, is_edited), checked)
        .order_by(Comment.created_at)
    )
    async with doors.reading() as db:
        return [
            {
                "id": comment.id,
                "kind": comment.kind,
                "author": comment.author_name,
                "text": shorten(plain_text(html), words=12),
            }
            for comment, html in await db.execute(oldest_first)
        ]
