"""Each way to call wrongly, and the code of its fault."""

from collections.abc import Sequence

import httpx
import pytest

from app.accounts.actor import Role
from app.core.xml_rpc import INVALID_PARAMS, Value
from app.web.rpc.methods import METHODS
from app.web.rpc.params import WHATEVER
from app.work import Doors
from tests.web.calling import an_editor, code_of
from tests.world import a_page, a_post

pytestmark = pytest.mark.anyio

NEW, EDIT = "metaWeblog.newPost", "metaWeblog.editPost"
# Method, its parameters but name and password, and the code. `POST` and `PAGE` are a post and a page.
POST, PAGE = "POST", "PAGE"
ROWS: Sequence[tuple[str, tuple[Value, ...], int]] = (
    (NEW, ("x", True), INVALID_PARAMS),
    (NEW, ({"title": ["x"]}, True), INVALID_PARAMS),
    (NEW, ({"title": "T"}, "maybe"), INVALID_PARAMS),
    (NEW, ({"title": "T", "categories": "x"}, True), INVALID_PARAMS),
    (NEW, ({"title": "T", "post_status": "nope"}, True), INVALID_PARAMS),
    (NEW, ({"title": "T", "dateCreated": "30 February"}, True), INVALID_PARAMS),
    (NEW, ({"title": "T", "dateCreated": "20260230T10:00:00"}, True), INVALID_PARAMS),
    (NEW, ({"title": "T", "wp_author_id": -1}, True), INVALID_PARAMS),
    (NEW, ({"title": "T", "wp_author_id": 4711}, True), 422),
    (NEW, ({"title": "T", "wp_password": "secret"}, True), 422),
    (NEW, ({"title": "T" * 501}, True), 422),
    (NEW, ({}, True), 422),
    (NEW, ({"title": "T", "post_type": "movie"}, True), 403),
    (EDIT, ("0", {"title": "T"}, True), 404),
    (EDIT, ("4711", {"title": "T"}, True), 404),
    (EDIT, ("abc", {"title": "T"}, True), INVALID_PARAMS),
    (EDIT, ("9" * 30, {"title": "T"}, True), INVALID_PARAMS),
    ("metaWeblog.getPost", (4711,), 404),
    ("metaWeblog.getRecentPosts", ("many",), INVALID_PARAMS),
    ("metaWeblog.newMediaObject", ({"name": "a.jpg", "bits": "text"},), INVALID_PARAMS),
    ("metaWeblog.newMediaObject", ({"bits": b"x"},), 422),
    ("metaWeblog.newMediaObject", ({"name": "a.jpg", "bits": b"<html>"},), 422),
    ("metaWeblog.newMediaObject", ({"name": "../a.php", "bits": b"<?php"},), 422),
    ("metaWeblog.newMediaObject", ({"name": "a.jpg", "bits": b"", "post_id": 4711},), 404),
    ("mt.setPostCategories", (POST, [{"categoryId": "4711"}]), 422),
    ("mt.setPostCategories", (POST, ["x"]), INVALID_PARAMS),
    ("wp.newPost", ({"post_title": "T", "post_type": "movie"},), 403),
    ("wp.newPost", ({"post_title": "T", "post_password": "x"},), 422),
    ("wp.newPost", ({"post_title": "T", "terms": {"genre": [1]}},), 403),
    ("wp.newPost", ({"post_title": "T", "terms": {"category": [4711]}},), 422),
    ("wp.newPost", ({"post_title": "T", "terms": {"category": ["x"]}},), INVALID_PARAMS),
    ("wp.newPost", ({"post_title": "T", "post_thumbnail": 4711},), 422),
    ("wp.newPost", ({"post_title": "T", "post_parent": PAGE},), 422),
    ("wp.newPost", ({"post_title": "Feed", "post_type": "page", "post_status": "publish"},), 422),
    ("wp.editPost", (POST, {}), INVALID_PARAMS),
    ("wp.editPost", (PAGE, {"post_parent": PAGE}), 422),
    ("wp.editPost", (PAGE, {"post_parent": POST}), 422),
    ("wp.getPost", (4711,), 404),
    ("wp.getPosts", ({"post_type": "movie"},), 403),
    ("wp.getPage", (POST,), 404),
    ("wp.editPage", (POST, {"title": "T"}, True), 404),
    ("wp.deletePage", (POST,), 404),
    ("wp.getTerms", ("genre",), 403),
    ("wp.getTerm", ("category", 4711), 404),
    ("wp.newTerm", ({"taxonomy": "category"},), INVALID_PARAMS),
    ("wp.newTerm", ({"taxonomy": "category", "name": "x", "parent": 4711},), 422),
    ("wp.newCategory", ("",), INVALID_PARAMS),
    ("wp.getMediaItem", (4711,), 404),
    ("wp.getCommentCount", (4711,), 404),
    ("wp.getComments", ({"post_id": "x"},), INVALID_PARAMS),
)


async def test_each_wrong_call_gets_its_code(doors: Doors, visitor: httpx.AsyncClient) -> None:
    editor = await an_editor(doors, visitor, Role.OWNER)
    async with doors.unit_of_work() as db:
        numbers = {POST: (await a_post(db)).id, PAGE: (await a_page(db)).id}

    def filled(value: Value) -> Value:
        if isinstance(value, dict):
            return {name: filled(inner) for name, inner in value.items()}
        return numbers.get(value, value) if isinstance(value, str) else value

    said = [(*row[:2], await editor.code(row[0], *map(filled, row[1]))) for row in ROWS]

    assert said == list(ROWS)


async def test_too_few_and_too_many_parameters_are_a_fault(visitor: httpx.AsyncClient) -> None:
    said = set()
    for name, method in METHODS.items():
        words = method.takes.split()
        needed = [word for word in words if not word.endswith("?")]
        if method.takes == WHATEVER:
            continue
        said.add((name, await code_of(visitor, name, *["x"] * (len(words) + 1))))
        if needed:
            said.add((name, await code_of(visitor, name, *["x"] * (len(needed) - 1))))

    assert {code for _name, code in said} == {INVALID_PARAMS}, said
