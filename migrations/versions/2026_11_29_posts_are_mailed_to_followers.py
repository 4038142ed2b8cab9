"""The blog has followers by mail; a post says whether it goes to them, and how far it got is kept."""

import sqlalchemy as sa
from alembic import op

revision = "c4e81a6f20d7"
down_revision = "5a0c93f4e7d2"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "blog_followers",
        sa.Column("id", big_id, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("user_id", big_id),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("confirmed_at", moment),
        sa.PrimaryKeyConstraint("id", name="pk_blog_followers"),
        sa.UniqueConstraint("key", name="uq_blog_followers_key"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_blog_followers_user_id", ondelete="CASCADE"
        ),
    )
    for column in ("email", "user_id", "confirmed_at"):
        op.create_index(f"ix_blog_followers_{column}", "blog_followers", [column])
    op.create_table(
        "post_mailings",
        sa.Column("post_id", big_id, autoincrement=False, nullable=False),
        sa.Column("begun_at", moment, nullable=False),
        sa.Column("last_id", big_id, nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("ended_at", moment),
        sa.Column("was_stopped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name="pk_post_mailings"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_post_mailings_post_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_post_mailings_ended_at", "post_mailings", ["ended_at"])
    op.add_column("posts", _no("mails_followers"))
    op.add_column("site", _no("mails_full_text"))


def downgrade() -> None:
    with op.batch_alter_table("site") as site:
        site.drop_column("mails_full_text")
    with op.batch_alter_table("posts") as posts:
        posts.drop_column("mails_followers")
    op.drop_table("post_mailings")
    op.drop_table("blog_followers")


def _no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
