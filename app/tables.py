"""Imports every model once, so that Alembic, the tests and the mappers see the same schema."""

from app.accounts.models import (
    ApplicationPassword,
    AuditEntry,
    Block,
    OneTimeLink,
    User,
    UserSession,
)
from app.core.freshness.tags import StaleTag
from app.core.jobs import Job, JobWorker
from app.core.limits import Allowance
from app.core.outbound.turns_kept import OutboundTurn
from app.discussions.latest_posts.models import LatestPost, Lookup
from app.discussions.models import Appeal, Comment, CommentEdit, Thread, ThreadPage
from app.groups.models import Group, Invitation, Membership, Reading, Topic
from app.linkbacks.models import Linkback
from app.linkbacks.sent import Announcement
from app.media.models import Upload
from app.moderation.akismet.models import AkismetHealth, Correction
from app.moderation.keys import ConsoleKeys
from app.moderation.models import (
    AuthorKey,
    AuthorNote,
    Batch,
    Case,
    CaseCount,
    Decision,
    LearnedBlock,
    LearnedState,
    Listed,
    Sampled,
    SavedFilter,
)
from app.moderation.report_models import Report
from app.notifications.models import Bounce, Follow, Letter, Refusal
from app.posts.models import OwnLink, Post, PostAuthor, PostTerm, Redirect, Revision, Term
from app.site.models import SiteRow

TABLES = (
    SiteRow, User, Upload, Term, Post, PostAuthor, PostTerm, OwnLink, Revision, Redirect,
    Group, Membership, Invitation, Topic, Reading,
    Thread, Comment, CommentEdit, LatestPost, Lookup, ThreadPage, StaleTag, Allowance, OutboundTurn,
    UserSession, ApplicationPassword, OneTimeLink, AuditEntry, AuthorKey, AuthorNote, Case, CaseCount, Batch, Decision,
    LearnedBlock, LearnedState, Listed, SavedFilter, Sampled, Follow, Letter, Refusal,
    Block, Correction, AkismetHealth, Bounce, Appeal, ConsoleKeys, Linkback,
    Announcement, Job, JobWorker, Report,
)  # fmt: skip
