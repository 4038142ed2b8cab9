"""The queue: one page of a list, narrowed by what stands in the address. Only reads."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.i18n import _
from app.core.text import number_in, one_line
from app.discussions.models import CommentKind
from app.discussions.queue import (
    OtherItem,
    QueueItem,
    found_on_page,
    has_sample,
    items_of,
    notes_about,
    queue_page,
    said_before,
    sampled_items,
)
from app.discussions.reach import REPLY, name_of_group
from app.discussions.verbs import REASONS
from app.groups.models import TopicKind
from app.moderation.keys import ACTS, LISTS, Keys, keys_of
from app.moderation.kinds import ThingKind
from app.moderation.models import SavedFilter, Tab
from app.moderation.queue import PAGE_SIZE, Cursor
from app.moderation.reports import reports_of
from app.moderation.sought import Age, Claimed, Links, Sought, fields_of, read_sought
from app.posts.models import Post
from app.posts.queries import posts_visible_to
from app.web.deps import Frame, Me, doors_of
from app.web.moderating.addresses import (
    QUEUE,
    address_of,
    read_cursor,
    write_cursor,
)
from app.web.moderating.other_rows import Onlooker, other_row, others_around
from app.web.moderating.pages import Chip, Filter, QueuePage, Saved
from app.web.moderating.rows import Around, Place, authors_in, kind_words, neighbours_of, row_of
from app.web.moderating.samples import sample_of
from app.web.moderating.searching import meant_by
from app.web.moderating.surroundings import (
    act_of,
    console_frame,
    head_of,
    require_console,
    tabs_of,
    words_of,
)
from app.web.rendering import render
from app.web.reporting.words import thing_words

router = APIRouter()


@router.api_route("/mod", methods=["GET", "HEAD"])
async def without_slash() -> Response:
    """The console's own address ends with a slash."""
    return RedirectResponse(QUEUE, 301)


@router.api_route("/mod/", methods=["GET", "HEAD"])
async def show_queue(request: Request, me: Me) -> Response:
    """One page of a list. Raises SignInNeeded or Forbidden."""
    require_console(me)
    sought = read_sought(request.query_params)
    after = read_cursor(request.query_params.get("after", ""))
    looked_for, found = await _search(request, me, sought, after)
    async with doors_of(request).reading() as db:
        frame = await console_frame(request, db)
        if found is None:
            items = await queue_page(db, me, looked_for, after=after)
        else:
            items = list(await items_of(db, me, looked_for.view, found))
        page = await _page(request, db, me, frame, sought, items)
    response = render("moderating/queue.html", page)
    response.headers["Cache-Control"] = "no-store"
    return response


async def _search(
    request: Request, me: Actor, sought: Sought, after: Cursor | None
) -> tuple[Sought, Sequence[int] | None]:
    """What is looked for, and the cases found on this page where words are."""
    if not sought.words:
        return sought, None
    # This alone may take long, and is done in a thread: all else is a walk along an index.
    async with doors_of(request).reading(slow=True) as db:
        looked_for, found = await meant_by(request, db, me, sought)
        if found is None:
            return looked_for, None
        return looked_for, await found_on_page(db, me, looked_for, found, after=after)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    frame: Frame,
    sought: Sought,
    items: Sequence[QueueItem | OtherItem],
) -> QueuePage:
    shown, now = items[:PAGE_SIZE], clock.now()
    after = request.query_params.get("after", "")
    is_sampled = has_sample(me, sought) and not after
    sampled = await sampled_items(db, me, now) if is_sampled else []
    around = await around_of(
        db, me, [*sampled, *(one for one in shown if isinstance(one, QueueItem))]
    )
    others = await others_around(db, me, [one for one in shown if isinstance(one, OtherItem)])
    here = address_of(sought, after=after)
    # The row of the next page comes up to this one as soon as one has gone.
    following = [_name(item) for item in [*sampled, *items][1:]] + [""]
    onlooker = Onlooker(me, around.keys, sought, here)
    rows: list[Any] = [
        row_of(item, around, me, Place(sought, here, next_row), now)
        if isinstance(item, QueueItem)
        else other_row(item, others, onlooker, next_row, now)
        for item, next_row in zip([*sampled, *shown], following, strict=False)
    ]
    act = await act_of(db, me, number_in(request.query_params.get("done", "")), around.keys)
    return QueuePage(
        frame=frame,
        head=head_of(frame, words_of(sought.view)),
        tabs=await tabs_of(db, me, sought.view, around.keys),
        title=words_of(sought.view),
        view=sought.view,
        rows=rows[len(sampled) :],
        sample=await sample_of(db, rows[: len(sampled)], now) if is_sampled else None,
        filters=_filters(sought),
        chips=await _chips(db, me, sought),
        saved=await _saved(db, me),
        fields=fields_of(sought),
        words=sought.words,
        is_narrowed=sought.is_narrowed,
        whole_url=address_of(sought.without_filters()),
        here=here,
        next_url=_next(sought, items),
        act=act,
        reasons=[(code, _(words)) for code, words in REASONS.items()],
        keys=around.keys,
        help=keys_in_words(around.keys),
        decides_many=me.moderates or me.keeps_groups,
    )


