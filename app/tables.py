"""Imports every model once, so that Alembic, the tests and the mappers see the same schema."""

from app.accounts.models import User
from app.core.freshness.tags import StaleTag
from app.discussions.models import Comment, Thread, ThreadPage
from app.media.models import Upload
from app.posts.models import Post, PostAuthor, PostTerm, Redirect, Revision, Term
from app.site.models import SiteRow

TABLES = (
    SiteRow, User, Upload, Term, Post, PostAuthor, PostTerm, Revision, Redirect,
    Thread, Comment, ThreadPage, StaleTag,
)  # fmt: skip
