"""The queue as moderators see it: what is listed, in which order, how it is narrowed, and who may look."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.discussions.models import CommentStatus
from app.work import Doors
from tests.conftest import SignedIn
from tests.world import a_comment, a_post, an_author, an_author_key, the_site

pytestmark = pytest.mark.anyio


async def test_walk(doors: Doors, signed_in: SignedIn) -> None:
    client = await signed_in(Role.MODERATOR)
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        key = await an_author_key(db)
        c = await a_comment(db, under=post, status=CommentStatus.PENDING, author_key_id=key.id)
    r = await client.get("/mod/")
    print(r.text)
    assert r.status_code == 200
    r = await client.post(f"/mod/comments/{c.id}/approval", data={"version": 1, "back": "/mod/"})
    assert r.status_code == 303, r.text
    print(r.headers)
    r = await client.get(r.headers["location"])
    print(r.text)
    d = re.search(r"decisions/(\d+)/", r.text)[1]
    r = await client.post(f"/mod/decisions/{d}/reversal", data={"comment": c.id}, headers={"hx-request": "true"})
    print(r.status_code, r.text)
    assert 0
