"""All operations there are, in the order of the document."""

from app.api import (
    commenting,
    comments,
    groups,
    moderation,
    post_writing,
    posts,
    replies,
    resources,
    terms,
    topics,
)

ROUTERS = (
    posts.router,
    post_writing.router,
    terms.router,
    comments.router,
    commenting.router,
    moderation.router,
    groups.router,
    topics.router,
    replies.router,
    resources.router,
)
