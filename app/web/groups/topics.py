"""`/groups/g/d/ID-slug/`: a discussion, page by page, and the way to one reply."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.blocks import hidden_from
from app.core import clock
from app.core.errors import AppError, NotFound
from app.core.text import number_in
from app.discussions.models import Section
from app.discussions.queries import ShownComment, comments_on_page
from app.discussions.topics.listening import said_in
from app.discussions.topics.reading import (
    TopicHere,
    get_topic,
    place_of_reply,
)
from app.discussions.topics.taken_up import Subject, find_subject
from app.groups.models import Topic, TopicKind
from app.groups.policy import may_moderate_here, may_solve
from app.resources.sharing import attached_to_topic
from app.web.accounts.pages import spoken_frame
from app.web.asks.addresses import BOARDS
from app.web.asks.panel import Refused, panel_of
from app.web.asks.panel_page import Panel
from app.web.comments.own_waiting import with_own_waiting
from app.web.deps import Db, Frame, Me, settings_of
from app.web.door.page_cache import mark_cacheable
from app.web.forms import Form
from app.web.groups.addresses import GROUPS, topic_name, topic_url
from app.web.groups.entering import entered
from app.web.groups.forms import ReplyForm
from app.web.groups.pages import About, ReplyCard, TopicPage
from app.web.groups.promised import Promised, promised_beside
from app.web.groups.reply_boxes import reply_box
from app.web.groups.reply_cards import reply_card
from app.web.groups.topic_heads import head_of_topic
from app.web.groups.tops import about_of, top_of
from app.web.notices.seeing import read_up_to
from app.web.notices.seeing import shown as shown_to
from app.web.pages.paging import NumberedPage, numbered_pages
from app.web.rendering import render
from app.web.resources.pages import ResourceRow
from app.web.resources.words import row_of

router = APIRouter()

_READ = ["GET", "HEAD"]
TOPIC = GROUPS + "{slug}/d/{name}/"


def named(name: str) -> int:
    """The number of a topic, whatever words stand behind it. Raises NotFound."""
    number = number_in(name.partition("-")[0])
    if number is None:
        raise NotFound
    return number


@router.api_route(TOPIC, methods=_READ)
async def show(request: Request, db: Db, me: Me, slug: str, name: str) -> Response:
    """The first page of a discussion. Raises NotFound."""
    return await _show(request, db, me, slug, name, 1)


@router.api_route(TOPIC + "page/{number:int}/", methods=_READ)
async def show_page(
    request: Request, db: Db, me: Me, slug: str, name: str, number: int
) -> Response:
    """A further page of it. Raises NotFound beyond the last."""
    if number < 2:
        raise NotFound
    return await _show(request, db, me, slug, name, number)


@router.api_route(GROUPS + "{slug}/r/{comment_id:int}", methods=_READ)
async def show_reply(db: Db, me: Me, slug: str, comment_id: int) -> Response:
    """Where one reply stands: a temporary answer, as pages may move. Raises NotFound."""
    place = await place_of_reply(db, me, slug, comment_id)
    page = topic_url(slug, place.topic_id, place.topic_slug, place.page)
    return RedirectResponse(f"{page}#reply-{comment_id}", 302, {"X-Robots-Tag": "noindex"})


async def _show(
    request: Request, db: AsyncSession, me: Actor, slug: str, name: str, number: int
) -> Response:
    # By its number alone: it may have gone to another group, where it is found from its old address.
    found = await get_topic(db, me, "", named(name))
    if found.topic.moved_to is not None:
        return RedirectResponse(await _moved(db, me, found), 301)
    slug_now = found.here.group.slug
    if (slug, name) != (slug_now, topic_name(found.topic.id, found.topic.slug)):
        return RedirectResponse(topic_url(slug_now, found.topic.id, found.topic.slug, number), 301)
    if number > found.pages:
        raise NotFound
    if not me.is_signed_in:
        tags = {"site", f"group:{found.here.group.id}", f"thread:{found.thread.id}"}
        mark_cacheable(request.scope, tags)
    entered(request, me, found.here)
    shown_to(request, me, [f"topic:{found.topic.id}"])
    return await topic_page(request, db, me, found, number)


async def _moved(db: AsyncSession, me: Actor, found: TopicHere) -> str:
    """Where a merged topic went, if whoever asks may read it there."""
    assert found.topic.moved_to is not None
    there = await get_topic(db, me, "", found.topic.moved_to)
    return topic_url(there.here.group.slug, there.topic.id, there.topic.slug)


async def topic_page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    found: TopicHere,
    number: int,
    form: Form[ReplyForm] | None = None,
    error: AppError | None = None,
    refused: Refused | None = None,
) -> Response:
    """One page of a topic, maybe with an answer, or something else, that was not taken in."""
    frame, topic, here = await spoken_frame(request, db), found.topic, found.here
    hidden = await hidden_from(db, me)
    said = await comments_on_page(db, found.thread.id, number, hidden, with_profiles=True)
    shown = await with_own_waiting(db, settings_of(request), me, None, found.thread.id, said)
    cards = _cards(me, found, shown, frozenset(hidden.values()))
    _note_what_is_shown(request, me, topic.id, cards)
    first = await _above(request, db, me, found, frame, refused) if number == 1 else Above()
    page = TopicPage(
        frame=frame,
        head=await head_of_topic(db, frame, found, number, shown, cards),
        top=await top_of(db, me, here, BOARDS.get(TopicKind(topic.kind), ""), may_read=True),
        id=topic.id,
        title=topic.title,
        url=topic_url(here.group.slug, topic.id, topic.slug),
        kind=topic.kind,
        tags=topic.tags,
        author=topic.author_name,
        created_at=topic.created_at,
        is_pinned=topic.is_pinned,
        is_locked=topic.is_locked,
        is_solved=found.solved_by is not None,
        waits=not topic.is_shown,
        is_gone=_is_gone(me, topic, cards),
        reply_count=topic.reply_count,
        cards=cards,
        number=number,
        pages=_numbers(found, number),
        unread_url=_unread_url(found),
        about=first.about,
        said_total=await _said_total(db, found, list(hidden)),
        panel=first.panel,
        resources=first.resources,
        promised=await _promised(request, db, me, found, cards),
        box=reply_box(request, me, found, cards, form, error),
        may_keep=bool(may_moderate_here(me, here)),
        may_solve=bool(may_solve(me, here, topic, clock.now())),
        following=_following(found),
    )
    return render("groups/topic.html", page, _status(error, refused))


def _cards(
    me: Actor, found: TopicHere, shown: Sequence[ShownComment], unseen: frozenset[str]
) -> list[ReplyCard]:
    said = (one for one in shown if one.section == Section.COMMENTS)
    return [reply_card(me, found, one, unseen) for one in said]


async def _promised(
    request: Request, db: AsyncSession, me: Actor, found: TopicHere, cards: Sequence[ReplyCard]
) -> Promised:
    shown = [card for card in cards if not (card.is_gone or card.waits)]
    mine, others = ([one.id for one in shown if one.is_mine is own] for own in (True, False))
    return await promised_beside(request, db, me, found, mine, others)


def _is_gone(me: Actor, topic: Topic, cards: Sequence[ReplyCard]) -> bool:
    """Whether its text was withdrawn or removed; to who began it, it is here as long as it waits."""
    is_own = me.user_id is not None and topic.user_id == me.user_id
    return is_own and not topic.is_shown and all(card.id != topic.opening_id for card in cards)


async def _said_total(db: AsyncSession, found: TopicHere, hidden: Sequence[int]) -> int:
    """How much is said there, but by those whom who looks at it does not see."""
    if not hidden:
        return found.thread.comment_count
    return (await said_in(db, found.thread.id, hidden)).total


@dataclass(frozen=True)
class Above:
    """What stands above the replies, on the first page alone."""

    about: About | None = None
    panel: Panel | None = None
    resources: Sequence[ResourceRow] = ()


async def _above(
    request: Request,
    db: AsyncSession,
    me: Actor,
    found: TopicHere,
    frame: Frame,
    refused: Refused | None,
) -> Above:
    attached = await attached_to_topic(db, me, found.topic.id)
    return Above(
        about=about_of(await _subject(request, db, me, found)),
        panel=await panel_of(db, me, found, frame.site, refused),
        resources=[row_of(one.listed, one.group_slug) for one in attached],
    )


async def _subject(
    request: Request, db: AsyncSession, me: Actor, found: TopicHere
) -> Subject | None:
    """What it was taken up from, and for the cache that the page says so; no query where it was not."""
    topic = found.topic
    if topic.about_post_id is None:
        return None
    subject = await find_subject(db, topic.about_post_id, topic.about_comment_id)
    tags = {f"post:{topic.about_post_id}"}
    if subject is not None and topic.about_comment_id is not None:
        tags.add(f"thread:{subject.thread_id}")
    if not me.is_signed_in:
        mark_cacheable(request.scope, tags)
    return subject


def _note_what_is_shown(
    request: Request, me: Actor, topic_id: int, cards: Sequence[ReplyCard]
) -> None:
    if cards:
        shown_to(request, me, [f"comment:{card.id}" for card in cards])
        read_up_to(request, me, topic_id, max(card.id for card in cards))


def _numbers(found: TopicHere, number: int) -> Sequence[NumberedPage]:
    slug, topic = found.here.group.slug, found.topic
    return numbered_pages(number, found.pages, lambda n: topic_url(slug, topic.id, topic.slug, n))


def _status(error: AppError | None, refused: Refused | None) -> int:
    wrong = error or (refused.error if refused else None)
    return wrong.status if wrong else 200


def _following(found: TopicHere) -> str:
    """How a member hears of it; empty for whom there is nothing to choose."""
    if not found.here.is_inside or not found.topic.is_shown:
        return ""
    follows = found.reading.follows if found.reading else None
    if follows is None:
        return "usual"
    return "follow" if follows else "mute"


def _unread_url(found: TopicHere) -> str:
    """Where to go on reading, for who has read some of it."""
    reading = found.reading
    if reading is None or not reading.comment_id or reading.at >= found.topic.last_said_at:
        return ""
    return f"{topic_url(found.here.group.slug, found.topic.id, found.topic.slug)}unread"
