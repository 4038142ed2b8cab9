"""Who may do what by the API: product.md §2 as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from app.accounts.actor import Role
from app.accounts.models import User
from app.discussions.models import CommentStatus
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import API
from tests.groups.building import a_group, a_membership
from tests.visiting import BASE_URL
from tests.world import a_comment, a_draft, a_member, a_page, a_post

pytestmark = pytest.mark.anyio


@dataclass
class Scene:
    """A post of Ada's, with what hangs on it, and a group."""

    ada: User
    tom: User
    post: int
    draft: int
    page: int
    comment: int
    group: str


async def a_scene(doors: Doors) -> Scene:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", roles=[Role.AUTHOR])
        tom = await a_member(db, "Tom", roles=[Role.AUTHOR])
        post, draft = await a_post(db, by=ada), await a_draft(db, by=ada)
        page = await a_page(db)
        comment = await a_comment(db, under=post, status=CommentStatus.PENDING)
        olga = await a_member(db, "Olga")
        group = await a_group(db, by=olga, visibility="members")
        await a_membership(db, group, ada)
    return Scene(ada, tom, post.id, draft.id, page.id, comment.id, group.slug)


NEW, APPROVE = {"title": "New"}, {"verb": "approve"}
# Columns: visitor, member, the post's author (who is in the group, too), another author, editor, moderator, owner.
TABLE: Mapping[str, tuple[str, str, Any, tuple[int, ...]]] = {
    "read a post": ("GET", "posts/{post}", None, (200,) * 7),
    "read a draft": ("GET", "posts/{draft}", None, (404, 404, 200, 404, 200, 404, 200)),
    "write a post": ("POST", "posts", NEW, (401, 403, 201, 201, 201, 403, 201)),
    "write a page": ("POST", "pages", NEW, (401, 403, 403, 403, 201, 403, 201)),
    "change a post": ("PATCH", "posts/{post}", NEW, (401, 403, 200, 403, 200, 403, 200)),
    "change a page": ("PATCH", "posts/{page}", NEW, (401, 403, 403, 403, 200, 403, 200)),
    "keep it on top": ("PATCH", "posts/{post}", {"is_sticky": True}, (401, 403, 403, 403, 200, 403, 200)),
    # After the first of them it is not public any more.
    "trash it": ("DELETE", "posts/{post}", None, (401, 403, 200, 404, 200, 404, 200)),
    "make a category": ("POST", "terms", {"taxonomy": "category", "name": "x"}, (401, 403, 403, 403, 201, 403, 201)),
    "see the files": ("GET", "media", None, (401, 403, 200, 200, 200, 403, 200)),
    "comment": ("POST", "posts/{post}/comments", {"text": "Yes."}, (401, *(201,) * 6)),
    "change another's comment": ("PATCH", "comments/{comment}", {"text": "No."}, (401, *(404,) * 6)),
    "see the queue": ("GET", "moderation/queue", None, (401, 403, 200, 200, 403, 200, 200)),
    "see a case": ("GET", "moderation/comments/{comment}", None, (401, 403, 200, 404, 403, 200, 200)),
    "decide": ("POST", "moderation/comments/{comment}/decisions", APPROVE, (401, 403, 201, 404, 403, 201, 201)),
    "see the log": ("GET", "moderation/log", None, (401, 403, 403, 403, 403, 200, 200)),
    "know of a group": ("GET", "groups/{group}", None, (200,) * 7),
    "see who is in it": ("GET", "groups/{group}/members", None, (401, 403, 200, 403, 403, 200, 200)),
    "read in it": ("GET", "groups/{group}/topics", None, (404, 404, 200, 404, 404, 404, 200)),
    "speak in it": ("POST", "groups/{group}/topics", {"title": "x", "text": "y"}, (401, 404, 201, 404, 404, 404, 403)),
    "see the library": ("GET", "resources", None, (200,) * 7),
}  # fmt: skip


@pytest.mark.parametrize("what", TABLE)
async def test_everybody_may_what_they_may(
    doors: Doors, program: Program, visitor: httpx.AsyncClient, what: str
) -> None:
    method, path, sent, wanted = TABLE[what]
    scene = await a_scene(doors)
    people = (
        visitor, await program(), await program(user=scene.ada), await program(user=scene.tom),
        await program(Role.EDITOR), await program(Role.MODERATOR), await program(Role.OWNER),
    )  # fmt: skip
    address = f"{BASE_URL}{API}/{path.format(**vars(scene))}"

    answers = [await client.request(method, address, json=sent) for client in people]

    assert tuple(answer.status_code for answer in answers) == wanted
