"""Cases of the moderators' queue, as programs are told of them."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.accounts.policy import may_see_addresses, may_see_emails
from app.api.calling import Call
from app.discussions.models import CommentStatus
from app.discussions.queue import OtherItem, QueueItem
from app.moderation.models import Tab
from app.posts.addresses import address
from app.web.groups.addresses import topic_url


class Reason(BaseModel):
    """Why something waits, or was filed where it is."""

    code: str = Field(examples=["links"])
    because: str = Field(examples=["7 links, where 2 are usual"])


class SaidInQueue(BaseModel):
    """What was said, and by whom; `email` and `address` for those who may see them."""

    status: CommentStatus
    author_id: int | None = Field(
        description="Among those who comment; null where that is not the caller's to know."
    )
    author_name: str
    author_url: str
    email: str | None
    address: str | None
    html: str
    new_html: str | None = Field(description="A new text that waits while the old one is shown.")
    source: str
    created_at: datetime
    version: int = Field(description="Send it with a decision: 409 where it is another by now.")


class QueueCase(BaseModel):
    """One thing in the queue."""

    id: int
    kind: str = Field(examples=["comment"])
    item_id: int = Field(description="Of a comment or a link from elsewhere: its number.")
    tab: Tab
    version: int = Field(description="Of the case: for decisions about what nobody said.")
    arrived_at: datetime
    reasons: list[Reason]
    title: str = Field(description="Of the post, the discussion or the group it is in.")
    url: str | None
    claimed_by: str | None
    comment: SaidInQueue | None = Field(description="Null where it is nothing that was said.")


def told(call: Call, item: QueueItem | OtherItem) -> QueueCase:
    """A case as programs are told of it."""
    case = item.case
    is_said = isinstance(item, QueueItem)
    title = item.topic_title or item.post_title if isinstance(item, QueueItem) else item.group_name
    reasons = [one for one in case.reasons or () if "code" in one]
    return QueueCase(
        id=case.id, kind=case.kind, item_id=case.item_id, tab=case.tab, version=case.version,
        arrived_at=case.arrived_at, reasons=[Reason(code=r["code"], because=r.get("because", "")) for r in reasons],
        title=title or "", url=_url(call, item) if is_said else None, claimed_by=item.claimer,
        comment=_said(call, item) if isinstance(item, QueueItem) else None,
    )  # fmt: skip


def _said(call: Call, item: QueueItem) -> SaidInQueue:
    comment, me = item.comment, call.me
    return SaidInQueue(
        status=CommentStatus(comment.status),
        author_id=item.case.author_key_id if me.moderates else None,
        author_name=comment.author_name,
        author_url=comment.author_url,
        email=comment.author_email if may_see_emails(me) else None,
        address=comment.author_ip if may_see_addresses(me) else None,
        html=comment.body_html,
        new_html=item.new_html,
        source=comment.body_source,
        created_at=comment.created_at,
        version=comment.version,
    )


def _url(call: Call, item: QueueItem | OtherItem) -> str | None:
    if not isinstance(item, QueueItem):
        return None
    if item.topic_id is not None and item.group_slug:
        return call.url(topic_url(item.group_slug, item.topic_id, item.topic_slug or ""))
    return call.url(address(item.post_path)) if item.post_path else None
