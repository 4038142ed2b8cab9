"""`/groups/g/d/ID-slug/`: a discussion, page by page, and the way to one reply."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import AppError, NotFound
from app.core.i18n import _
from app.core.text import clean_text, number_in, plain_text, shorten
from app.discussions.models import Section
from app.discussions.queries import ShownComment, comments_on_page
from app.discussions.topics.listening import said_in
from app.discussions.topics.mentions import seen_without
from app.discussions.topics.reading import (
    TopicHere,
    get_topic,
    hidden_from,
    opening_of,
    place_of_reply,
)
from app.discussions.topics.taken_up import Subject, find_subject
from app.groups.models import TopicKind, Visibility
from app.groups.policy import may_moderate_here, may_reply_to
from app.groups.queries import Standing
from app.resources.sharing import attached_to_topic
from app.web.accounts.pages import spoken_frame
from app.web.asks.addresses import BOARDS
from app.web.asks.panel import Refused, panel_of
from app.web.comments.forms import new_token_for
from app.web.comments.own_waiting import with_own_waiting
from app.web.deps import Db, Frame, Me, settings_of
from app.web.door.page_cache import mark_cacheable
from app.web.forms import Form, wrong_with
from app.web.groups.addresses import GROUPS, group_url, reply_url, topic_name, topic_url
from app.web.groups.facts import SaidHere, topic_facts
from app.web.groups.forms import ReplyForm
from app.web.groups.pages import ReplyBox, ReplyCard, TopicPage
from app.web.groups.tops import about_of, initial_of, top_of
from app.web.head import Head
from app.web.notices.seeing import read_up_to
from app.web.notices.seeing import shown as shown_to
from app.web.pages.discovery import discovery
from app.web.pages.paging import NumberedPage, numbered_pages
from app.web.pages.structured_data import Facts
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
    unseen = frozenset(hidden.values())
    shown = await with_own_waiting(db, settings_of(request), me, None, found.thread.id, said)
    cards = [_card(me, found, one, unseen) for one in shown if one.section == Section.COMMENTS]
    answers = number_in(request.query_params.get("answering", "")) or 0
    if cards:
        shown_to(request, me, [f"comment:{card.id}" for card in cards])
        read_up_to(request, me, topic.id, max(card.id for card in cards))
    url = topic_url(here.group.slug, topic.id, topic.slug)
    subject = await _subject(request, db, me, found) if number == 1 else None
    page = TopicPage(
        frame=frame,
        head=_head(frame, found, number, shown, await _facts(db, frame, found, number, cards)),
        top=await top_of(db, me, here, BOARDS.get(TopicKind(topic.kind), ""), may_read=True),
        id=topic.id,
        title=topic.title,
        url=url,
        kind=topic.kind,
        tags=topic.tags,
        author=topic.author_name,
        created_at=topic.created_at,
        is_pinned=topic.is_pinned,
        is_locked=topic.is_locked,
        is_solved=topic.solved_by is not None,
        waits=not topic.is_shown,
        reply_count=topic.reply_count,
        cards=cards,
        number=number,
        pages=_numbers(found, number),
        unread_url=_unread_url(found, url),
        about=about_of(subject),
        said_total=await _said_total(db, found, list(hidden)),
        panel=await panel_of(db, me, found, frame.site, refused) if number == 1 else None,
        resources=await _attached(db, me, topic.id) if number == 1 else (),
        box=_box(request, me, found, cards, answers, form, error),
        may_keep=bool(may_moderate_here(me, here)),
        may_solve=_may_solve(me, found),
    )
    wrong = error or (refused.error if refused else None)
    return render("groups/topic.html", page, wrong.status if wrong else 200)


async def _said_total(db: AsyncSession, found: TopicHere, hidden: Sequence[int]) -> int:
    """How much is said there, but by those whom who looks at it does not see."""
    if not hidden:
        return found.thread.comment_count
    return (await said_in(db, found.thread.id, hidden)).total


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


def _numbers(found: TopicHere, number: int) -> Sequence[NumberedPage]:
    slug, topic = found.here.group.slug, found.topic
    return numbered_pages(number, found.pages, lambda n: topic_url(slug, topic.id, topic.slug, n))


async def _attached(db: AsyncSession, me: Actor, topic_id: int) -> list[ResourceRow]:
    found = await attached_to_topic(db, me, topic_id)
    return [row_of(one.listed, one.group_slug) for one in found]


def _may_solve(me: Actor, found: TopicHere) -> bool:
    is_own = me.user_id is not None and found.topic.user_id == me.user_id
    return is_own or bool(may_moderate_here(me, found.here))


def _card(me: Actor, found: TopicHere, one: ShownComment, unseen: frozenset[str]) -> ReplyCard:
    slug = found.here.group.slug
    return ReplyCard(
        id=one.id,
        author=one.author_name,
        author_url=f"/people/{one.author_slug}/" if one.author_slug else "",
        initial=initial_of(one.author_name),
        photo_url=one.author_photo or "",
        began_it=one.user_id is not None and one.user_id == found.topic.user_id,
        at=one.created_at,
        edited=_edited(one),
        body_html=seen_without(one.body_html, unseen),
        answered_id=one.parent_id,
        answered_name=one.parent_name or "",
        answered_url=reply_url(slug, one.parent_id) if one.parent_id else "",
        is_gone=not one.is_approved and not one.waits,
        waits=one.waits,
        is_solution=one.id == found.topic.solved_by,
        is_mine=one.user_id is not None and one.user_id == me.user_id,
        url=reply_url(slug, one.id),
    )


def _edited(one: ShownComment) -> str:
    if one.edited_at is None:
        return ""
    return _("edited by a moderator") if one.is_edited_by_moderator else _("edited")


def _unread_url(found: TopicHere, url: str) -> str:
    """Where to go on reading, for who has read some of it."""
    reading = found.reading
    if reading is None or not reading.comment_id or reading.at >= found.topic.last_said_at:
        return ""
    return f"{url}unread"


def _box(
    request: Request,
    me: Actor,
    found: TopicHere,
    cards: Sequence[ReplyCard],
    answers: int,
    form: Form[ReplyForm] | None,
    error: AppError | None,
) -> ReplyBox:
    typed = form.typed if form else {}
    answers = number_in(typed.get("comment_parent", "")) or answers
    slug, topic = found.here.group.slug, found.topic
    return ReplyBox(
        action=group_url(slug, f"d/{topic.id}/replies"),
        may=may_reply_to(me, found.here, topic, clock.now()),
        token=typed.get("form_token") or new_token_for(settings_of(request), -topic.id),
        typed=clean_text(typed.get("comment", "")) or _quoted(request, cards),
        answers_id=answers,
        answers_name=next((card.author for card in cards if card.id == answers), ""),
        errors=wrong_with(form, error),
        is_read_first=is_read_first(me, found.here),
    )


def is_read_first(me: Actor, here: Standing) -> bool:
    """Whether a moderator reads what this member says before others do, as they are new here."""
    mine = here.membership
    is_new = mine is not None and mine.approved < here.group.holds_first
    return is_new and not may_moderate_here(me, here)


def _quoted(request: Request, cards: Sequence[ReplyCard]) -> str:
    """The words of a reply that is quoted, each line marked, to be answered below."""
    quoted = number_in(request.query_params.get("quoting", ""))
    card = next((card for card in cards if card.id == quoted), None)
    if card is None or card.is_gone:
        return ""
    words = shorten(plain_text(str(card.body_html)), 120, 800)
    return f"> {words}\n\n"


async def _facts(
    db: AsyncSession, frame: Frame, found: TopicHere, number: int, cards: Sequence[ReplyCard]
) -> Facts:
    """What search engines are told of a page; nothing of one that not everybody reads."""
    group, topic = found.here.group, found.topic
    if not _is_public(found):
        return {}
    opening = await opening_of(db, topic)
    if opening is None:
        return {}
    here = SaidHere(group, topic, opening, number, above=(frame.site.title, _("Groups")))
    return topic_facts(here, cards, frame.base_url)


def _is_public(found: TopicHere) -> bool:
    return found.here.group.visibility == Visibility.PUBLIC and found.topic.is_shown


def _head(
    frame: Frame, found: TopicHere, number: int, said: Sequence[ShownComment], facts: Facts
) -> Head:
    topic, group = found.topic, found.here.group
    words = [topic.title, group.name, frame.site.title]
    if number > 1:
        words.insert(1, _("page %(number)s") % {"number": number})
    path = topic_url(group.slug, topic.id, topic.slug, number)
    is_public = _is_public(found)
    whole = topic_url(group.slug, topic.id, topic.slug)
    first = plain_text(str(said[0].body_html)) if said and number == 1 else ""

    def beside(other: int) -> str:
        there = topic_url(group.slug, topic.id, topic.slug, other)
        return frame.base_url + there if 1 <= other <= found.pages else ""

    return Head(
        title=" – ".join(words),
        path=path,
        description=shorten(first, 40, 200) if is_public else "",
        canonical=frame.base_url + path,
        previous=beside(number - 1),
        next=beside(number + 1),
        facts=facts,
        robots="max-image-preview:large" if is_public else "noindex",
        links=discovery(
            frame.base_url,
            frame.site.title,
            own_feed=(topic.title, f"{whole}feed/") if is_public else None,
        ),
    )
