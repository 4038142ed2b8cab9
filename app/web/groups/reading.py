"""`/groups/` and what anybody reads of a group: its discussions, what it is for, who belongs to it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.text import number_in, one_line
from app.discussions.topics.reading import (
    ON_PAGE,
    ListedTopic,
    TopicCursor,
    topics_listed,
    waiting_here,
)
from app.groups.listing import ON_PAGE as GROUPS_ON_PAGE
from app.groups.listing import SILENT, GroupCursor, ListedGroup, groups_listed
from app.groups.models import Sharing, TopicKind, Visibility
from app.groups.policy import may_found_groups, may_start
from app.groups.queries import (
    Standing,
    get_group,
    may_read_in,
    members_of,
    stewards_of,
)
from app.resources.sharing import shared_in
from app.web.accounts.pages import spoken_frame
from app.web.deps import Db, Frame, Me
from app.web.door.page_cache import mark_cacheable
from app.web.groups.addresses import GROUPS, group_url, topic_url
from app.web.groups.entering import entered
from app.web.groups.pages import (
    AboutPage,
    GroupPage,
    GroupRow,
    GroupsPage,
    TopicRow,
)
from app.web.groups.tops import faces_of, top_of
from app.web.head import Head
from app.web.pages.discovery import discovery
from app.web.rendering import render
from app.web.resources.words import row_of

router = APIRouter()

_READ = ["GET", "HEAD"]
_FACES = 12
_RESOURCES = 3
_KINDS = {TopicKind.ASK: "ask", TopicKind.OFFER: "offer", TopicKind.DISCUSSION: ""}


@router.api_route(GROUPS, methods=_READ)
async def show_all(request: Request, db: Db, me: Me) -> Response:
    """Groups that somebody may know of, their own first; `?before=` further down."""
    frame = await spoken_frame(request, db)
    key = _key(request.query_params.get("before", ""))
    rows = await groups_listed(db, me, after=GroupCursor(*key) if key else None)
    shown = rows[:GROUPS_ON_PAGE]
    page = GroupsPage(
        frame=frame,
        head=Head(title=f"{_('Groups')} – {frame.site.title}", path=GROUPS,
                  canonical=frame.base_url + GROUPS, robots="noindex" if key else "max-image-preview:large"),
        mine=[_group_row(row) for row in shown if row.is_mine],
        others=[_group_row(row) for row in shown if not row.is_mine],
        is_first=key is None,
        more=_more(rows),
        may_begin=bool(may_found_groups(me, members_may=frame.site.members_found_groups)),
    )  # fmt: skip
    if not me.is_signed_in:
        mark_cacheable(request.scope, {"site", "groups"})
    return render("groups/all.html", page)


@router.api_route(GROUPS + "{slug}/", methods=_READ)
async def show(request: Request, db: Db, me: Me, slug: str) -> Response:
    """What is discussed in a group; `?tag=` of one kind, `?before=` further down. Raises NotFound."""
    here = await get_group(db, me, slug)
    entered(request, me, here)
    frame, may_read = await spoken_frame(request, db), may_read_in(me, here)
    tag = one_line(request.query_params.get("tag", ""))[:40].casefold()
    key = _key(request.query_params.get("before", ""))
    after = TopicCursor(*key) if key else None
    topics: Sequence[ListedTopic] = []
    if may_read:
        topics = await topics_listed(db, me, here.group.id, tag=tag, after=after)
    is_first = after is None and not tag
    waits = await waiting_here(db, me, here.group.id) if me.is_signed_in and is_first else []
    newest = await members_of(db, me, here.group.id, most=_FACES) if is_first else []
    has_files = may_read and is_first and here.group.sharing != Sharing.NOBODY
    shared = await shared_in(db, me, here.group.id, most=_RESOURCES) if has_files else []
    page = GroupPage(
        frame=frame,
        head=head_in(frame, here, group_url(slug), is_first=is_first),
        top=await top_of(db, me, here, "", may_read=may_read, is_lead=True),
        faces=faces_of(newest[:_FACES]) if may_read else [],
        waiting=[_topic_row(here, me, row) for row in waits],
        topics=[_topic_row(here, me, row) for row in topics[:ON_PAGE]],
        resources=[row_of(one, slug) for one in shared[:_RESOURCES]],
        tag=tag,
        older=_older(here, topics, tag),
        may_read=may_read,
        may_start=may_start(me, here, TopicKind.DISCUSSION, clock.now()),
    )
    _let_keep(request, me, here)
    return render("groups/group.html", page)


@router.api_route(GROUPS + "{slug}/about/", methods=_READ)
async def about(request: Request, db: Db, me: Me, slug: str) -> Response:
    """What a group is for, its rules, and who keeps it. Raises NotFound."""
    here = await get_group(db, me, slug)
    entered(request, me, here)
    frame, may_read = await spoken_frame(request, db), may_read_in(me, here)
    page = AboutPage(
        frame=frame,
        head=head_in(frame, here, group_url(slug, "about/"), _("About")),
        top=await top_of(db, me, here, "about/", may_read=may_read, is_lead=True),
        about_html=here.group.about_html,
        rules_html=here.group.rules_html,
        stewards=faces_of(await stewards_of(db, me, here.group.id)),
        since=here.group.created_at,
    )
    _let_keep(request, me, here)
    return render("groups/about.html", page)


@router.api_route(GROUPS + "{path:path}", methods=_READ)
@router.api_route(GROUPS.rstrip("/"), methods=_READ)
async def nothing_else() -> Response:
    """No post is looked for below here. Raises NotFound, which leads on what only lacks its last slash."""
    raise NotFound


def _let_keep(request: Request, me: Actor, here: Standing) -> None:
    """Keep what every visitor is shown alike."""
    if not me.is_signed_in:
        mark_cacheable(request.scope, {"site", f"group:{here.group.id}"})


def head_in(
    frame: Frame, here: Standing, path: str, what: str = "", *, is_first: bool = True
) -> Head:
    """What the head of a page of a group says."""
    words = [*([what] if what else []), here.group.name, frame.site.title]
    is_public = here.group.visibility == Visibility.PUBLIC
    return Head(
        title=" – ".join(words),
        path=path,
        description=here.group.purpose if is_public else "",
        canonical=frame.base_url + path,
        robots="max-image-preview:large" if is_public and is_first else "noindex",
        links=discovery(
            frame.base_url,
            frame.site.title,
            own_feed=(here.group.name, f"{group_url(here.group.slug)}feed/") if is_public else None,
        ),
    )


def _group_row(row: ListedGroup) -> GroupRow:
    return GroupRow(
        name=row.name,
        url=group_url(row.slug),
        purpose=row.purpose,
        is_open_to_all=row.visibility == Visibility.PUBLIC,
        members=row.member_count,
        topics=row.topic_count,
        last_said_at=row.last_said_at,
    )


def _topic_row(here: Standing, me: Actor, row: ListedTopic) -> TopicRow:
    is_unread = here.is_inside and (row.read_at is None or row.read_at < row.last_said_at)
    return TopicRow(
        title=row.title,
        url=topic_url(here.group.slug, row.id, row.slug),
        kind=_KINDS[TopicKind(row.kind)],
        author=row.author_name or _("Former member"),
        replies=row.reply_count,
        created_at=row.created_at,
        last_said_at=row.last_said_at,
        last_said_by=_("Former member") if row.last_said_by == "" else row.last_said_by,
        tags=row.tags,
        is_pinned=row.is_pinned,
        is_locked=row.is_locked,
        is_solved=row.is_solved,
        is_unread=is_unread and row.last_said_by != me.name,
        waits=not row.is_shown,
    )


def _more(rows: Sequence[ListedGroup]) -> str:
    """Where the list of groups goes on; empty at its end."""
    if len(rows) <= GROUPS_ON_PAGE:
        return ""
    last = rows[GROUPS_ON_PAGE - 1]
    at = moment_written(last.last_said_at or SILENT)
    return f"{GROUPS}?before={int(last.is_mine)}-{at}-{last.id}"


def _older(here: Standing, topics: Sequence[ListedTopic], tag: str) -> str:
    """Where the list goes on; empty at its end."""
    if len(topics) <= ON_PAGE:
        return ""
    last = topics[ON_PAGE - 1]
    query = f"?before={int(last.is_pinned)}-{moment_written(last.last_said_at)}-{last.id}"
    return group_url(here.group.slug, query + (f"&tag={tag}" if tag else ""))


def moment_written(at: datetime) -> int:
    """A moment as an address has it: whole microseconds, as keys are compared to the last of them."""
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def moment_read(written: str) -> datetime | None:
    """The same, read; None for what is none."""
    number = number_in(written)
    if number is None or number > 253_000_000_000_000_000:
        return None
    seconds, micros = divmod(number, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros)


def _key(written: str) -> tuple[bool, datetime, int] | None:
    """What a list goes on behind: whether that stands above the rest, its moment and its number."""
    is_above, _dash, rest = written.partition("-")
    moment, _dash, key = rest.partition("-")
    at, number = moment_read(moment), number_in(key)
    if is_above not in ("0", "1") or at is None or number is None:
        return None
    return is_above == "1", at, number
