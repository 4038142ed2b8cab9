"""Who may do what, as a table: each row one request, each column somebody, in the cells what they are answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from app.accounts.actor import Role
from app.accounts.models import User
from app.core.secrets import new_token
from app.discussions.models import Comment, CommentStatus
from app.moderation.models import AuthorKey
from app.posts.models import Post
from app.settings import Settings
from app.web.own_addresses import own_address
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.commenting import hidden_fields
from tests.world import a_comment, a_draft, a_member, a_post, an_author, an_author_key

pytestmark = pytest.mark.anyio

WHO: Mapping[str, tuple[Role, ...]] = {
    "member": (),
    "author, own post": (Role.AUTHOR,),
    "author, other's post": (Role.AUTHOR,),
    "editor": (Role.EDITOR,),
    "moderator": (Role.MODERATOR,),
    "owner": (Role.OWNER,),
}


@dataclass(frozen=True)
class Scene:
    """A comment that waits, by an author who has a key, under a published post; and a draft beside it."""

    post: Post
    draft: Post
    comment: Comment
    author: AuthorKey
    own: str


Ask = Callable[[httpx.AsyncClient, Scene], Any]


def get(address: str) -> Ask:
    return lambda client, scene: client.get(address.format(scene=scene))


def post(address: str, **fields: str) -> Ask:
    return lambda client, scene: client.post(
        address.format(scene=scene),
        data={name: value.format(scene=scene) for name, value in fields.items()},
    )


async def say(client: httpx.AsyncClient, scene: Scene) -> httpx.Response:
    """Comment as whoever this is."""
    page = await client.get(scene.post.path or "")
    typed = {"author": "Gwen", "email": "gwen@example.org", "comment": "It is green, not red."}
    return await client.post(
        f"{scene.post.path}comment", data={**hidden_fields(page.text), **typed}
    )


ABOUT_IT, ABOUT_AUTHOR = "/mod/comments/{scene.comment.id}", "/mod/authors/{scene.author.id}"
HERE = "{scene.comment.id}"
# Columns: visitor, member, author of the post, author of another, editor, moderator, owner.
TABLE: Mapping[str, tuple[Ask, tuple[int, ...]]] = {
    "read a post": (get("{scene.post.path}"), (200,) * 7),
    "read a feed": (get("/comments/feed/"), (200,) * 7),
    "comment": (say, (303,) * 7),
    "edit one's own": (post("{scene.own}text", comment="It is red."), (303,) * 7),
    "withdraw one's own": (post("{scene.own}withdrawal"), (303,) * 7),
    "be mailed answers": (post("{scene.own}following"), (303,) * 7),
    "edit with a wrong secret": (post("/c/{scene.comment.id}/x/text", comment="Mine"), (404,) * 7),
    "see one's account": (get("/account/"), (401, 200, 200, 200, 200, 200, 200)),
    "rename oneself": (post("/account/name", name="Bo"), (401, 303, 303, 303, 303, 303, 303)),
    "open the queue": (get("/mod/"), (401, 403, 200, 200, 200, 200, 200)),
    "look at a comment": (get(ABOUT_IT), (401, 403, 200, 404, 404, 200, 200)),
    "approve": (post(f"{ABOUT_IT}/approval", version="1"), (401, 403, 303, 403, 403, 303, 303)),
    "call spam": (post(f"{ABOUT_IT}/spam", version="1"), (401, 403, 303, 403, 403, 303, 303)),
    "remove": (post(f"{ABOUT_IT}/removal", reason="rude"), (401, 403, 303, 403, 403, 303, 303)),
    "hold": (post(f"{ABOUT_IT}/hold", version="1"), (401, 403, 303, 403, 403, 303, 303)),
    "answer": (post(f"{ABOUT_IT}/answer", text="Yes."), (401, 403, 303, 403, 403, 303, 303)),
    "edit another's": (post(f"{ABOUT_IT}/edition", text="No."), (401, 403, 303, 403, 403, 303, 303)),
    "move to a post that is nobody's": (post(f"{ABOUT_IT}/place", post="0"), (401, 403, 422, 404, 404, 422, 422)),
    "close a discussion": (post(f"{ABOUT_IT}/lock", locked="1"), (401, 403, 303, 403, 403, 303, 303)),
    "claim": (post(f"{ABOUT_IT}/claim", version="1"), (401, 403, 403, 403, 403, 303, 303)),
    "assign": (post(f"{ABOUT_IT}/assignment", to=""), (401, 403, 403, 403, 403, 303, 303)),
    "warn": (post(f"{ABOUT_IT}/warning", text="Please be kind."), (401, 403, 303, 403, 403, 303, 303)),
    "block": (post(f"{ABOUT_AUTHOR}/standing", standing="block", comment=HERE), (401, 403, 403, 403, 403, 303, 303)),
    "watch": (post(f"{ABOUT_AUTHOR}/standing", standing="watch", comment=HERE), (401, 403, 403, 403, 403, 303, 303)),
    "trust": (post(f"{ABOUT_AUTHOR}/standing", standing="trust", comment=HERE), (401, 403, 403, 403, 403, 303, 303)),
    "note": (post(f"{ABOUT_AUTHOR}/notes", text="Calm.", comment=HERE), (401, 403, 403, 403, 403, 303, 303)),
    "look before many": (post("/mod/batches/preview", verb="spam", chosen=HERE), (401, 403, 403, 403, 403, 200, 200)),
    "decide about many": (post("/mod/batches", verb="spam", chosen=HERE), (401, 403, 403, 403, 403, 303, 303)),
    "read the log": (get("/mod/log/"), (401, 403, 403, 403, 403, 200, 200)),
    "read the outbox": (get("/mod/outbox/"), (401, 403, 403, 403, 403, 200, 200)),
    "read a draft": (get("/?p={scene.draft.id}"), (404, 404, 404, 404, 404, 404, 404)),
}  # fmt: skip


async def set_up(doors: Doors, settings: Settings, author: User | None) -> Scene:
    async with doors.unit_of_work() as db:
        written = await a_post(db, by=author or await an_author(db, f"Nora {new_token()}"))
        draft = await a_draft(db)
        key = await an_author_key(db, f"{new_token()}@example.org")
        comment = await a_comment(
            db, under=written, status=CommentStatus.PENDING, author_key_id=key.id,
            author_email="gwen@example.org", author_ip="203.0.113.7",
        )  # fmt: skip
    return Scene(written, draft, comment, key, own_address(settings, comment.id))


@pytest.mark.parametrize("row", TABLE)
async def test_each_is_answered_as_the_table_says(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, signed_in: SignedIn, row: str
) -> None:
    ask, expected = TABLE[row]
    answers = [await ask(visitor, await set_up(doors, settings, None))]
    for column, roles in WHO.items():
        async with doors.unit_of_work() as db:
            user = await a_member(db, column, roles=roles)
        scene = await set_up(doors, settings, user if column == "author, own post" else None)
        answers.append(await ask(await signed_in(user=user), scene))

    columns = ("visitor", *WHO)
    said = {column: answer.status_code for column, answer in zip(columns, answers, strict=True)}
    assert said == dict(zip(columns, expected, strict=True))
