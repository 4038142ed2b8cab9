"""One row for each operation: who may do it, who may not, and what is sent. A new operation needs one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.api.scene import DAY as _DAY
from tests.api.scene import LATER as _LATER
from tests.api.scene import WORDS
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
    # What would be in the way of others, or they of it, is done in another turn.
    turn: int = 0


_TITLE, _TEXT = {"title": "New"}, {"text": "Indeed."}
_PICTURE = {"file": ("garden.jpg", a_picture(), "image/jpeg")}
_FILE = {"file": ("letters.txt", b"Dear all,\n", "text/plain")}
_OWN, _DRAFT = {"comment_id": "{own_comment}"}, {"slug": "{draft}"}
_RESOURCE = {"slug": "{resource}"}
_SHARED, _SHARED_DRAFT = {"resource_id": "{shared}"}, {"resource_id": "{shared_draft}"}
_TERM, _TRASHED = {"term_id": "{term}"}, {"post_id": "{trashed}"}
_ASK = {"topic_id": "{ask}"}
_TWO = {"first": "ada", "second": "max", "note_to_first": "Hi.", "note_to_second": "Hi."}

ROWS: Mapping[str, Row] = {
    "list_posts": Row("eve", 200, ANYBODY, 0),
    "list_pages": Row("eve", 200, ANYBODY, 0),
    "get_post": Row("eve", 200, ANYBODY, 0),
    "create_post": Row("ada", 201, "eve", 403, _TITLE),
    "create_page": Row("ed", 201, "ada", 403, _TITLE),
    "change_post": Row("ada", 200, "eve", 403, _TITLE),
    "trash": Row("ada", 200, "eve", 403, turn=2),
    "list_revisions": Row("ada", 200, "eve", 403),
    "get_revision_of_post": Row("ada", 200, "mo", 403),
    "restore_revision": Row("ada", 201, "eve", 403),
    "restore": Row("ada", 201, "eve", 404, at=_TRASHED),
    "list_terms": Row("eve", 200, ANYBODY, 0),
    "get_term": Row("eve", 200, ANYBODY, 0, at=_TERM),
    "create_term": Row("ed", 201, "eve", 403, {"taxonomy": "category", "name": "New"}),
    "update_term": Row("ed", 200, "ada", 403, {"name": "New"}),
    "delete_term": Row("ed", 200, "ada", 403),
    "merge_term": Row("ed", 201, "ada", 403, {"into_id": "{term}"}, turn=1),
    "list_comments_of_post": Row("eve", 200, ANYBODY, 0),
    "list_comments": Row("eve", 200, ANYBODY, 0),
    "get_comment": Row("max", 200, "eve", 404, at=_OWN),
    "create_comment": Row("eve", 201, ANYBODY, 0, _TEXT),
    "change_comment": Row("max", 200, "eve", 404, _TEXT, at=_OWN),
    "withdraw_comment": Row("max", 200, "eve", 404, at=_OWN, turn=1),
    "list_queue": Row("mo", 200, "eve", 403),
    "get_case": Row("mo", 200, "eve", 403),
    "decide_about_comment": Row("mo", 201, "eve", 403, {"verb": "approve"}),
    "take_decision_back": Row("mo", 201, "eve", 403, turn=1),
    "list_log": Row("mo", 200, "ada", 403),
    "list_authors": Row("mo", 200, "gwen", 403),
    "get_author": Row("mo", 200, "ada", 403),
    "decide_about_author": Row("mo", 201, "gwen", 403, {"verb": "trust"}),
    "create_note": Row("mo", 201, "ada", 403, _TEXT),
    "list_redirects": Row("olga", 200, "ed", 403),
    "create_redirect": Row("olga", 201, "ed", 403, {"path": "/old/", "target": "/new/"}),
    "delete_redirect": Row("olga", 200, "ed", 403, turn=1),
    "list_audit": Row("mo", 200, "ed", 403),
    "list_groups": Row("eve", 200, ANYBODY, 0),
    "get_group_by_slug": Row("eve", 200, ANYBODY, 0),
    "list_members": Row("max", 200, "eve", 403),
    "list_topics": Row("eve", 200, ANYBODY, 0),
    "create_topic": Row("max", 201, "eve", 403, {**_TITLE, **_TEXT}),
    "get_topic_by_id": Row("eve", 200, ANYBODY, 0),
    "change_topic": Row("gwen", 200, "max", 403, {"is_pinned": True}),
    "move_topic": Row("gwen", 201, "max", 403, {"group": "{other}"}, turn=2),
    "merge_topic": Row("gwen", 201, "max", 403, {"into_id": "{into}"}, turn=1),
    "split_topic": Row("gwen", 201, "max", 403, {**_TITLE, "reply_ids": ["{reply_id}"]}, turn=3),
    "create_ask": Row("max", 201, "eve", 403, {**_TITLE, **_TEXT, "help": "skill", "needed_by": _DAY}),
    "create_offer": Row("max", 201, "eve", 403, {**_TITLE, **_TEXT, "help": "skill", "valid_until": _DAY}),
    "list_replies": Row("eve", 200, ANYBODY, 0),
    "create_reply": Row("max", 201, "eve", 403, _TEXT),
    "get_reply": Row("eve", 200, ANYBODY, 0),
    "change_reply": Row("max", 200, "ada", 404, {**_TEXT, "version": "{version}"}),
    "withdraw_reply": Row("max", 200, "ada", 404, turn=4),
    "list_media": Row("ada", 200, "eve", 403),
    "get_media": Row("ed", 200, "ada", 404),
    "change_media": Row("ed", 200, "ada", 404, {"alt": "A garden"}),
    "delete_media": Row("ed", 200, "ada", 404, turn=1),
    "create_media": Row("ada", 201, "eve", 403, files=_PICTURE),
    "list_resources": Row("eve", 200, ANYBODY, 0),
    "get_resource_by_slug": Row("olga", 200, "eve", 404, at=_DRAFT),
    "create_resource": Row("ada", 201, "eve", 403, files=_FILE, form=_TITLE),
    "change_resource": Row("ed", 200, "ada", 404, _TITLE, at=_RESOURCE),
    "create_version": Row("ed", 201, "ada", 404, at=_RESOURCE, files=_FILE),
    "publish_resource": Row("ed", 201, "ada", 404, at=_DRAFT),
    "retire_resource": Row("ed", 201, "ada", 404, {"note": "Old."}, at=_RESOURCE, turn=1),
    "list_versions": Row("eve", 200, ANYBODY, 0, at=_RESOURCE),
    "list_group_resources": Row("eve", 200, ANYBODY, 0),
    "get_group_resource": Row("max", 200, "eve", 404, at=_SHARED_DRAFT),
    "list_group_versions": Row("max", 200, "eve", 404, at=_SHARED_DRAFT),
    "create_group_resource": Row("max", 201, "eve", 403, files=_FILE, form=_TITLE),
    "change_group_resource": Row("max", 200, "ada", 404, _TITLE, at=_SHARED),
    "create_group_version": Row("max", 201, "ada", 404, at=_SHARED, files=_FILE),
    "publish_group_resource": Row("max", 201, "ada", 404, at=_SHARED_DRAFT),
    "retire_group_resource": Row("max", 201, "ada", 404, {"note": "Old."}, at=_SHARED, turn=2),
    "list_invitations": Row("gwen", 200, "max", 403),
    "create_invitation": Row("gwen", 201, "max", 403, {"uses": 2}),
    "revoke_invitation": Row("gwen", 200, "max", 403, turn=1),
    "list_memberships": Row("eve", 200, ANYBODY, 0),
    "get_membership": Row("max", 200, "eve", 404),
    "join_group": Row("eve", 201, "kim", 403, {"accepts_rules": True}),
    "leave_group": Row("max", 200, "eve", 404, turn=1),
    "get_member_by_handle": Row("gwen", 200, "max", 403),
    "change_member": Row("gwen", 200, "ada", 403, {"state": "muted"}, turn=3),
    "list_requests": Row("gwen", 200, "max", 403),
    "answer_join_request": Row("gwen", 201, "max", 403, {"accept": True}, at={"handle": "{asks}"}),
    "list_members_of_site": Row("eve", 200, ANYBODY, 0),
    "get_person": Row("eve", 200, ANYBODY, 0),
    "get_own_profile": Row("eve", 200, ANYBODY, 0),
    "change_own_profile": Row("eve", 200, ANYBODY, 0, {"headline": "New"}),
    "list_notices": Row("eve", 200, ANYBODY, 0),
    "read_notices": Row("eve", 201, ANYBODY, 0, {"up_to": 1}),
    "read_notice": Row("max", 201, "eve", 404),
    "list_reports": Row("eve", 200, ANYBODY, 0),
    "create_report": Row("eve", 201, ANYBODY, 0, {"kind": "comment", "id": "{reply_id}", "reason": "advert"}),
    "get_other_case": Row("mo", 200, "max", 403),
    "decide_about_case": Row("mo", 201, "max", 403, {"verb": "uphold"}),
    "list_helpings": Row("eve", 200, ANYBODY, 0, at=_ASK),
    "create_helping": Row("gwen", 201, "eve", 403, {"way": "help", "words": "I will.", "due_on": _DAY}, at=_ASK),
    "move_helping": Row("max", 201, "gwen", 403, {"act": "accept"}, at=_ASK),
    "extend_ask": Row("max", 201, "ada", 403, {"needed_by": _LATER}, at=_ASK, turn=1),
    "end_ask": Row("max", 201, "ada", 403, {"met": True, "helping_id": "{helping_id}"}, at=_ASK, turn=2),
    "withdraw_ask": Row("max", 201, "ada", 403, at=_ASK, turn=1),
    "end_offer": Row("gwen", 201, "ada", 403, {"note": "Enough."}, at={"topic_id": "{offer}"}),
    "list_promises": Row("eve", 200, ANYBODY, 0),
    "create_promise": Row("eve", 201, ANYBODY, 0, {"to": "max", **_TEXT, "due": _DAY}),
    "get_promise_by_id": Row("max", 200, "eve", 404),
    "show_promise": Row("ada", 200, "eve", 404, {"is_shown": True}),
    "step_promise": Row("max", 201, "eve", 404, {"act": "accept"}),
    "list_introductions": Row("eve", 200, ANYBODY, 0),
    "ask_for_introduction": Row("max", 201, "eve", 422, {"connector": "gwen", "to": "ada", **WORDS}),
    "offer_introduction": Row("gwen", 201, "eve", 422, _TWO),
    "get_introduction_by_id": Row("gwen", 200, "max", 404),
    "step_introduction": Row("gwen", 201, "max", 404, {"act": "pass on", "note": "Do meet."}),
    "list_conversations": Row("eve", 200, ANYBODY, 0),
    "get_conversation_by_id": Row("ed", 200, "eve", 404),
    "list_messages": Row("ed", 200, "eve", 404),
    "create_message": Row("ed", 201, "eve", 404, _TEXT),
    "close_conversation": Row("ed", 201, "eve", 404, turn=2),
    "leave_conversation": Row("ed", 200, "eve", 404, turn=1),
    "list_thanks": Row("eve", 200, ANYBODY, 0),
    "get_thanks": Row("gwen", 200, "eve", 404),
    "show_thanks": Row("gwen", 200, "ada", 404, {"is_shown": True}),
    "withdraw_thanks": Row("ada", 200, "gwen", 404, turn=1),
    "thank_for_introduction": Row("ed", 201, "olga", 403, {}, at={"introduction_id": "{talked}"}),
    "thank_for_ask": Row("max", 201, "ada", 403, {}, at={"topic_id": "{met}"}),
    "pass_ask_on": Row("ada", 201, "eve", 403, {"to": "gwen"}, at=_ASK),
    "create_group": Row("olga", 201, "ed", 403, {"name": "New", "purpose": "More."}),
    "get_group_settings": Row("gwen", 200, "max", 403),
    "change_group_settings": Row("gwen", 200, "max", 403, {"purpose": "More."}),
    "list_connections": Row("eve", 200, ANYBODY, 0),
    "create_connection": Row("eve", 201, ANYBODY, 0, {"handle": "max"}),
    "delete_connection": Row("gwen", 200, "eve", 404),
}  # fmt: skip
