"""People sign up by themselves, show what they like of themselves, and take their data away."""

import sqlalchemy as sa
from alembic import op

revision = "d82b6f14c093"
down_revision = "c4d90a7be215"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)

PIECES = (
    "entry", "photo", "headline", "about", "badge", "links", "place", "can_help", "looking_for", "activity",
)  # fmt: skip


def upgrade() -> None:
    op.add_column(
        "site", sa.Column("sign_up", sa.String(10), nullable=False, server_default="closed")
    )
    of_members = sa.text("user_id IS NOT NULL")
    op.create_index(
        "ix_comments_member",
        "comments",
        ["user_id", "approved_at", "id"],
        sqlite_where=of_members,
        postgresql_where=of_members,
    )
    _invitations()
    _profiles()
    op.create_table(
        "personal_exports",
        sa.Column("id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("made_at", moment, nullable=True),
        sa.Column("expires_at", moment, nullable=True),
        sa.Column("file", sa.String(64), nullable=False),
        sa.Column("size", big_id, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_personal_exports_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_personal_exports"),
    )
    op.create_index("ix_personal_exports_user_id", "personal_exports", ["user_id"])
    op.create_index("ix_personal_exports_expires_at", "personal_exports", ["expires_at"])


def _invitations() -> None:
    op.create_table(
        "sign_up_invitations",
        sa.Column("id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("note", sa.String(80), nullable=False),
        sa.Column("uses_allowed", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("revoked_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_sign_up_invitations_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sign_up_invitations"),
        sa.UniqueConstraint("token_hash", name="uq_sign_up_invitations_token_hash"),
    )
    op.create_index("ix_sign_up_invitations_user_id", "sign_up_invitations", ["user_id"])


def _profiles() -> None:
    op.create_table(
        "profiles",
        sa.Column("user_id", big_id, nullable=False, autoincrement=False),
        sa.Column("headline", sa.String(160), nullable=False),
        sa.Column("about_source", sa.String(), nullable=False),
        sa.Column("about_html", sa.Text(), nullable=False),
        sa.Column("badge", sa.String(20), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("photo", sa.String(64), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False, server_default=sa.false()),
        *(
            sa.Column(f"{piece}_seen_by", sa.String(10), nullable=False, server_default="members")
            for piece in PIECES
        ),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_profiles_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_profiles"),
    )
    op.create_table(
        "profile_words",
        sa.Column("user_id", big_id, nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("position", big_id, nullable=False, autoincrement=False),
        sa.Column("word", sa.String(40), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_profile_words_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "kind", "position", name="pk_profile_words"),
    )
    op.create_index("ix_profile_words_key", "profile_words", ["key", "kind", "user_id"])


def downgrade() -> None:
    op.drop_index("ix_comments_member", table_name="comments")
    op.drop_table("personal_exports")
    op.drop_table("profile_words")
    op.drop_table("profiles")
    op.drop_table("sign_up_invitations")
    op.drop_column("site", "sign_up")
