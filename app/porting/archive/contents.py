"""What an archive holds, table by table, and what it leaves out: nothing by mistake, everything with its reason.

Columns are carried as they are mapped, so that a new one is carried from its first day on; a test
of the house fails for a table, or for a column that sounds like a secret, nobody has decided about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import Column, ColumnElement, Table, select

from app.accounts.models import (
    ApplicationPassword,
    AuditEntry,
    Block,
    OneTimeLink,
    SignUpInvitation,
    User,
    UserSession,
)
from app.core.db import Base
from app.core.gone import Gone
from app.discussions.latest_posts.models import LatestPost
from app.discussions.models import Appeal, Comment, CommentEdit, Thread, ThreadPage
from app.groups.models import Group, JoinRequest, Membership, Reading, Topic
from app.groups.profiles.models import Profile, ProfileWord
from app.linkbacks.models import Linkback
from app.linkbacks.sent import Announcement
from app.media.models import Upload, UploadUse
from app.moderation.keys import ConsoleKeys
from app.moderation.kinds import ThingKind
from app.moderation.models import (
    AuthorKey,
    AuthorNote,
    Case,
    Decision,
    LearnedState,
    Listed,
    Sampled,
    SavedFilter,
)
from app.moderation.report_models import Report
from app.networking.asks.models import Ask, Offer
from app.networking.introductions.models import NeverIntroduced
from app.notifications.blog.models import BlogFollower, PostMailing
from app.notifications.models import Bounce, Follow, Refusal
from app.notifications.notices.models import NoticeLevel, NoticeMute
from app.posts.models import OwnLink, Post, PostAuthor, PostTerm, Redirect, Revision, Term
from app.resources.models import (
    Attachment,
    DownloadCount,
    LeftAddress,
    Resource,
    ResourceTag,
    ResourceVersion,
)
from app.site.models import SiteRow

# What belongs to two people alone: not even an owner reads it.
_BETWEEN_TWO = (ThingKind.PROMISE, ThingKind.INTRODUCTION, ThingKind.MESSAGE)
_ADDRESS = "who asked from where is nobody's business elsewhere"
_FOLLOWS = "its thread and topic say it"
_PASSING = "true for a moment only"
_PASSWORD = "people choose a new password by a mailed link"  # noqa: S105 - a reason
_NO_ACTS = "acts on many are not carried, and can't be undone elsewhere"


@dataclass(frozen=True, eq=False)
class Carried:
    """A table of the archive: its file is the table's name with `.jsonl`."""

    model: type[Base]
    # Columns that stay behind, each with the reason.
    without: Mapping[str, str] = field(default_factory=dict)
    # Rows that stay behind are those of which this is not true.
    only: ColumnElement[bool] | None = None

    @property
    def table(self) -> Table:
        """The mapped table."""
        return cast("Table", self.model.__table__)

    @property
    def file(self) -> str:
        """Its file in the archive."""
        return f"{self.table.name}.jsonl"

    @property
    def columns(self) -> tuple[Column[object], ...]:
        """What is carried, in the order of the schema."""
        return tuple(column for column in self.table.columns if column.name not in self.without)

    @property
    def key(self) -> tuple[Column[object], ...]:
        """What rows are ordered and told apart by."""
        return tuple(self.table.primary_key.columns)


# In an order in which each row comes after those it names.
CARRIED: tuple[Carried, ...] = (
    Carried(
        SiteRow,
        {
            "markup_rules": "texts are cleaned by the rules of whoever takes them in",
            "asks_hooks": "hooks stay behind",
            "move": "a change of all addresses is not gone on with elsewhere",
            "steps_put_aside": "first steps are gone anew where it goes",
        },
    ),
    Carried(
        User,
        {
            "password_hash": _PASSWORD,
            "totp_secret": _PASSWORD,
            "totp_step": _PASSWORD,
            "unread_notices": "notices are not carried",
            "reminded_at": _PASSING,
        },
    ),
    Carried(Block),
    Carried(NeverIntroduced),
    Carried(Upload),
    Carried(Term),
    Carried(Post),
    Carried(PostAuthor),
    Carried(PostTerm),
    Carried(OwnLink),
    Carried(UploadUse),
    Carried(Revision),
    Carried(Redirect),
    Carried(Announcement),
    Carried(Profile),
    Carried(ProfileWord),
    Carried(Group),
    Carried(Membership),
    Carried(JoinRequest),
    Carried(Topic),
    Carried(Ask, {"met_by": "only the two of them know"}),
    Carried(Offer),
    Carried(
        Reading,
        {"comment_id": "how far somebody has read is theirs alone"},
        only=Reading.follows.is_not(None),
    ),
    Carried(AuthorKey),
    Carried(AuthorNote),
    Carried(Thread),
    Carried(
        Comment,
        {
            "group_id": _FOLLOWS,
            "is_opening": _FOLLOWS,
            "author_ip": _ADDRESS,
            "author_agent": _ADDRESS,
            "referrer": _ADDRESS,
        },
    ),
    Carried(ThreadPage),
    Carried(CommentEdit),
    Carried(LatestPost),
    Carried(Linkback, {"asked_by": _ADDRESS}),
    Carried(
        Case, {"looked_by": _PASSING, "looked_at": _PASSING}, only=Case.kind.not_in(_BETWEEN_TWO)
    ),
    Carried(Decision, {"batch_id": _NO_ACTS}, only=Decision.kind.not_in(_BETWEEN_TWO)),
    Carried(Appeal),
    Carried(Report, only=Report.kind.not_in(_BETWEEN_TWO)),
    Carried(
        Sampled,
        only=Sampled.case_id.in_(select(Case.id).where(Case.kind.not_in(_BETWEEN_TWO))),
    ),
    Carried(
        LearnedState,
        {
            "reached": "what was learned is learned anew from the decisions",
            "generation": "what was learned is learned anew from the decisions",
            "figures": "what was learned is learned anew from the decisions",
        },
    ),
    Carried(Listed),
    Carried(SavedFilter),
    Carried(ConsoleKeys),
    Carried(Follow),
    Carried(BlogFollower, {"key": "made of the address, with the secret of the site"}),
    Carried(PostMailing),
    Carried(Refusal),
    Carried(Bounce),
    Carried(NoticeLevel),
    Carried(NoticeMute, only=NoticeMute.thread.like("thread:%")),
    Carried(Resource),
    Carried(ResourceVersion),
    Carried(ResourceTag),
    Carried(Attachment),
    Carried(DownloadCount),
    Carried(LeftAddress),
    Carried(AuditEntry),
    Carried(Gone),
)