async def around_of(db: AsyncSession, me: Actor, items: Sequence[QueueItem]) -> Around:
    """What stands around these cases: four queries, however many there are."""
    said = await said_before(db, neighbours_of(items))
    reported = [item.comment.id for item in items if item.case.tab == Tab.REPORTED]
    reports = await reports_of(db, list(CommentKind), reported)
    notes = await notes_about(db, authors_in(items))
    return Around(said, notes, await keys_of(db, me), reports)


def _name(item: QueueItem | OtherItem) -> str:
    """By what a row is found again on its page: see `row_in`."""
    return str(item.comment.id) if isinstance(item, QueueItem) else f"c{item.case.id}"


def _next(sought: Sought, items: Sequence[QueueItem | OtherItem]) -> str:
    if len(items) <= PAGE_SIZE:
        return ""
    last = items[PAGE_SIZE - 1].case
    return address_of(sought, after=write_cursor(sought, last.id, last.arrived_at, last.doubt))


def _filters(sought: Sought) -> list[Filter]:
    any_ = ("", _("any"))
    kinds = [any_, *((kind, kind_words(kind)) for kind in (*CommentKind, *TopicKind, REPLY))]
    kinds += [(kind, thing_words(kind)) for kind in ThingKind]
    ages = [
        any_, (Age.DAY, _("last day")), (Age.WEEK, _("last week")), (Age.MONTH, _("last month")),
        (Age.OLDER, _("older")),
    ]  # fmt: skip
    links = [any_, (Links.NONE, _("none")), (Links.SOME, _("some"))]
    claimed = [
        any_, (Claimed.ME, _("by me")), (Claimed.GIVEN, _("given to me")),
        (Claimed.OTHERS, _("by others")), (Claimed.NOBODY, _("by nobody")),
    ]  # fmt: skip
    return [
        Filter("type", _("Kind"), kinds, sought.kind),
        Filter("age", _("Came in"), ages, sought.age or ""),
        Filter("links", _("Links"), links, sought.links or ""),
        Filter("claimed", _("Claimed"), claimed, sought.claimed or ""),
    ]


async def _chips(db: AsyncSession, me: Actor, sought: Sought) -> list[Chip]:
    """What narrows the list besides the fields, each with the address without it."""
    chips = []
    fields = fields_of(sought)

    def without(name: str) -> str:
        return address_of(read_sought({k: v for k, v in fields.items() if k != name}))

    if sought.post_id is not None:
        its = select(Post.title).where(Post.id == sought.post_id, posts_visible_to(me))
        title = await db.scalar(its)
        chips.append(Chip(_("under “%(title)s”") % {"title": title or "?"}, without("post")))
    if sought.group_id is not None:
        name = await name_of_group(db, me, sought.group_id)
        chips.append(Chip(_("in “%(title)s”") % {"title": name or "?"}, without("group")))
    if sought.author_id is not None:
        chips.append(Chip(_("by one author"), without("author")))
    if sought.reason:
        chips.append(Chip(_("for reason “%(code)s”") % {"code": sought.reason}, without("reason")))
    if sought.words:
        words = one_line(sought.words)
        chips.append(Chip(_("with “%(words)s”") % {"words": words}, without("q")))
    return chips


async def _saved(db: AsyncSession, me: Actor) -> list[Saved]:
    query = select(SavedFilter).where(SavedFilter.user_id == me.user_id).order_by(SavedFilter.name)
    return [Saved(one.id, one.name, f"{QUEUE}?{one.query}") for one in await db.scalars(query)]


def keys_in_words(keys: Keys) -> list[tuple[str, str]]:
    """The table of keys, for the help: those there are."""
    acts = [(keys.of(name), _(act.words)) for name, act in ACTS.items()]
    lists = [(keys.of(name), _(act.words)) for name, act in LISTS.items()]
    after = keys.of("go")
    ways = [(f"{after} {key}", words) for key, words in lists if after and key]
    return [*(one for one in acts if one[0]), *ways]
