"""Uploads have a library: which posts use them, which were deleted, and whose bytes never change."""

import re
import unicodedata
from html import unescape
from urllib.parse import unquote

import sqlalchemy as sa
from alembic import op

revision = "c3e8a17f50d9"
down_revision = "4d8e1f60b2a7"

big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("uploads") as uploads:
        uploads.add_column(
            sa.Column("is_fixed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        uploads.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True)))
        uploads.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_index("ix_uploads_variant_of_id", "uploads", ["variant_of_id"])
    op.create_index("ix_uploads_user_id", "uploads", ["user_id", "id"])
    op.create_index(
        "ix_uploads_library",
        "uploads",
        ["id"],
        sqlite_where=sa.text("variant_of_id IS NULL AND is_stored = 1"),
        postgresql_where=sa.text("variant_of_id IS NULL AND is_stored"),
    )
    op.create_table(
        "upload_uses",
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("upload_id", big_id, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_upload_uses_post_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.id"], name="fk_upload_uses_upload_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "upload_id", name="pk_upload_uses"),
    )
    op.create_index("ix_upload_uses_upload_id", "upload_uses", ["upload_id"])
    _note_what_is_used()


_AT_ONCE = 200
_ADDRESS = re.compile(r"/wp-content/uploads/([^\s\"?#<>]+)")
_SIZE = re.compile(r"-\d+x\d+(?=\.\w+$)")


def _note_what_is_used() -> None:
    """Posts that were there before: which files their texts name, and their covers."""
    uses = sa.table("upload_uses", sa.column("post_id"), sa.column("upload_id"))
    last = 0
    while posts := _posts_after(last):
        last = posts[-1].id
        rows = [
            {"post_id": post.id, "upload_id": upload_id}
            for post in posts
            for upload_id in sorted(_used_by(post))
        ]
        if rows:
            op.get_bind().execute(sa.insert(uses), rows)


def _posts_after(last: int) -> list[sa.Row]:
    query = sa.text(
        "SELECT id, body_html, teaser_html, cover_id FROM posts WHERE id > :last AND "
        "(cover_id IS NOT NULL OR body_html LIKE '%/wp-content/uploads/%') ORDER BY id LIMIT :most"
    )
    return list(op.get_bind().execute(query, {"last": last, "most": _AT_ONCE}))


def _used_by(post: sa.Row) -> set[int]:
    found = {post.cover_id} - {None}
    written = {unescape(name).rstrip(",") for name in _ADDRESS.findall(post.body_html or "")}
    for path in {unicodedata.normalize("NFC", unquote(name)) for name in written}:
        upload_id = _upload_at(path)
        base = _SIZE.sub("", path)
        if upload_id is None and base != path:
            stem, dot, suffix = base.rpartition(".")
            upload_id = _upload_at(base) or _upload_at(f"{stem}-scaled{dot}{suffix}")
        if upload_id is not None:
            found.add(upload_id)
    return found


def _upload_at(path: str) -> int | None:
    query = sa.text("SELECT COALESCE(variant_of_id, id) FROM uploads WHERE path = :path")
    return op.get_bind().scalar(query, {"path": path})


def downgrade() -> None:
    op.drop_table("upload_uses")
    op.drop_index("ix_uploads_library", table_name="uploads")
    op.drop_index("ix_uploads_user_id", table_name="uploads")
    op.drop_index("ix_uploads_variant_of_id", table_name="uploads")
    with op.batch_alter_table("uploads") as uploads:
        uploads.drop_column("version")
        uploads.drop_column("deleted_at")
        uploads.drop_column("is_fixed")