_PRIVATE = "between its two sides: not even an owner reads it, and each takes their own along"
_SECRET = "a secret, good on this site alone"  # noqa: S105 - a reason
_WORK = "how the machinery stands at this moment"
_COUNTED_ANEW = "made anew from what is carried"

# Tables that stay behind, by name.
LEFT_OUT: Mapping[str, str] = {
    UserSession.__tablename__: _SECRET,
    ApplicationPassword.__tablename__: _SECRET,
    OneTimeLink.__tablename__: _SECRET,
    SignUpInvitation.__tablename__: _SECRET,
    "feed_tokens": _SECRET,
    "group_invitations": _SECRET,
    "api_tokens": _SECRET,
    "api_answers": "kept for a day",
    "sent_forms": "kept for a day",
    "hooks": "each has a secret of its own, and its other end waits for this site",
    "hook_deliveries": "what was sent was sent",
    "promises": _PRIVATE,
    "promise_steps": _PRIVATE,
    "introductions": _PRIVATE,
    "introduction_choices": _PRIVATE,
    "connections": _PRIVATE,
    "conversations": _PRIVATE,
    "conversation_parties": _PRIVATE,
    "messages": _PRIVATE,
    "thanks": _PRIVATE,
    "helpings": _PRIVATE,
    "ask_passings": _PRIVATE,
    "outside_links": "asked anew each day",
    "begun_posts": "tells a form from itself while it is being sent",
    "autosaves": "nobody reads it but whoever typed it",
    "notices": "what each member was told is theirs alone",
    "personal_exports": "a file of one member's own, gone in a week",
    "member_figures": "counted of promises and introductions, which are not carried",
    "letters": "what was mailed was mailed, and is not to be mailed again",
    "batches": _NO_ACTS,
    "case_counts": _COUNTED_ANEW,
    "learned_blocks": _COUNTED_ANEW,
    "corrections": "what this site still owes Akismet",
    "akismet_health": _WORK,
    "latest_post_lookups": "kept for a day",
    "resource_download_marks": "kept for a day",
    "allowances": _WORK,
    "outbound_turns": _WORK,
    "stale_tags": _WORK,
    "jobs": _WORK,
    "job_workers": _WORK,
    "archive_imports": _WORK,
    "site_imports": _WORK,
}
# Columns whose names sound like secrets, and which are carried all the same.
HARMLESS: Mapping[str, str] = {
    "gone.key": "a hash of a name; of a person's, keyed with the site's secret: else dust",
    "author_keys.key": "written as what it is made of, else as it is: keyed with the site's secret",
    "comments.text_hash": "of a text that stands beside it",
    "decisions.text_hash": "of a text, without any key, as the filter counts it",
    "uploads.sha256": "of a file that comes along",
    "resource_versions.sha256": "of a file that comes along",
    "resource_versions.storage_key": "where the file lies",
    "linkbacks.source_key": "of an address that stands beside it",
    "announcements.address": "a web address",
    "refusals.address": "keyed with the site's secret: good where that comes along, else dust",
    "bounces.address": "who must not be written to any more",
    "cases.author_key_id": "a number",
    "decisions.author_key_id": "a number",
    "author_notes.author_key_id": "a number",
    "comments.author_key_id": "a number",
    "profile_words.key": "a word, folded",
}
