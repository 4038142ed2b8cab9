"""Imports every model once, so that Alembic, the tests and the mappers see the same schema."""

from app.accounts.api_answers import ApiAnswer
from app.accounts.api_tokens import ApiToken
from app.accounts.feed_tokens import FeedToken
from app.accounts.models import (
    ApplicationPassword,
    AuditEntry,
    Block,
    OneTimeLink,
    SignUpInvitation,
    User,
    UserSession,
)
from app.accounts.sent_forms import SentForm
from app.core.freshness.tags import StaleTag
from app.core.gone import Gone
from app.core.jobs import Job, JobWorker
from app.core.limits import Allowance
from app.core.outbound.turns_kept import OutboundTurn
from app.discussions.latest_posts.models import LatestPost, Lookup
from app.discussions.models import Appeal, Comment, CommentEdit, Thread, ThreadPage
from app.groups.models import Group, Invitation, JoinRequest, Membership, Reading, Topic
from app.groups.profiles.models import Profile, ProfileWord
from app.hooks.models import Hook, HookDelivery
from app.linkbacks.models import Linkback
from app.linkbacks.sent import Announcement
from app.media.models import Upload, UploadUse
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
from app.networking.asks.models import Ask, Helping, Offer, Passing
from app.networking.connections.models import Connection
from app.networking.conversations.models import Conversation, Message, Party
from app.networking.figures.models import MemberFigures
from app.networking.introductions.models import (
    Introduction,
    IntroductionChoices,
    NeverIntroduced,
)
from app.networking.promises.models import Promise, PromiseStep
from app.networking.thanks.models import Thanks
from app.notifications.blog.models import BlogFollower, PostMailing
from app.notifications.models import Bounce, Follow, Letter, Refusal
from app.notifications.notices.models import Notice, NoticeLevel, NoticeMute
from app.porting.archive.models import ArchiveImport
from app.porting.handed_in.models import SiteImport
from app.porting.personal.models import PersonalExport
from app.posts.beginning import BegunPost
from app.posts.models import (
    Autosave,
    OwnLink,
    Post,
    PostAuthor,
    PostTerm,
    Redirect,
    Revision,
    Term,
)
from app.posts.outside import OutsideLink
from app.resources.models import (
    Attachment,
    DownloadCount,
    DownloadMark,
    LeftAddress,
    Resource,
    ResourceTag,
    ResourceVersion,
)
from app.site.models import SiteRow

TABLES = (
    SiteRow, User, Upload, UploadUse, Term, Post, PostAuthor, PostTerm, OwnLink, Revision, Autosave, BegunPost,
    OutsideLink, Redirect, Group, Membership, Invitation, JoinRequest, Topic, Reading,
    Thread, Comment, CommentEdit, LatestPost, Lookup, ThreadPage, StaleTag, Allowance, OutboundTurn,
    UserSession, ApplicationPassword, OneTimeLink, AuditEntry, AuthorKey, AuthorNote, Case, CaseCount, Batch, Decision,
    LearnedBlock, LearnedState, Listed, SavedFilter, Sampled, Follow, Letter, Refusal,
    Block, Correction, AkismetHealth, Bounce, Appeal, ConsoleKeys, Linkback,
    Announcement, SignUpInvitation, Profile, ProfileWord, PersonalExport, ArchiveImport, SiteImport, Job, JobWorker,
    Notice, NoticeLevel, NoticeMute,
    Connection, Conversation, Party, Message, Introduction, IntroductionChoices, NeverIntroduced, Thanks,
    Promise, PromiseStep, FeedToken, MemberFigures,
    Resource, ResourceVersion, ResourceTag, Attachment, DownloadCount, DownloadMark, LeftAddress,
    Ask, Offer, Helping, Passing,
    Report,
    BlogFollower, PostMailing, Hook, HookDelivery,
    ApiToken, ApiAnswer, SentForm,
    Gone,
)  # fmt: skip
