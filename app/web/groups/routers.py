"""All addresses below `/groups/`: the last of these routers knows every one there."""

from app.web.groups import (
    discussing,
    editing,
    feeds,
    handles,
    joining,
    keeping,
    members,
    members_kept,
    reading,
    speaking,
    taking,
    topic_following,
    topic_keeping,
    topics,
    withdrawing,
)
from app.web.resources.routers import GROUP_RESOURCES

GROUPS = (
    discussing.router,
    keeping.router,
    taking.router,
    members_kept.router,
    joining.router,
    topic_following.router,
    topic_keeping.router,
    feeds.router,
    speaking.router,
    editing.router,
    withdrawing.router,
    handles.router,
    topics.router,
    members.router,
    *GROUP_RESOURCES,
    reading.router,
)
