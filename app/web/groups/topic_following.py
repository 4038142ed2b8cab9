"""Whether one is told of what is said in a discussion: a form that only POST sends."""

from enum import StrEnum

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from app.discussions.topics.marking import follow_topic
from app.web.deps import Me, doors_of
from app.web.forms import read_form, value_of
from app.web.groups.addresses import GROUPS, topic_url

router = APIRouter()


class Following(StrEnum):
    """Told of every reply; of none; or of those where one has taken part."""

    FOLLOW = "follow"
    MUTE = "mute"
    USUAL = "usual"


_FOLLOWS = {Following.FOLLOW: True, Following.MUTE: False, Following.USUAL: None}


class FollowingForm(BaseModel):
    """What becomes of it."""

    how: Following = Field(alias="as")


@router.post(GROUPS + "{slug}/d/{topic_id:int}/following")
async def post_following(request: Request, me: Me, slug: str, topic_id: int) -> Response:
    """Be told of what is said there, or of nothing. Raises NotFound, Forbidden."""
    form = value_of(await read_form(request, FollowingForm))
    async with doors_of(request).unit_of_work() as db:
        found = await follow_topic(db, me, slug, topic_id, follows=_FOLLOWS[form.how])
    return RedirectResponse(topic_url(slug, topic_id, found.topic.slug), 303)
