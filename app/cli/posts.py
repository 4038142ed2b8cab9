"""`rapport post …`: the editor's own actions, for scripts."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.accounts.models import User
from app.cli.consoles import out
from app.cli.context import fail, run
from app.core.errors import Invalid, NotFound
from app.linkbacks import announcing
from app.linkbacks.announcing_jobs import tell_soon
from app.linkbacks.sent import Announcement
from app.posts import actions, queries
from app.posts.addresses import address
from app.posts.drafts import Draft
from app.posts.models import Post, PostKind, PostStatus
from app.settings import Settings
from app.site.models import SiteRow
from app.site.queries import ensure_site
from app.work import Doors

commands = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Title = Annotated[str, typer.Option(help="The title.")]
Body = Annotated[Path | None, typer.Option(help="Markdown file with the text; - is stdin.")]
Slug = Annotated[str | None, typer.Option(help="Last part of the address.")]
At = Annotated[
    str | None, typer.Option(help="When it is public: 2026-12-24T08:00, in the site's zone.")
]
Trackback = Annotated[
    list[str] | None, typer.Option(help="An address that gets a trackback; may be given again.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@commands.command()
def add(
    title: Title,
    body: Body = None,
    slug: Slug = None,
    at: At = None,
    draft: Annotated[bool, typer.Option("--draft", help="Do not publish it.")] = False,
    page: Annotated[bool, typer.Option("--page", help="A page instead of a post.")] = False,
    author: Annotated[str | None, typer.Option(help="Login of its author.")] = None,
    trackback: Trackback = None,
    mail_followers: Annotated[
        bool, typer.Option("--mail-followers", help="Mail it to those who follow the blog.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write a post and print its address.

    Example: echo "Hello." | rapport post add --title "A first post" --body -
    """
    text = _read(body)

    async def task(doors: Doors, settings: Settings) -> dict[str, Any]:
        async with doors.unit_of_work() as db:
            site = await ensure_site(db, settings.base_host)
            written = Draft(
                title=title,
                body=text,
                slug=slug,
                at=_moment(at, site),
                kind=PostKind.PAGE if page else PostKind.POST,
                status=PostStatus.DRAFT if draft else None,
                author_ids=await _authors(db, author),
                trackbacks=tuple(trackback or ()),
                mails_followers=mail_followers,
            )
            return _told(await actions.add_post(db, OWNER_AT_THE_MACHINE, site, written), settings)

    _print(run(task), as_json)


@commands.command()
def edit(
    slug: Annotated[str, typer.Argument(help="Slug of the post.")],
    title: Annotated[str | None, typer.Option(help="A new title.")] = None,
    body: Body = None,
    new_slug: Annotated[str | None, typer.Option("--slug", help="A new slug.")] = None,
    at: At = None,
    draft: Annotated[
        bool | None, typer.Option("--draft/--publish", help="Withdraw or publish it.")
    ] = None,
    trackback: Trackback = None,
    as_json: Json = False,
) -> None:
    """Change a post and print its address; a former address leads to the new one.

    Example: rapport post edit a-first-post --title "The first post"
    """
    text = _read(body) if body is not None else None
    status = {None: None, True: PostStatus.DRAFT, False: PostStatus.PUBLISHED}[draft]

    async def task(doors: Doors, settings: Settings) -> dict[str, Any]:
        async with doors.unit_of_work() as db:
            site = await ensure_site(db, settings.base_host)
            post = await _find(db, slug)
            changed = Draft(
                title=title,
                body=text,
                slug=new_slug,
                at=_moment(at, site),
                status=status,
                trackbacks=tuple(trackback or ()),
            )
            edited = await actions.edit_post(db, OWNER_AT_THE_MACHINE, site, post.id, changed)
            return _told(edited, settings)

    _print(run(task), as_json)


@commands.command()
def delete(slug: Annotated[str, typer.Argument(help="Slug of the post.")]) -> None:
    """Put a post into the trash.

    Example: rapport post delete a-first-post
    """

    async def task(doors: Doors, _settings: Settings) -> str:
        async with doors.unit_of_work() as db:
            post = await _find(db, slug)
            await actions.trash_post(db, OWNER_AT_THE_MACHINE, post.id)
            return post.title

    out.print(f"In the trash: {run(task)}", markup=False)


