"""All operations there are, in the order of the document."""

from app.api import post_writing, posts

ROUTERS = (
    posts.router,
    post_writing.router,
)
