"""Answering in a topic: a form that works without script and loses nothing."""

from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import VISITOR
from app.core import clock
from app.core.errors import AppError
from app.discussions.pages import page_number
from app.discussions.topics.marking import mark_read
from app.discussions.topics.reading import get_topic
from app.discussions.topics.speaking import reply_in_topic
from app.web.deps import doors_of, frame_of, settings_of, who_asks
from app.web.errors import show_again
from app.web.forms import Form, read_form, value_of
from app.web.groups.addresses import GROUPS, topic_url
from app.web.groups.forms import ReplyForm
from app.web.groups.promised import page_after
from app.web.groups.speaking import submission_of
from app.web.groups.topics import topic_page

router = APIRouter()


async def reply(request: Request) -> Response:
    """Answer in a discussion: to the reply, where it stands or waits."""
    slug, topic_id = request.path_params["slug"], request.path_params["topic_id"]
    form = await read_form(request, ReplyForm)
    show_again(request, lambda error: _again(request, slug, topic_id, form, error))
    value, settings = value_of(form), settings_of(request)
    unsigned = submission_of(request, VISITOR, value, of=-topic_id)
    # Who it is is read here, too: a snapshot of its own costs a tenth of all that follows.
    async with doors_of(request).unit_of_work() as db:
        me = await who_asks(request, db)
        submission = replace(unsigned, name=me.name, user_id=me.user_id)
        site = (await frame_of(request, db)).site
        found, said = await reply_in_topic(
            db, me, settings, site, (slug, topic_id), submission,
            parent_id=value.comment_parent or None,
        )  # fmt: skip
        number = await page_number(db, said) if said.is_approved else found.pages
        await mark_read(db, me, topic_id, said.id, clock.now())
        page = topic_url(slug, topic_id, found.topic.slug, number)
        there = await page_after(db, me, page, said, site.language)
    return RedirectResponse(there, 303)


# A route of Starlette's, as that for comments is: see there.
router.add_route(GROUPS + "{slug}/d/{topic_id:int}/replies", reply, methods=["POST"])


async def _again(
    request: Request, slug: str, topic_id: int, form: Form[ReplyForm], error: AppError
) -> Response:
    async with doors_of(request).reading() as db:
        me = await who_asks(request, db)
        found = await get_topic(db, me, slug, topic_id)
        return await topic_page(request, db, me, found, found.pages, form, error)
