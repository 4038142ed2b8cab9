"""When this happened, that follows. The only crossroads of the domains."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.events import MembersParted, PasswordResetAsked
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
    SaidInTopic,
)
from app.discussions.jobs import run_batch, undo_batch
from app.discussions.latest_posts.jobs import find_latest_post, look_after_decision
from app.discussions.rounds import note_correction, want_check
from app.groups.events import MemberJoined, MemberLeft, MembershipAsked
from app.linkbacks.announcing import list_trackbacks
from app.linkbacks.announcing_jobs import announce_links
from app.linkbacks.jobs import look_soon
from app.linkbacks.own_links import find_own_links
from app.moderation.cases import keep_counts
from app.networking.asks.events import AskExpired, HelpAgreed, HelpDeclined, HelpOffered, PassedOn
from app.notifications.answers import tell_followers
from app.notifications.follows import follow_own_comment
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
    tell_of_asking,
    tell_of_joining,
    tell_of_topic,
)
from app.notifications.notices.retention import forget_each_other
from app.notifications.notices.unread import keep_unread
from app.notifications.removals import tell_author, tell_of_batch
from app.notifications.retention import forget_address
from app.notifications.to_authors import ask_who_wrote, send_password_link
from app.notifications.warnings import send_warning
from app.posts.events import PostTrashed, PostWritten, TrackbacksListed
from app.search.indexing import index_comment, index_post, keep_index

Reaction: TypeAlias = Callable[[AsyncSession, Any], Awaitable[None]]

# In the same transaction: what must be true as soon as the change is.
AT_ONCE: dict[type[Event], tuple[Reaction, ...]] = {
    PostWritten: (open_thread, index_post),
    PostTrashed: (index_post,),
    TrackbacksListed: (list_trackbacks,),
    # What was decided has another status, and stands in the index under it.
    CommentDecided: (index_comment, note_correction, look_after_decision, tell_decided),
    CommentEdited: (index_comment,),
    CommentPublished: (index_comment,),
    CommentWithdrawn: (index_comment, take_back_withdrawn),
    AuthorForgotten: (index_comment, forget_name),
    CommenterErased: (forget_address,),
    MembersParted: (forget_each_other,),
    MembershipAsked: (tell_of_asking,),
    MemberJoined: (tell_of_joining,),
    MemberLeft: (forget_group,),
    CheckWanted: (want_check,),
    LinkArrived: (look_soon,),
    CommentArrived: (tell_soon, index_comment),
    CommentFiled: (index_comment,),
    AppealMade: (tell_soon, index_comment),
    HelpOffered: (tell_offered,),
    HelpAgreed: (tell_agreed,),
    HelpDeclined: (tell_declined,),
    PassedOn: (tell_passed_on,),
    AskExpired: (ask_whether_needed,),
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
    AuthorshipAsked: (ask_who_wrote,),
    FollowAsked: (follow_own_comment,),
    LatestPostWanted: (find_latest_post,),
    PasswordResetAsked: (send_password_link,),
    BatchStarted: (run_batch,),
    BatchFinished: (tell_of_batch,),
    BatchUndoAsked: (undo_batch,),
}

# At the very end of the transaction, whatever happened in it.
LAST: tuple[Callable[[AsyncSession], Awaitable[None]], ...] = (keep_index, keep_counts, keep_unread)
