"""Saying something under a post, saying it otherwise, and taking it back: as on the page, by a member's token."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.acting import change
from app.api.answering import Done
from app.api.calling import Call
from app.api.comments import CommentWhole, get_row, told
from app.api.fields import Id, Sent, Text
from app.api.once import done_once
from app.api.operations import Asking, writes
from app.api.routing import ApiRoute
from app.core.errors import Forbidden
from app.core.i18n import _
from app.core.markup import markdown_comment
from app.core.networks import kept_address
from app.core.rows import flush_changes
from app.discussions.changing import LONGEST
from app.discussions.deciding import require_version
from app.discussions.own import edit_own, withdraw_own
from app.discussions.replying import Target, reply
from app.discussions.showing import locked_comment
from app.moderation.asking import asks_others
from app.moderation.submission import FormProof, Submission

router = APIRouter(route_class=ApiRoute, tags=["Comments"])

# Words that a member's own token comes with were sent by who they say: no form need prove that.
_PROOF = FormProof(token_age=3600.0, has_worked=True)


class CommentSent(Sent):
    """Something to say."""

    text: Annotated[Text, Field(min_length=1, max_length=LONGEST, examples=["It is green."])] = (
        Field(description="In Markdown, of which comments know a part.")
    )
    parent_id: Id | None = Field(None, description="The comment that is answered.")
    follow_answers: bool = Field(False, description="Be mailed when somebody answers.")


class CommentChange(Sent):
    """The same in other words."""

    text: Annotated[Text, Field(min_length=1, max_length=LONGEST)]
    version: Annotated[int, Field(ge=1, lt=10**9)] | None = Field(
        None, description="The one that was read: 409 where it is another by now."
    )


@router.post(
    "/posts/{post_id:int}/comments",
    status_code=201,
    response_model=CommentWhole,
    **writes(Scope.COMMENTS_WRITE, 404, 409),
)
async def create_comment(call: Asking, post_id: int, sent: CommentSent) -> Response:
    """Comment on a post. The filters judge it as any other: `status` says what became of it.

    The same words under the same post within a day are refused with 409.
    """
    return await done_once(call, lambda db: _reply(call, db, post_id, sent))


@router.patch(
    "/comments/{comment_id:int}",
    response_model=CommentWhole,
    **writes(Scope.COMMENTS_WRITE, 404, 409),
)
async def change_comment(call: Asking, comment_id: int, sent: CommentChange) -> Response:
    """Say one's own comment otherwise: within 15 minutes, or as long as it waits.

    It is judged anew; of one that is shown, the old text stays until the new one may be.
    """
    return await change(
        call,
        lambda db: _one(call, db, comment_id),
        lambda db: _change(call, db, comment_id, sent),
    )


@router.delete(
    "/comments/{comment_id:int}",
    response_model=CommentWhole,
    **writes(Scope.COMMENTS_WRITE, 404, 409, takes_body=False),
)
async def withdraw_comment(call: Asking, comment_id: int) -> Response:
    """Take one's own comment back: within 15 minutes, or as long as it waits."""
    return await change(
        call, lambda db: _one(call, db, comment_id), lambda db: _withdraw(call, db, comment_id)
    )


def submission_of(call: Call, text: str) -> Submission:
    """What somebody says by a token, with all that the filters ask about its sender."""
    request = call.request
    return Submission(
        text=text,
        html=markdown_comment(text),
        name=call.me.name,
        user_id=call.me.user_id,
        address=kept_address(request.client.host if request.client else ""),
        agent=request.headers.get("user-agent", "")[:500],
        proof=_PROOF,
    )


async def _reply(call: Call, db: AsyncSession, post_id: int, sent: CommentSent) -> Done:
    comment = await reply(
        db, call.me, call.settings, call.site, Target(post_id, sent.parent_id),
        submission_of(call, sent.text), wants_answers=sent.follow_answers,
    )  # fmt: skip
    await flush_changes(db)
    place = {"Location": call.api(f"/comments/{comment.id}")}
    return Done(await _one(call, db, comment.id), 201, place)


async def _one(call: Call, db: AsyncSession, comment_id: int) -> CommentWhole:
    return told(call, await get_row(db, call.me, comment_id))


async def _change(call: Call, db: AsyncSession, comment_id: int, sent: CommentChange) -> None:
    await _require_own(call, db, comment_id)
    comment, _thread = await locked_comment(db, comment_id)
    await require_version(db, comment, sent.version)
    await edit_own(
        db, call.site, comment_id, sent.text, markdown_comment(sent.text),
        asks_others=asks_others(call.settings, call.site), user_id=call.me.user_id,
    )  # fmt: skip


async def _withdraw(call: Call, db: AsyncSession, comment_id: int) -> None:
    await _require_own(call, db, comment_id)
    await withdraw_own(db, comment_id)


async def _require_own(call: Call, db: AsyncSession, comment_id: int) -> None:
    row = await get_row(db, call.me, comment_id)
    if row.comment.user_id != call.me.user_id:
        raise Forbidden(_("Only who wrote this can change it."))
