"""When this happened, that follows. The only crossroads of the domains."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.events import (
    MemberErased,
    MemberRenamed,
    MembersParted,
    PasswordResetAsked,
    SignUpAsked,
)
from app.core.events import Event
from app.core.jobs import JobFunction
from app.discussions.actions import open_thread
from app.discussions.events import (
    AppealMade,
    AuthorForgotten,
    AuthorshipAsked,
    AuthorWarned,
    BatchFinished,
    BatchStarted,
    BatchUndoAsked,
    CheckWanted,
    CommentArrived,
    CommentDecided,
    CommentEdited,
    CommenterErased,
    CommentFiled,
    CommentPublished,
    CommentWithdrawn,
    FollowAsked,
    LatestPostWanted,
    LinkArrived,
    ReplyPublished,
    SaidInTopic,
)
from app.discussions.latest_posts.jobs import find_latest_post, look_after_decision
from app.discussions.leaving import forget_member_texts
from app.discussions.rounds import note_correction, want_check
from app.discussions.topics.counting import forget_last_name
from app.groups.events import GroupChanged, MemberJoined, MemberLeft, MembershipAsked
from app.groups.leaving import forget_member_groups
from app.groups.profiles.events import ProfileChanged
from app.groups.profiles.personal import forget_profile
from app.linkbacks.announcing import list_trackbacks
from app.linkbacks.announcing_jobs import announce_links
from app.linkbacks.jobs import look_soon
from app.linkbacks.own_links import find_own_links
from app.media.events import UploadAdded, UploadDeleted
from app.media.jobs import make_sizes, remove_files
from app.moderation.akismet.trying import ask_for_key
from app.moderation.cases import keep_counts
from app.moderation.events import ReportAnswered, ReportReopened
from app.moderation.leaving import forget_desk, forget_reporter
from app.networking.asks.erasing import forget_member_asks
from app.networking.asks.events import AskExpired, HelpAgreed, HelpDeclined, HelpOffered, PassedOn
from app.networking.asks.promising import follow_promise, promise_help
from app.networking.connections.events import ConnectionProposed
from app.networking.conversations.events import MessageWritten
from app.networking.figures.actions import forget_figures
from app.networking.introductions.answering import let_connector_leave
from app.networking.introductions.erasing import forget_dealings
from app.networking.introductions.events import (
    IntroductionAsked,
    IntroductionOffered,
    IntroductionPassedOn,
    NotThisTime,
    PeopleIntroduced,
    TalkAskedAbout,
    WriteFirstPromised,
)
from app.networking.promises.agreed import promise_to_write
from app.networking.promises.erasing import forget_promises_of
from app.networking.promises.events import PromiseChanged, PromiseMade, PromiseReminderDue
from app.networking.promises.knowing import propose_to_know
from app.networking.thanks.events import ThanksSent
from app.notifications.answers import tell_followers
from app.notifications.blog.mailing import begin_mailing, stop_mailing
from app.notifications.follows import follow_own_comment
from app.notifications.introductions import (
    ask_whether_they_know,
    ask_whether_they_talked,
    tell_asked,
    tell_connector,
    tell_introduced,
    tell_not_this_time,
    tell_of_message,
    tell_thanked,
)
from app.notifications.moderation_mail import tell_soon
from app.notifications.notices.of_asks import (
    ask_whether_needed,
    tell_agreed,
    tell_declined,
    tell_offered,
    tell_passed_on,
)
from app.notifications.notices.of_comments import (
    forget_name,
    take_back_withdrawn,
    tell_decided,
)
from app.notifications.notices.of_groups import (
    forget_group,
    forget_unknown_group,
    tell_newly_named,
    tell_of_asking,
    tell_of_joining,
    tell_of_topic,
)
from app.notifications.notices.of_reports import take_back_answer, tell_reporter
from app.notifications.notices.retention import forget_each_other, forget_member
from app.notifications.notices.unread import keep_unread
from app.notifications.promises import remind_promiser, tell_changed, tell_made
from app.notifications.removals import tell_author, tell_of_batch
from app.notifications.resources import send_resource_link
from app.notifications.retention import forget_address, forget_member_mail
from app.notifications.to_authors import ask_who_wrote, send_password_link
from app.notifications.to_new_members import answer_sign_up
from app.notifications.trying import send_trial
from app.notifications.warnings import send_warning
from app.porting.personal.taking import forget_exports_of
from app.posts.events import PostPublished, PostTrashed, PostWritten, TrackbacksListed
from app.posts.personal import forget_unsaved_words
from app.posts.uploads_used import let_go_of_upload, note_uploads_used
from app.reporting.jobs import run_batch, undo_batch
from app.resources.addresses import forget_leaver
from app.resources.events import AddressLeft, ResourceWritten
from app.search.indexing import index_comment, index_post, keep_index
from app.search.jobs import forget_author_in_index
from app.search.of_people import index_person
from app.search.of_resources import index_resource
from app.site.events import KeyTrialAsked, MailTrialAsked

Reaction: TypeAlias = Callable[[AsyncSession, Any], Awaitable[None]]

# In the same transaction: what must be true as soon as the change is.
AT_ONCE: dict[type[Event], tuple[Reaction, ...]] = {
    PostWritten: (open_thread, index_post, note_uploads_used, stop_mailing),
    PostPublished: (begin_mailing,),
    PostTrashed: (index_post, stop_mailing),
    TrackbacksListed: (list_trackbacks,),
    # What was decided has another status, and stands in the index under it.
    CommentDecided: (index_comment, note_correction, look_after_decision, tell_decided),
    CommentEdited: (index_comment, tell_newly_named),
    CommentPublished: (index_comment,),
    ReplyPublished: (index_comment,),
    CommentWithdrawn: (index_comment, take_back_withdrawn),
    AuthorForgotten: (index_comment, forget_name, forget_last_name),
    MembersParted: (forget_each_other,),
    GroupChanged: (forget_unknown_group,),
    MembershipAsked: (tell_of_asking,),
    MemberJoined: (tell_of_joining,),
    MemberLeft: (forget_group,),
    MemberErased: (
        forget_desk,
        forget_reporter,
        forget_member_mail,
        forget_member,
        forget_member_asks,
        forget_member_groups,
        forget_dealings,
        forget_unsaved_words,
        forget_promises_of,
        forget_figures,
        index_person,
    ),
    MemberRenamed: (index_person,),
    ProfileChanged: (index_person,),
    CommenterErased: (forget_address, forget_leaver),
    ReportAnswered: (tell_reporter,),
    ReportReopened: (take_back_answer,),
    CheckWanted: (want_check,),
    LinkArrived: (look_soon,),
    CommentArrived: (tell_soon, index_comment),
    CommentFiled: (index_comment,),
    AppealMade: (tell_soon, index_comment),
    IntroductionAsked: (tell_connector,),
    IntroductionPassedOn: (tell_asked,),
    IntroductionOffered: (tell_asked,),
    PeopleIntroduced: (tell_introduced,),
    NotThisTime: (tell_not_this_time,),
    TalkAskedAbout: (ask_whether_they_talked,),
    ConnectionProposed: (ask_whether_they_know,),
    MessageWritten: (tell_of_message, let_connector_leave),
    ThanksSent: (tell_thanked,),
    PromiseMade: (tell_made,),
    PromiseChanged: (tell_changed, follow_promise, propose_to_know),
    PromiseReminderDue: (remind_promiser,),
    HelpOffered: (tell_offered,),
    HelpAgreed: (promise_help, tell_agreed),
    WriteFirstPromised: (promise_to_write,),
    HelpDeclined: (tell_declined,),
    PassedOn: (tell_passed_on,),
    AskExpired: (ask_whether_needed,),
    ResourceWritten: (index_resource,),
    UploadDeleted: (let_go_of_upload,),
}

# In the worker: what may come a little later, or needs somebody else's server. A job gets the event's
# own fields as its arguments, and its module is imported here or by the worker.
LATER: dict[type[Event], tuple[JobFunction, ...]] = {
    PostWritten: (announce_links, find_own_links),
    PostTrashed: (announce_links,),
    CommentPublished: (tell_followers,),
    SaidInTopic: (tell_of_topic,),
    CommentDecided: (tell_author,),
    AuthorWarned: (send_warning,),
    MailTrialAsked: (send_trial,),
    KeyTrialAsked: (ask_for_key,),
    AuthorshipAsked: (ask_who_wrote,),
    FollowAsked: (follow_own_comment,),
    LatestPostWanted: (find_latest_post,),
    PasswordResetAsked: (send_password_link,),
    SignUpAsked: (answer_sign_up,),
    MemberErased: (
        forget_profile,
        forget_member_texts,
        forget_exports_of,
        forget_author_in_index,
    ),
    BatchStarted: (run_batch,),
    BatchFinished: (tell_of_batch,),
    BatchUndoAsked: (undo_batch,),
    AddressLeft: (send_resource_link,),
    UploadAdded: (make_sizes,),
    UploadDeleted: (remove_files,),
}

# At the very end of the transaction, whatever happened in it.
LAST: tuple[Callable[[AsyncSession], Awaitable[None]], ...] = (keep_index, keep_counts, keep_unread)
