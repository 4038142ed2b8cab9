"""One row for each operation: who may do it, who may not, and what is sent. A new operation needs one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.core import clock
from tests.media.samples import a_picture

ANYBODY = ""


@dataclass(frozen=True)
class Row:
    """Who does it, with what answer; who may not (`ANYBODY`: all may), with what; and what is sent.

    In `sent`, and in `at` (parts of the address, else those of the scene), `{name}` is one of the scene.
    """

    who: str
    status: int
    wrong: str
    refused: int
    sent: Any = None
    at: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None


_TITLE, _TEXT = {"title": "New"}, {"text": "Indeed."}
_PICTURE = {"file": ("garden.jpg", a_picture(), "image/jpeg")}
_FILE = {"file": ("letters.txt", b"Dear all,\n", "text/plain")}
_OWN, _DRAFT = {"comment_id": "{own_comment}"}, {"slug": "{draft}"}
_RESOURCE = {"slug": "{resource}"}
_TERM, _TRASHED = {"term_id": "{term}"}, {"post_id": "{trashed}"}
_DAY = (clock.now() + timedelta(days=9)).date().isoformat()

ROWS: Mapping[str, Row] = {
    "list_posts": Row("eve", 200, ANYBODY, 0),
    "list_pages": Row("eve", 200, ANYBODY, 0),
    "get_post": Row("eve", 200, ANYBODY, 0),
    "create_post": Row("ada", 201, "eve", 403, _TITLE),
    "create_page": Row("ed", 201, "ada", 403, _TITLE),
    "change_post": Row("ada", 200, "eve", 403, _TITLE),
    "trash": Row("ada", 200, "eve", 403),
    "list_revisions": Row("ada", 200, "eve", 403),
    "get_revision_of_post": Row("ada", 200, "mo", 403),
    "restore_revision": Row("ada", 201, "eve", 403),
    "restore": Row("ada", 201, "eve", 404, at=_TRASHED),
    "list_terms": Row("eve", 200, ANYBODY, 0),
    "get_term": Row("eve", 200, ANYBODY, 0, at=_TERM),
    "create_term": Row("ed", 201, "eve", 403, {"taxonomy": "category", "name": "New"}),
    "update_term": Row("ed", 200, "ada", 403, {"name": "New"}),
    "delete_term": Row("ed", 200, "ada", 403),
    "merge_term": Row("ed", 201, "ada", 403, {"into_id": "{term}"}),
    "list_comments_of_post": Row("eve", 200, ANYBODY, 0),
    "list_comments": Row("eve", 200, ANYBODY, 0),
    "get_comment": Row("max", 200, "eve", 404, at=_OWN),
    "create_comment": Row("eve", 201, ANYBODY, 0, _TEXT),
    "change_comment": Row("max", 200, "eve", 404, _TEXT, at=_OWN),
    "withdraw_comment": Row("max", 200, "eve", 404, at=_OWN),
    "list_queue": Row("mo", 200, "eve", 403),
    "get_case": Row("mo", 200, "eve", 403),
    "decide_about_comment": Row("mo", 201, "eve", 403, {"verb": "approve"}),
    "take_decision_back": Row("mo", 201, "eve", 403),
    "list_log": Row("mo", 200, "ada", 403),
    "list_groups": Row("eve", 200, ANYBODY, 0),
    "get_group_by_slug": Row("eve", 200, ANYBODY, 0),
    "list_members": Row("max", 200, "eve", 403),
    "list_topics": Row("eve", 200, ANYBODY, 0),
    "create_topic": Row("max", 201, "eve", 403, {**_TITLE, **_TEXT}),
    "get_topic_by_id": Row("eve", 200, ANYBODY, 0),
    "change_topic": Row("gwen", 200, "max", 403, {"is_pinned": True}),
    "move_topic": Row("gwen", 201, "max", 403, {"group": "{other}"}),
    "merge_topic": Row("gwen", 201, "max", 403, {"into_id": "{into}"}),
    "split_topic": Row("gwen", 201, "max", 403, {**_TITLE, "reply_ids": ["{reply_id}"]}),
    "create_ask": Row("max", 201, "eve", 403, {**_TITLE, **_TEXT, "help": "skill", "needed_by": _DAY}),
    "create_offer": Row("max", 201, "eve", 403, {**_TITLE, **_TEXT, "help": "skill", "valid_until": _DAY}),
    "list_replies": Row("eve", 200, ANYBODY, 0),
    "create_reply": Row("max", 201, "eve", 403, _TEXT),
    "get_reply": Row("eve", 200, ANYBODY, 0),
    "change_reply": Row("max", 200, "ada", 404, {**_TEXT, "version": "{version}"}),
    "list_media": Row("ada", 200, "eve", 403),
    "get_media": Row("ed", 200, "ada", 404),
    "change_media": Row("ed", 200, "ada", 404, {"alt": "A garden"}),
    "delete_media": Row("ed", 200, "ada", 404),
    "create_media": Row("ada", 201, "eve", 403, files=_PICTURE),
    "list_resources": Row("eve", 200, ANYBODY, 0),
    "get_resource_by_slug": Row("olga", 200, "eve", 404, at=_DRAFT),
    "create_resource": Row("ada", 201, "eve", 403, files=_FILE, form=_TITLE),
    "change_resource": Row("ed", 200, "ada", 404, _TITLE, at=_RESOURCE),
    "create_version": Row("ed", 201, "ada", 404, at=_RESOURCE, files=_FILE),
    "publish_resource": Row("ed", 201, "ada", 404, at=_DRAFT),
    "retire_resource": Row("ed", 201, "ada", 404, {"note": "Old."}, at=_RESOURCE),
}  # fmt: skip
