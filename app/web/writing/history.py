"""`/write/ID/revisions/`: how a post read before, beside how it reads now, and back to it."""

from collections.abc import Sequence

from anyio import to_thread
from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.accounts.policy import may_write_posts
from app.core.answers import require
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.markup import BodyFormat
from app.core.text import number_in, unix_lines
from app.posts import actions
from app.posts.actions import get_to_write
from app.posts.autosaves import choices_in
from app.posts.comparing import compare
from app.posts.drafts import Draft, TypedForWordPress
from app.posts.models import Post, Revision
from app.posts.revisions import (
    PAGE_SIZE,
    get_revision,
    newest_revision,
    revision_before,
    revisions_of,
)
from app.site.models import SiteRow
from app.site.queries import ensure_site
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of, settings_of
from app.web.forms import typed_fields
from app.web.writing.assembly import before_of, ticks_of
from app.web.writing.choices import choices_of
from app.web.writing.desk import onward
from app.web.writing.differing import differing
from app.web.writing.forms import opened_on
from app.web.writing.history_pages import ComparePage, RevisionPage, RevisionRow, RevisionsPage
from app.web.writing.pages import DESK, Difference
from app.web.writing.texts import for_wordpress
from app.web.writing.words import said_done, words_in

router = APIRouter()

_READ = ["GET", "HEAD"]
_ALL = DESK + "{post_id:int}/revisions/"
_ONE = _ALL + "{revision_id:int}/"


@router.api_route(_ALL, methods=_READ)
async def show_all(request: Request, db: Db, me: Me, post_id: int) -> Response:
    """All there are, the newest first. Raises NotFound, Forbidden."""
    post = await _post(db, me, post_id)
    before = number_in(request.query_params.get("before", ""))
    found = await revisions_of(db, post_id, before)
    newest = await newest_revision(db, post_id)
    frame = await spoken_frame(request, db)
    url = f"{DESK}{post_id}/revisions/"
    has_more = len(found) > PAGE_SIZE
    rows = [
        RevisionRow(
            one.id, f"{url}{one.id}/", one.who, one.at, one.title or _("Untitled"),
            one.characters, one.was_saved, one.id == newest,
        )
        for one in found[:PAGE_SIZE]
    ]  # fmt: skip
    page = RevisionsPage(
        frame=frame,
        head=head_of(frame, _("Revisions"), url),
        post_id=post_id,
        title=post.title or _("Untitled"),
        rows=rows,
        next_url=f"{url}?before={found[PAGE_SIZE - 1].id}" if has_more else "",
    )
    return unkept("writing/revisions.html", page)


@router.api_route(_ALL + "compare/", methods=_READ)
async def show_compared(request: Request, db: Db, me: Me, post_id: int) -> Response:
    """Two revisions, `from` one `to` another, beside each other or with `view=inline` in one text."""
    post = await _post(db, me, post_id)
    query = request.query_params
    later, who = await _revision(db, post_id, query.get("to", ""))
    earlier, who_before = await _revision(db, post_id, query.get("from", ""), before=later.id)
    frame = await spoken_frame(request, db)
    url = f"{DESK}{post_id}/revisions/"
    page = ComparePage(
        frame=frame,
        head=head_of(frame, _("Two revisions"), f"{url}compare/"),
        post_id=post_id,
        title=post.title or _("Untitled"),
        earlier=_row(url, earlier, who_before),
        later=_row(url, later, who),
        titles=compare(earlier.title, later.title),
        # In a thread: others are not to wait while long texts are compared.
        rows=await to_thread.run_sync(compare, earlier.body_source, later.body_source),
        is_inline=query.get("view") == "inline",
        url=f"{url}compare/?from={earlier.id}&to={later.id}",
        base=str(post.version),
    )
    return unkept("writing/compare.html", page)


@router.api_route(_ONE, methods=_READ)
async def show(request: Request, db: Db, me: Me, post_id: int, revision_id: int) -> Response:
    """One of them, as it was typed. Raises NotFound, Forbidden."""
    post = await _post(db, me, post_id)
    revision, who = await get_revision(db, post_id, revision_id)
    earlier, newest = (
        await revision_before(db, post_id, revision_id),
        await newest_revision(db, post_id),
    )
    frame = await spoken_frame(request, db)
    url = f"{DESK}{post_id}/revisions/"
    compared = f"{url}compare/?from="
    page = RevisionPage(
        frame=frame,
        head=head_of(frame, _("A revision"), f"{url}{revision_id}/"),
        post_id=post_id,
        title=post.title or _("Untitled"),
        row=_row(url, revision, who, is_now=revision_id == newest),
        body=revision.body_source,
        words=words_in(revision.body_source),
        earlier_url=f"{compared}{earlier}&to={revision_id}" if earlier else "",
        now_url=f"{compared}{revision_id}&to={newest}" if newest not in (None, revision_id) else "",
        base=str(post.version),
        done=said_done(request),
        others=await _beside(db, me, post_id, revision, frame.site),
    )  # fmt: skip
    return unkept("writing/revision.html", page)


@router.post(_ONE + "restoration")
async def bring_back(request: Request, me: Me, post_id: int, revision_id: int) -> Response:
    """Let the post say what it said then: that is a change like any other, and a revision of its own.

    Raises NotFound, Forbidden, and Conflict where it was changed since the page was opened.
    """
    typed = await typed_fields(request)
    require(may_write_posts(me))
    async with doors_of(request).reading() as db:
        await _post(db, me, post_id)
        revision, _who = await get_revision(db, post_id, revision_id)
    body: str | TypedForWordPress = revision.body_source
    if revision.body_format == BodyFormat.WORDPRESS:
        body = await for_wordpress(request, revision.body_source, post_id)
    version = opened_on(typed).version if "base" in typed else None
    draft = Draft(title=revision.title, body=body, version=version)
    async with doors_of(request).unit_of_work() as db:
        site = await ensure_site(db, settings_of(request).base_host)
        await actions.edit_post(db, me, site, post_id, draft)
    return onward(f"{DESK}{post_id}/", "reverted")


async def _post(db: AsyncSession, me: Actor, post_id: int) -> Post:
    require(may_write_posts(me))
    post, _authors = await get_to_write(db, me, post_id, locked=False)
    return post


async def _beside(
    db: AsyncSession, me: Actor, post_id: int, revision: Revision, site: SiteRow
) -> Sequence[Difference]:
    """What stood beside the words of a form that was given up, and is otherwise now."""
    chosen = choices_in(revision)
    if chosen is None:
        return ()
    before = await before_of(db, me, post_id)
    now = choices_of(before, me, site)
    if before.post is not None and before.post.excerpt_source:
        now["excerpt"] = unix_lines(before.post.excerpt_source)
    return differing(now, chosen, **await ticks_of(db, me, before, now))


async def _revision(
    db: AsyncSession, post_id: int, asked: str, before: int | None = None
) -> tuple[Revision, str]:
    """The one that is asked for; of none, the newest, or the one `before` another."""
    number = number_in(asked)
    if number is None:
        found = revision_before(db, post_id, before) if before else newest_revision(db, post_id)
        number = await found
    if number is None:
        raise Invalid(_("There is nothing yet to compare it with."))
    return await get_revision(db, post_id, number)


def _row(url: str, revision: Revision, who: str, *, is_now: bool = False) -> RevisionRow:
    return RevisionRow(
        revision.id, f"{url}{revision.id}/", who, revision.created_at,
        revision.title or _("Untitled"), len(revision.body_source), revision.was_saved, is_now,
    )  # fmt: skip
