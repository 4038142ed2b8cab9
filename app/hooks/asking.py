"""Moderation hooks: a program that an owner named is asked about a comment before it is shown, two seconds long.

Silence, and whatever else is no answer, is no opinion. Nobody is asked twice about the same text, unless a job
was cut off in the middle; and nobody at all about what stands where visitors may not read.
"""

import hashlib
import json
from typing import Any

import anyio
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.i18n import _
from app.core.jobs import Tools
from app.core.secrets import Secrets, new_token, secrets_of
from app.discussions.edits import waiting_edit
from app.discussions.judging import submission_from
from app.hooks.delivering import Errand, Outcome, count_outcome, sent
from app.hooks.kinds import CHECK
from app.hooks.models import ANSWER_LENGTH, DeliveryState, Hook, HookDelivery
from app.hooks.objects import home_of, is_public
from app.hooks.signing import headers_of
from app.hooks.telling import body_of
from app.notifications.queries import find_said

SECONDS = 2.0
# Of several that do not agree the strictest is heard.
_STRICTEST = ("spam", "hold", "approve")


async def ask_hooks(tools: Tools, comment_id: int) -> str:
    """What moderation hooks say of a comment: `approve`, `hold` or `spam`; empty for no opinion."""
    async with tools.work.reading() as db:
        errands = await _errands(
            db, secrets_of(tools.settings), tools.settings.base_url, comment_id
        )
    if not errands:
        return ""
    outcomes: dict[int, Outcome] = {}
    async with anyio.create_task_group() as tasks:
        for errand in errands:
            tasks.start_soon(_ask, tools, errand, outcomes)
    for errand in errands:
        # One by one: whoever changes hooks locks one of them, too.
        async with tools.work.unit_of_work() as db:
            await _note(db, errand, outcomes[errand.hook_id], comment_id)
    said = {verdict_in(outcome) for outcome in outcomes.values()}
    return next((verdict for verdict in _STRICTEST if verdict in said), "")


def verdict_in(outcome: Outcome) -> str:
    """The word in an answer, which is that word, or JSON with it as `verdict`; empty for any other answer."""
    if not outcome.is_taken:
        return ""
    try:
        found = json.loads(outcome.answer)
    except (ValueError, RecursionError):
        found = outcome.answer
    word = found.get("verdict") if isinstance(found, dict) else found
    word = word.strip().casefold() if isinstance(word, str) else ""
    return word if word in _STRICTEST else ""


async def _errands(
    session: AsyncSession, secrets: Secrets, base_url: str, comment_id: int
) -> list[Errand]:
    hooks = await session.scalars(select(Hook).where(Hook.is_on).order_by(Hook.id))
    asked = [hook for hook in hooks if CHECK in hook.events]
    thing = await _to_judge(session, base_url, comment_id) if asked else None
    if thing is None:
        return []
    event_key, at = new_token()[:32], clock.now().isoformat(timespec="seconds")
    body = body_of(event_key, CHECK, at, thing).encode()
    keys = {
        hook.id: hashlib.sha256(f"{event_key} {hook.id}".encode()).hexdigest()[:32]
        for hook in asked
    }
    return [
        Errand(0, hook.id, hook.url, 0, body, headers_of(secrets, hook, CHECK, keys[hook.id], body))
        for hook in asked
    ]


async def _to_judge(session: AsyncSession, base_url: str, comment_id: int) -> dict[str, Any] | None:
    """A comment as it is to be shown, if anybody may read where it stands; without addresses of mail or network."""
    said = await find_said(session, comment_id)
    if said is None or not await is_public(session, said):
        return None
    comment = said.comment
    submission = submission_from(comment, await waiting_edit(session, comment_id))
    return {
        "id": comment.id,
        "kind": comment.kind,
        "page": base_url + said.path,
        **home_of(said),
        "parent_id": comment.parent_id,
        "author": {
            "name": comment.author_name, "url": comment.author_url,
            "is_member": comment.user_id is not None,
        },
        "text": submission.text,
        "html": submission.html,
        "links": list(submission.links),
        "written_at": comment.created_at.isoformat(timespec="seconds"),
    }  # fmt: skip


async def _ask(tools: Tools, errand: Errand, outcomes: dict[int, Outcome]) -> None:
    outcome = Outcome(None, _("No answer within two seconds."))
    # Looking a name up counts, too: the comment waits.
    with anyio.move_on_after(SECONDS):
        outcome = await sent(tools, errand, SECONDS)
    outcomes[errand.hook_id] = outcome


async def _note(session: AsyncSession, errand: Errand, outcome: Outcome, comment_id: int) -> None:
    """A line in the log, without the words: they may never be shown."""
    hook = await session.get(Hook, errand.hook_id, with_for_update=True, populate_existing=True)
    if hook is None:
        return
    now, key = clock.now(), errand.headers["X-Rapport-Delivery"]
    told = body_of(key, CHECK, now.isoformat(timespec="seconds"), {"id": comment_id})
    state = DeliveryState.DELIVERED if outcome.is_taken else DeliveryState.FAILED
    row = HookDelivery(
        hook_id=hook.id, key=key, event=CHECK, body=told, created_at=now, due_at=now, state=state,
        tries=1, tried_at=now, status=outcome.status, answer=outcome.answer[:ANSWER_LENGTH],
    )  # fmt: skip
    session.add(row)
    await count_outcome(session, hook, outcome, now)
