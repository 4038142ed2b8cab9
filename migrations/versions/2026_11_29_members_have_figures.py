"""What is counted of a member stands in one row, with what of it others may see."""

import sqlalchemy as sa
from alembic import op

revision = "b3f70c92d6e1"
down_revision = "b70c52e9d1f4"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)

SWITCHES = ("shows_promises", "shows_talks", "shows_asks", "shows_thanks")
NUMBERS = (
    "kept", "kept_for", "lapsed", "unresolved", "withdrawn", "talks", "asks_met", "thanked_by",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "member_figures",
        sa.Column("user_id", big_id, autoincrement=False, nullable=False),
        *[_no(name) for name in SWITCHES],
        *[sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in NUMBERS],
        _person("member_figures"),
        sa.PrimaryKeyConstraint("user_id", name="pk_member_figures"),
    )
    op.execute(
        "INSERT INTO member_figures"
        " (user_id, shows_promises, kept, kept_for, lapsed, unresolved, withdrawn, shows_talks)"
        " SELECT users.id, coalesce(promise_records.is_shown, false),"
        " coalesce(kept, 0), coalesce(people, 0), coalesce(lapsed, 0), coalesce(unresolved, 0),"
        " coalesce(withdrawn, 0), coalesce(introduction_choices.shows_talks, false)"
        " FROM users LEFT JOIN promise_records ON promise_records.user_id = users.id"
        " LEFT JOIN introduction_choices ON introduction_choices.user_id = users.id"
        " WHERE promise_records.user_id IS NOT NULL OR introduction_choices.shows_talks"
    )
    op.drop_table("promise_records")
    with op.batch_alter_table("introduction_choices") as choices:
        choices.drop_column("shows_talks")


def downgrade() -> None:
    with op.batch_alter_table("introduction_choices") as choices:
        choices.add_column(_no("shows_talks"))
    op.execute(
        "UPDATE introduction_choices SET shows_talks = true"
        " WHERE user_id IN (SELECT user_id FROM member_figures WHERE shows_talks)"
    )
    op.execute(
        "INSERT INTO introduction_choices (user_id, a_month, shows_talks)"
        " SELECT user_id, 2, true FROM member_figures WHERE shows_talks"
        " AND user_id NOT IN (SELECT user_id FROM introduction_choices)"
    )
    op.create_table(
        "promise_records",
        sa.Column("user_id", big_id, nullable=False),
        _no("is_shown"),
        *[
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("kept", "people", "lapsed", "unresolved", "withdrawn")
        ],
        sa.Column("counted_at", moment),
        _person("promise_records"),
        sa.PrimaryKeyConstraint("user_id", name="pk_promise_records"),
    )
    op.execute(
        "INSERT INTO promise_records"
        " (user_id, is_shown, kept, people, lapsed, unresolved, withdrawn)"
        " SELECT user_id, shows_promises, kept, kept_for, lapsed, unresolved, withdrawn"
        " FROM member_figures"
    )
    op.drop_table("member_figures")


def _no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["users.id"], name=f"fk_{table}_user_id", ondelete="CASCADE"
    )
