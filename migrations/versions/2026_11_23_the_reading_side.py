"""The reading side: site, people, terms, uploads, posts, and what went stale."""

import sqlalchemy as sa
from alembic import op

revision = "3f9c1a7d52b0"
down_revision = None

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _site()
    _stale_tags()
    _terms()
    _users()
    _uploads()
    _posts()
    _indexes_of_posts()
    _post_authors()
    _post_terms()
    _redirects()
    _revisions()


def downgrade() -> None:
    for table in (
        "revisions",
        "redirects",
        "post_terms",
        "post_authors",
        "posts",
        "uploads",
        "users",
        "terms",
        "stale_tags",
        "site",
    ):
        op.drop_table(table)


def _site() -> None:
    op.create_table(
        "site",
        sa.Column("id", big_id, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("tagline", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("permalinks", sa.String(length=100), nullable=False),
        sa.Column("posts_per_page", sa.Integer(), nullable=False),
        sa.Column("feed_items", sa.Integer(), nullable=False),
        sa.Column("feed_full_text", sa.Boolean(), nullable=False),
        sa.Column("front_page_id", big_id, nullable=True),
        sa.Column("former_urls", sa.JSON(), nullable=False),
        sa.Column("guid_host", sa.String(length=253), nullable=False),
        sa.Column("markup_rules", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_site_only_one"),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
    )


def _stale_tags() -> None:
    op.create_table(
        "stale_tags",
        sa.Column("id", big_id, nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stale_tags"),
    )


def _terms() -> None:
    op.create_table(
        "terms",
        sa.Column("id", big_id, nullable=False),
        sa.Column("taxonomy", sa.String(length=10), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("parent_id", big_id, nullable=True),
        sa.Column("legacy_id", big_id, nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["terms.id"], name="fk_terms_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_terms"),
    )
    op.create_index("ix_terms_legacy_id", "terms", ["legacy_id"])
    op.create_index("ix_terms_slug", "terms", ["slug"])
    op.create_index("uq_terms_taxonomy_path", "terms", ["taxonomy", "path"], unique=True)


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", big_id, nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("last_name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("legacy_id", big_id, nullable=True),
        sa.Column("bio_source", sa.String(), nullable=False),
        sa.Column("bio_html", sa.Text(), nullable=False),
        sa.Column("website", sa.String(length=500), nullable=False),
        sa.Column("photo_path", sa.String(length=500), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("login", name="uq_users_login"),
        sa.UniqueConstraint("slug", name="uq_users_slug"),
    )
    op.create_index("ix_users_email", "users", ["email"])
    op.create_index("ix_users_legacy_id", "users", ["legacy_id"])


def _uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", big_id, nullable=False),
        sa.Column("legacy_id", big_id, nullable=True),
        sa.Column("guid", sa.String(length=1000), nullable=True),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("variant_of_id", big_id, nullable=True),
        sa.Column("source_url", sa.String(length=2000), nullable=False),
        sa.Column("page_path", sa.String(length=1000), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("caption", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("alt", sa.String(), nullable=False),
        sa.Column("post_id", big_id, nullable=True),
        sa.Column("user_id", big_id, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_stored", sa.Boolean(), nullable=False),
        sa.Column("mime", sa.String(length=100), nullable=False),
        sa.Column("size", big_id, nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_uploads_user_id"),
        sa.ForeignKeyConstraint(
            ["variant_of_id"], ["uploads.id"], name="fk_uploads_variant_of_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
        sa.UniqueConstraint("guid", name="uq_uploads_guid"),
        sa.UniqueConstraint("path", name="uq_uploads_path"),
    )
    op.create_index("ix_uploads_legacy_id", "uploads", ["legacy_id"])
    op.create_index("ix_uploads_page_path", "uploads", ["page_path"])
    op.create_index("ix_uploads_post_id", "uploads", ["post_id"])


def _posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", big_id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=1000), nullable=True),
        sa.Column("guid", sa.String(length=1000), nullable=False),
        sa.Column("legacy_id", big_id, nullable=True),
        sa.Column("body_source", sa.String(), nullable=False),
        sa.Column("body_format", sa.String(length=10), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("teaser_html", sa.Text(), nullable=True),
        sa.Column("excerpt_source", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_local", sa.DateTime(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("was_public", sa.Boolean(), nullable=False),
        sa.Column("is_sticky", sa.Boolean(), nullable=False),
        sa.Column("parent_id", big_id, nullable=True),
        sa.Column("menu_order", sa.Integer(), nullable=False),
        sa.Column("comments_open", sa.Boolean(), nullable=False),
        sa.Column("pings_open", sa.Boolean(), nullable=False),
        sa.Column("comments_close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cover_id", big_id, nullable=True),
        sa.CheckConstraint(
            "status <> 'published' OR published_at IS NOT NULL", name="ck_posts_dated"
        ),
        sa.ForeignKeyConstraint(["cover_id"], ["uploads.id"], name="fk_posts_cover_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["posts.id"], name="fk_posts_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.UniqueConstraint("guid", name="uq_posts_guid"),
        sa.UniqueConstraint("path", name="uq_posts_path"),
    )


def _indexes_of_posts() -> None:
    op.create_index("ix_posts_kind_slug", "posts", ["kind", "slug"])
    op.create_index("ix_posts_legacy_id", "posts", ["legacy_id"])
    op.create_index("ix_posts_parent_id", "posts", ["parent_id"])
    op.create_index(
        "ix_posts_public",
        "posts",
        ["kind", "published_at", "id"],
        sqlite_where=sa.text("status = 'published'"),
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_index("ix_posts_published_local", "posts", ["published_local"])
    op.create_index(
        "ix_posts_sticky",
        "posts",
        ["published_at"],
        sqlite_where=sa.text("is_sticky = 1"),
        postgresql_where=sa.text("is_sticky"),
    )


def _post_authors() -> None:
    op.create_table(
        "post_authors",
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_post_authors_post_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_post_authors_user_id"),
        sa.PrimaryKeyConstraint("post_id", "user_id", name="pk_post_authors"),
    )
    op.create_index("ix_post_authors_user_id", "post_authors", ["user_id"])


def _post_terms() -> None:
    op.create_table(
        "post_terms",
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("term_id", big_id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_post_terms_post_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["term_id"], ["terms.id"], name="fk_post_terms_term_id"),
        sa.PrimaryKeyConstraint("post_id", "term_id", name="pk_post_terms"),
    )
    op.create_index("ix_post_terms_term_id", "post_terms", ["term_id"])


def _redirects() -> None:
    op.create_table(
        "redirects",
        sa.Column("id", big_id, nullable=False),
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("post_id", big_id, nullable=True),
        sa.Column("target", sa.String(length=2000), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_redirects_post_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_redirects"),
        sa.UniqueConstraint("path", name="uq_redirects_path"),
    )
    op.create_index("ix_redirects_post_id", "redirects", ["post_id"])


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("id", big_id, nullable=False),
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body_source", sa.String(), nullable=False),
        sa.Column("body_format", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_revisions_post_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_revisions_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
    )
    op.create_index("ix_revisions_post_id", "revisions", ["post_id"])
