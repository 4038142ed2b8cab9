"""The form under a discussion. Asks nothing."""

from collections.abc import Sequence

from fastapi import Request

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import AppError
from app.core.text import clean_text, number_in, plain_text, shorten
from app.discussions.topics.reading import TopicHere
from app.groups.policy import may_moderate_here, may_reply_to
from app.groups.queries import Standing
from app.web.comments.forms import new_token_for
from app.web.deps import settings_of
from app.web.forms import Form, wrong_with
from app.web.groups.addresses import group_url
from app.web.groups.forms import ReplyForm
from app.web.groups.pages import ReplyBox, ReplyCard


def reply_box(
    request: Request,
    me: Actor,
    found: TopicHere,
    cards: Sequence[ReplyCard],
    form: Form[ReplyForm] | None,
    error: AppError | None,
) -> ReplyBox:
    """The form for one more reply, with what was typed, or quoted, or is answered."""
    typed = form.typed if form else {}
    asked_for = request.query_params.get("answering", "")
    answers = number_in(typed.get("comment_parent", "")) or number_in(asked_for) or 0
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
