"""What was said in a topic, as its page shows it. Pure: a row in, a card out."""

from app.accounts.actor import Actor
from app.core import clock
from app.core.i18n import _
from app.discussions.policy import may_edit_in_topic, may_withdraw_in_topic
from app.discussions.queries import ShownComment
from app.discussions.topics.mentions import seen_without
from app.discussions.topics.reading import TopicHere
from app.groups.models import TopicKind
from app.groups.policy import may_moderate_here
from app.web.groups.addresses import history_url, reply_url, text_url, withdrawal_url
from app.web.groups.pages import ReplyCard
from app.web.groups.tops import initial_of

_MATTERS = {TopicKind.ASK: "ask", TopicKind.OFFER: "offer"}


def reply_card(me: Actor, found: TopicHere, one: ShownComment, unseen: frozenset[str]) -> ReplyCard:
    """The card of something said in a topic, for `me`, who does not see the people with the handles in `unseen`."""
    slug = found.here.group.slug
    return ReplyCard(
        id=one.id,
        author=one.author_name,
        author_url=f"/people/{one.author_slug}/" if one.author_slug else "",
        initial=initial_of(one.author_name),
        photo_url=one.author_photo or "",
        began_it=one.user_id is not None and one.user_id == found.topic.user_id,
        at=one.created_at,
        edited=_edited(one),
        edited_at=one.edited_at,
        history_url=_history_url(me, found, one),
        edit_url=_edit_url(me, found, one),
        withdraw_url=_withdraw_url(me, found, one),
        body_html=seen_without(one.body_html, unseen),
        answered_id=one.parent_id,
        answered_name=one.parent_name or "",
        answered_url=reply_url(slug, one.parent_id) if one.parent_id else "",
        is_gone=not one.is_approved and not one.waits,
        waits=one.waits,
        is_solution=one.id == found.solved_by,
        is_mine=one.user_id is not None and one.user_id == me.user_id,
        matter=_MATTERS.get(found.topic.kind, "") if one.id == found.topic.opening_id else "",
        url=reply_url(slug, one.id),
    )


def _edited(one: ShownComment) -> str:
    if one.edited_at is None:
        return ""
    return _("edited by a moderator") if one.is_edited_by_moderator else _("edited")


def _history_url(me: Actor, found: TopicHere, one: ShownComment) -> str:
    if one.edited_at is None:
        return ""
    is_own = me.user_id is not None and one.user_id == me.user_id
    is_theirs = is_own or bool(may_moderate_here(me, found.here))
    return history_url(found.here.group.slug, one.id) if is_theirs else ""


def _edit_url(me: Actor, found: TopicHere, one: ShownComment) -> str:
    if me.user_id is None or one.user_id != me.user_id:
        # As the policy says, which need not be asked about all that others said.
        return ""
    may = may_edit_in_topic(me, found.here, found.topic, one, clock.now())
    return text_url(found.here.group.slug, one.id) if may else ""


def _withdraw_url(me: Actor, found: TopicHere, one: ShownComment) -> str:
    if me.user_id is None or one.user_id != me.user_id:
        return ""
    may = may_withdraw_in_topic(me, found.topic, one)
    return withdrawal_url(found.here.group.slug, one.id) if may else ""
