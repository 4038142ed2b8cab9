"""Which files a post uses: those its text shows or leads to, and its cover. Found as it is written."""

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.jobs import Tools, enqueue, job
from app.media.events import UploadDeleted
from app.media.models import UploadUse
from app.media.queries import uploads_at
from app.media.showing import uploads_named
from app.posts.events import PostWritten
from app.posts.models import Post
from app.posts.queries import posts_visible_to

# So many posts are read before others have their turn.
_AT_ONCE = 50
MOST_SHOWN = 50


async def note_uploads_used(session: AsyncSession, event: PostWritten) -> None:
    """Let the table say which files a post uses now."""
    await note_for_post(session, event.post_id)


async def note_for_post(session: AsyncSession, post_id: int) -> None:
    """The same for one post, whatever happened to it."""
    columns = (Post.body_html, Post.teaser_html, Post.cover_id)
    found = (await session.execute(select(*columns).where(Post.id == post_id))).first()
    if found is None:
        return
    named = uploads_named(f"{found.body_html} {found.teaser_html or ''}")
    used = await uploads_at(session, named) if named else set()
    if found.cover_id is not None:
        used.add(found.cover_id)
    here = UploadUse.post_id == post_id
    known = set(await session.scalars(select(UploadUse.upload_id).where(here)))
    if gone := known - used:
        await session.execute(delete(UploadUse).where(here, UploadUse.upload_id.in_(gone)))
    if new := used - known:
        rows = [{"post_id": post_id, "upload_id": upload_id} for upload_id in sorted(new)]
        await session.execute(insert(UploadUse), rows)


async def let_go_of_upload(session: AsyncSession, event: UploadDeleted) -> None:
    """A file is gone: it is no post's cover any more."""
    its = UploadUse.upload_id == event.upload_id
    await session.execute(
        update(Post)
        .where(Post.cover_id == event.upload_id, Post.id.in_(select(UploadUse.post_id).where(its)))
        .values(cover_id=None)
    )
    await session.execute(delete(UploadUse).where(its))


async def posts_using(
    session: AsyncSession, actor: Actor, upload_id: int
) -> tuple[list[Post], int]:
    """The posts that use a file, the newest first, and how many more do that the actor may not see, or not here."""
    used = select(UploadUse.post_id).where(UploadUse.upload_id == upload_id)
    ids = list(await session.scalars(used))
    seen = select(Post).where(Post.id.in_(used), posts_visible_to(actor))
    posts = list(await session.scalars(seen.order_by(Post.id.desc()).limit(MOST_SHOWN)))
    return posts, len(ids) - len(posts)


@job("note-all-uploads-used")
async def note_all_uploads_used(tools: Tools, *, after_id: int = 0) -> None:
    """Find them for all posts, in the order of their ids: after an import, which brings many at once."""
    async with tools.work.unit_of_work() as session:
        following = select(Post.id).where(Post.id > after_id).order_by(Post.id).limit(_AT_ONCE)
        ids = list(await session.scalars(following))
        for post_id in ids:
            await note_for_post(session, post_id)
        if ids:
            await enqueue(session, note_all_uploads_used, after_id=ids[-1])