@commands.command("list")
def list_posts(as_json: Json = False) -> None:
    """List posts and pages, newest first.

    Example: rapport post list --json
    """

    async def task(doors: Doors, settings: Settings) -> list[dict[str, Any]]:
        async with doors.reading() as db:
            newest = select(Post).order_by(Post.published_at.desc(), Post.id.desc())
            return [_told(post, settings) for post in await db.scalars(newest)]

    posts = run(task)
    if as_json:
        print(json.dumps(posts, ensure_ascii=False, indent=2))
        return
    for post in posts:
        when = (post["published_at"] or "")[:10]
        out.print(
            f"{post['id']:>6}  {when:10}  {post['status']:9}  {post['address']}", markup=False
        )
    if not posts:
        out.print("Nothing here yet. Write a first post with: rapport post add --title …")


@commands.command()
def links(
    slug: Annotated[str, typer.Argument(help="Slug of the post.")],
    retry: Annotated[bool, typer.Option("--retry", help="Try what went wrong once more.")] = False,
    as_json: Json = False,
) -> None:
    """List whom a post's links were announced to, and what they answered.

    Example: rapport post links a-first-post --retry
    """

    async def task(doors: Doors, _settings: Settings) -> list[dict[str, Any]]:
        async with doors.unit_of_work() if retry else doors.reading() as db:
            post = await _find(db, slug)
            if retry:
                again = await announcing.try_again(db, OWNER_AT_THE_MACHINE, post.id)
                await tell_soon(db, again)
            return [_announced(row) for row in await announcing.announcements_of(db, post.id)]

    told = run(task)
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for row in told:
        out.print(f"{row['kind'] or '?':10}  {row['state']:12}  {row['target']}", markup=False)
        if row["answer"]:
            out.print(f"{'':26}{row['answer']}", markup=False)
    if not told:
        out.print("Nobody was told of a link in this post.")


def _announced(row: Announcement) -> dict[str, Any]:
    return {
        "target": row.target,
        "is_listed": row.is_listed,
        "kind": row.kind,
        "state": row.state,
        "answer": row.answer,
        "endpoint": row.endpoint,
        "status_url": row.status_url,
        "tries": row.tries,
        "updated_at": row.updated_at.isoformat(),
    }


def _told(post: Post, settings: Settings) -> dict[str, Any]:
    return {
        "id": post.id,
        "kind": post.kind,
        "status": post.status,
        "title": post.title,
        "slug": post.slug,
        "address": settings.base_url + (address(post.path) if post.path else f"/?p={post.id}"),
        "published_at": post.published_at.isoformat() if post.published_at else None,
    }


def _print(post: dict[str, Any], as_json: bool) -> None:
    print(json.dumps(post, ensure_ascii=False) if as_json else post["address"])


def _read(body: Path | None) -> str:
    if body is None:
        return ""
    raw = sys.stdin.buffer.read() if str(body) == "-" else body.read_bytes()
    try:
        return raw.decode()
    except UnicodeDecodeError:
        fail(f"{body} is not UTF-8 text.")


def _moment(given: str | None, site: SiteRow) -> datetime | None:
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise Invalid(f"“{given}” is no time. Write it like 2026-12-24T08:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(site.timezone))


async def _find(db: Any, slug: str) -> Post:
    post = await queries.post_by_slug(db, OWNER_AT_THE_MACHINE, slug)
    if post is None:
        raise NotFound(f"There is no post “{slug}”.")
    return post


async def _authors(db: Any, login: str | None) -> tuple[int, ...]:
    if login is not None:
        found = await db.scalar(select(User.id).where(User.login == login))
        if found is None:
            raise NotFound(f"There is no author “{login}”.")
        return (found,)
    everybody = list(await db.scalars(select(User.id).limit(2)))
    # Where one person writes alone, nobody needs to say who.
    return tuple(everybody) if len(everybody) == 1 else ()
