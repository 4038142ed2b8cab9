"""Writes the demo site into an empty database: all of it, or nothing."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.accounts.models import User
from app.core.db import Work
from app.core.errors import Conflict
from app.core.i18n import _
from app.core.markup import markdown_post
from app.core.secrets import secrets_of
from app.core.stores import store_of
from app.discussions.models import Thread
from app.media.models import Upload
from app.porting.demo.boards import add_boards
from app.porting.demo.content import DemoPost, DemoSite
from app.porting.demo.groups import add_groups
from app.porting.demo.library import add_library
from app.porting.demo.pictures import add_pictures
from app.porting.demo.reader import read_demo_site
from app.porting.demo.talk import add_talk
from app.posts.actions import add_post
from app.posts.drafts import Draft
from app.posts.models import Post, PostStatus, Revision, Taxonomy, Term
from app.settings import Settings
from app.site.models import Permalinks, SiteRow
from app.site.queries import ensure_site


def demo_owner() -> str:
    """The e-mail address of whoever owns the demo site."""
    authors = read_demo_site().authors
    return next(author.email for author in authors if Role.OWNER in author.roles)


async def build_demo(work: Work, settings: Settings, *, password_hash: str = "") -> None:
    """Fill an empty database with the demo site, and the folder of uploads with its pictures.

    With a `password_hash` its owner can sign in.

    One unit of work: whoever kills it half-way finds the database as it was. Ids, GUIDs and dates
    are the same each time, but for what is asked and offered: that is of the last days. Raises
    Conflict where anybody has written anything before.
    """
    demo = read_demo_site()
    folder = store_of(settings)
    async with work.unit_of_work() as session:
        await _refuse_unless_empty(session)
        site = await _name_site(session, demo, settings.base_host)
        users = await _add_authors(session, demo, password_hash)
        terms = await _add_terms(session, demo)
        uploads = await add_pictures(session, demo, folder, users)
        posts: dict[str, Post] = {}
        for post in demo.posts:
            draft = _draft(demo, post, users, terms, posts)
            row = await add_post(session, OWNER_AT_THE_MACHINE, site, draft)
            row.cover_id = uploads[post.cover].id if post.cover else None
            await _settle(session, demo, post, row)
            posts[post.slug] = row
        await add_library(session, demo, site, folder, users, posts)
        await add_talk(session, demo, posts, users, secrets_of(settings))
        await add_groups(session, demo, users, secrets_of(settings))
        await add_boards(session, demo, users, secrets_of(settings))


async def _refuse_unless_empty(session: AsyncSession) -> None:
    for table in (Post, User, Upload, Term):
        if await session.scalar(select(table.id).limit(1)) is not None:
            raise Conflict(
                _(
                    "There is a site in this database already, and the demo needs an empty one. "
                    "Nothing was changed. To look at it, point RAPPORT_DATA at a new folder."
                )
            )


async def _name_site(session: AsyncSession, demo: DemoSite, host: str) -> SiteRow:
    # What is written here after the demo gets the host of this site, not the demo's, in its GUID.
    site = await ensure_site(session, host)
    site.title, site.tagline = demo.title, demo.tagline
    site.language, site.timezone = demo.language, demo.timezone
    # Links from one of the demo's texts to another are of this form.
    site.permalinks = Permalinks.MONTH
    return site


async def _add_authors(
    session: AsyncSession, demo: DemoSite, password_hash: str
) -> dict[str, User]:
    joined = demo.moment(min(post.date for post in demo.posts))
    users = {
        author.login: User(
            login=author.login, slug=author.slug, name=author.name, email=author.email,
            bio_source=author.bio, bio_html=markdown_post(author.bio)[0], website=author.website,
            photo_path=f"/wp-content/uploads/{author.photo}", created_at=joined,
            links=[{"label": link.label, "url": link.url} for link in author.links],
            roles=[str(role) for role in author.roles],
            password_hash=password_hash if Role.OWNER in author.roles else "",
        )
        for author in demo.authors
    }  # fmt: skip
    session.add_all(users.values())
    await session.flush()
    return users


async def _add_terms(session: AsyncSession, demo: DemoSite) -> dict[str, Term]:
    terms: dict[str, Term] = {}
    for taxonomy, found in ((Taxonomy.CATEGORY, demo.categories), (Taxonomy.TAG, demo.tags)):
        for term in found:
            parent = terms.get(f"{taxonomy} {term.parent}")
            row = Term(
                taxonomy=taxonomy, slug=term.slug, name=term.name, description=term.description,
                path=f"{parent.path}/{term.slug}" if parent else term.slug,
                parent_id=parent.id if parent else None,
            )  # fmt: skip
            session.add(row)
            await session.flush()
            terms[f"{taxonomy} {term.slug}"] = row
    return terms


def _draft(
    demo: DemoSite,
    post: DemoPost,
    users: dict[str, User],
    terms: dict[str, Term],
    posts: dict[str, Post],
) -> Draft:
    names = [f"{Taxonomy.CATEGORY} {slug}" for slug in post.categories]
    names += [f"{Taxonomy.TAG} {slug}" for slug in post.tags]
    return Draft(
        title=post.title,
        body=post.body,
        slug=post.slug,
        excerpt=post.excerpt,
        kind=post.kind,
        status=post.status,
        at=None if post.status == PostStatus.DRAFT else demo.moment(post.date),
        author_ids=tuple(users[login].id for login in post.authors),
        term_ids=tuple(terms[name].id for name in names),
        parent_id=posts[post.parent].id if post.parent else None,
        is_sticky=post.is_sticky,
    )


async def _settle(session: AsyncSession, demo: DemoSite, post: DemoPost, row: Post) -> None:
    """Make a post just written look as if it had been written then, and ready to be answered."""
    row.guid = demo.guid("post", post.slug, post.written or post.date)
    row.menu_order = post.menu_order
    row.comments_open = row.pings_open = post.takes_comments
    row.created_at = row.updated_at = demo.moment(post.written or post.date)
    await session.execute(
        update(Revision).where(Revision.post_id == row.id).values(created_at=row.created_at)
    )
    # The reaction to a written post opens its thread at the end of the unit; it is wanted now.
    session.add(Thread(post_id=row.id))
    await session.flush()
