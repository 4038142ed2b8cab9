"""All operations there are, in the order of the document."""

from app.api import (
    asks,
    commenting,
    comments,
    groups,
    media,
    moderation,
    post_writing,
    posts,
    replies,
    resource_writing,
    resources,
    terms,
    topics,
    uploading,
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
    asks.router,
    replies.router,
    media.router,
    uploading.router,
    resources.router,
    resource_writing.router,
)
