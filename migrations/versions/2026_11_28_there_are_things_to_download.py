"""There is a library of things to download: versions, tags, where they are attached, counts, addresses left."""

import sqlalchemy as sa
from alembic import op

revision = "d81f3c6a2e97"
down_revision = "a1c7e94b36d2"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "resources",
        sa.Column("id", big_id, nullable=False),
        sa.Column("guid", sa.String(200), nullable=False),
        sa.Column("slug", sa.String(200), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("access", sa.String(10), nullable=False),
        sa.Column("description_source", sa.String(), nullable=False),
        sa.Column("description_html", sa.Text(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("licence", sa.String(200), nullable=False),
        sa.Column("owner_id", big_id, nullable=True),
        sa.Column("group_id", big_id, nullable=True),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("download_count", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("published_at", moment, nullable=True),
        sa.Column("retired_at", moment, nullable=True),
        sa.Column("retired_note", sa.String(500), nullable=False),
        sa.CheckConstraint(
            "status <> 'published' OR published_at IS NOT NULL", name="ck_resources_dated"
        ),
        sa.CheckConstraint(
            "access <> 'group' OR group_id IS NOT NULL", name="ck_resources_group_named"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_resources_owner_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resources"),
        sa.UniqueConstraint("guid", name="uq_resources_guid"),
        sa.UniqueConstraint("slug", name="uq_resources_slug"),
    )
    op.create_index("ix_resources_owner_id", "resources", ["owner_id"])
    op.create_index("ix_resources_group_id", "resources", ["group_id"])
    public = sa.text("status = 'published'")
    op.create_index(
        "ix_resources_public",
        "resources",
        ["published_at", "id"],
        sqlite_where=public,
        postgresql_where=public,
    )
    _versions()
    _what_hangs_on_them()
    _downloads()


def _versions() -> None:
    op.create_table(
        "resource_versions",
        sa.Column("id", big_id, nullable=False),
        sa.Column("resource_id", big_id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("storage_key", sa.String(200), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("size", big_id, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("mime", sa.String(100), nullable=False),
        sa.Column("uploaded_by", big_id, nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.CheckConstraint(
            "storage_key <> '' OR letter <> ''", name="ck_resource_versions_file_or_letter"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name="fk_resource_versions_resource_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"],
            ["users.id"],
            name="fk_resource_versions_uploaded_by",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resource_versions"),
    )
    op.create_index(
        "uq_resource_versions_number", "resource_versions", ["resource_id", "number"], unique=True
    )
    op.create_index("ix_resource_versions_storage_key", "resource_versions", ["storage_key"])


def _what_hangs_on_them() -> None:
    op.create_table(
        "resource_tags",
        sa.Column("resource_id", big_id, nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name="fk_resource_tags_resource_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("resource_id", "slug", name="pk_resource_tags"),
    )
    op.create_index("ix_resource_tags_slug", "resource_tags", ["slug"])
    op.create_table(
        "resource_attachments",
        sa.Column("id", big_id, nullable=False),
        sa.Column("resource_id", big_id, nullable=False),
        sa.Column("post_id", big_id, nullable=True),
        sa.Column("topic_id", big_id, nullable=True),
        sa.CheckConstraint(
            "(post_id IS NULL) <> (topic_id IS NULL)", name="ck_resource_attachments_one_home"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name="fk_resource_attachments_resource_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_resource_attachments_post_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resource_attachments"),
    )
    op.create_index("ix_resource_attachments_resource_id", "resource_attachments", ["resource_id"])
    for home in ("post", "topic"):
        op.create_index(
            f"uq_resource_attachments_{home}",
            "resource_attachments",
            [f"{home}_id", "resource_id"],
            unique=True,
        )


def _downloads() -> None:
    op.create_table(
        "resource_download_counts",
        sa.Column("version_id", big_id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["resource_versions.id"],
            name="fk_resource_download_counts_version_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "day", name="pk_resource_download_counts"),
    )
    op.create_table(
        "resource_download_marks",
        sa.Column("version_id", big_id, nullable=False),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["resource_versions.id"],
            name="fk_resource_download_marks_version_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "mark", name="pk_resource_download_marks"),
    )
    op.create_index("ix_resource_download_marks_day", "resource_download_marks", ["day"])
    op.create_table(
        "resource_addresses",
        sa.Column("id", big_id, nullable=False),
        sa.Column("resource_id", big_id, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("may_be_mailed", sa.Boolean(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("confirmed_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name="fk_resource_addresses_resource_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resource_addresses"),
    )
    op.create_index("ix_resource_addresses_asked_at", "resource_addresses", ["asked_at"])
    op.create_index(
        "uq_resource_addresses_email", "resource_addresses", ["resource_id", "email"], unique=True
    )


def downgrade() -> None:
    op.drop_table("resource_addresses")
    op.drop_table("resource_download_marks")
    op.drop_table("resource_download_counts")
    op.drop_table("resource_attachments")
    op.drop_table("resource_tags")
    op.drop_table("resource_versions")
    op.drop_table("resources")
