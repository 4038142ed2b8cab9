"""Owners choose a look, menus and letters; a scheme of addresses changes bit by bit; redirects are counted."""

import sqlalchemy as sa
from alembic import op

revision = "b7d2604c19ea"
down_revision = "c3f8a1d07b52"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OF_SITE = ("accent", "reading_width", "logo_id", "header_id", "top_menu", "foot_menu", "letters_from",
            "owners_warned_after", "says_usual_wait", "move")  # fmt: skip
_OF_REDIRECTS = ("made_at", "hits", "hit_at")


def upgrade() -> None:
    for column in (
        sa.Column("accent", sa.String(7), nullable=False, server_default=""),
        sa.Column("reading_width", sa.String(10), nullable=False, server_default="normal"),
        sa.Column("logo_id", _NUMBER),
        sa.Column("header_id", _NUMBER),
        sa.Column("top_menu", sa.JSON()),
        sa.Column("foot_menu", sa.JSON()),
        sa.Column("letters_from", sa.String(80), nullable=False, server_default=""),
        sa.Column("owners_warned_after", sa.Integer(), nullable=False, server_default="14"),
        sa.Column("says_usual_wait", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("move", sa.JSON()),
    ):
        op.add_column("site", column)
    for column in (
        sa.Column("made_at", sa.DateTime(timezone=True)),
        sa.Column("hits", _NUMBER, nullable=False, server_default="0"),
        sa.Column("hit_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("redirects", column)
    op.create_index("ix_redirects_target", "redirects", ["target"])


def downgrade() -> None:
    op.drop_index("ix_redirects_target", "redirects")
    for name in _OF_REDIRECTS:
        op.drop_column("redirects", name)
    for name in _OF_SITE:
        op.drop_column("site", name)
