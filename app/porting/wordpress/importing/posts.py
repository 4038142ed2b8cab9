"""Posts and pages: rows of an item, and everything that hangs on them but what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import _
from app.core.markup import BodyFormat, SafeHtml, clean_post, markdown_post
from app.core.text import clean_text, number_in, plain_text, shorten
from app.discussions.models import Thread
from app.media.models import Upload
from app.porting.wordpress.importing.kept_words import words_of
from app.porting.wordpress.importing.meanings import POST_KINDS, TAXONOMIES, dates_of, standing_of
from app.porting.wordpress.importing.own_words import (
    fact,
    facts,
    is_ours,
    moment_fact,
    number_fact,
)
from app.porting.wordpress.importing.paths import (
    Place,
    former_paths,
    free_path,
    noted_path,
    settled,
    slug_of,
    wanted_path,
)
from app.porting.wordpress.importing.redirects import redirect_to
from app.porting.wordpress.importing.report import PostReport
from app.porting.wordpress.importing.state import State
from app.porting.wordpress.importing.survey import usable_id
from app.porting.wordpress.reading.values import Item
from app.porting.wordpress.texts.content import Context, convert
from app.porting.wordpress.texts.shortcodes import FindMedia, Media
from app.porting.wordpress.texts.tags import plain_line
from app.posts.models import (
    Post,
    PostAuthor,
    PostKind,
    PostStatus,
    PostTerm,
    Redirect,
)
from app.search.indexing import index_posts
from app.site.models import SiteRow

_LONGEST_GUID = 960


@dataclass(slots=True)
class Coming:
    """One post or page on its way in, or known from before."""

    item: Item
    guid: str
    report: PostReport
    post_id: int = 0
    thread_id: int = 0
    is_new: bool = True
    has_thread: bool = False


async def meet(session: AsyncSession, state: State, items: Sequence[Item]) -> list[Coming]:
    """The items with their ids and threads here; what the file holds twice is left out and named."""
    coming = [one for item in items if (one := _introduced(state, item))]
    query = (
        select(Post.guid, Post.id, Thread.id)
        .outerjoin(Thread, Thread.post_id == Post.id)
        .where(Post.guid.in_({one.guid for one in coming}))
    )
    known = {
        guid: (post_id, thread_id) for guid, post_id, thread_id in await session.execute(query)
    }
    for one in coming:
        one.is_new = one.guid not in known
        one.post_id, thread_id = known.get(one.guid, (0, None))
        one.thread_id, one.has_thread = thread_id or 0, thread_id is not None
    new = [one for one in coming if one.is_new]
    ids = await state.numbers.posts.assign(session, [usable_id(one.item.id) for one in new])
    for one, post_id in zip(new, ids, strict=True):
        one.post_id = post_id
        if one.item.id != post_id:
            one.report.remarks.append(_("its number is taken; it is %d now") % post_id)
    bare = [one for one in coming if not one.has_thread]
    threads = await state.numbers.threads.assign(session, [one.post_id for one in bare])
    for one, thread_id in zip(bare, threads, strict=True):
        one.thread_id = thread_id
    return coming


def _introduced(state: State, item: Item) -> Coming | None:
    report = PostReport(item.line, plain_line(item.title), POST_KINDS[item.type], item.id)
    count = state.report.count(f"{report.kind}s")
    count.in_file += 1
    guid, trouble = _guid_of(state, item)
    if trouble:
        count.skipped += 1
        state.report.skip(item.line, _("%(kind)s “%(title)s”") % _named(report), trouble)
        comments = state.report.count("comments")
        comments.in_file += len(item.comments)
        comments.skipped += len(item.comments)
        return None
    if guid != item.guid and item.guid:
        report.remarks.append(_("its guid can't be kept: it is another post's, or too long"))
    state.report.posts.append(report)
    return Coming(item, guid, report)


def _guid_of(state: State, item: Item) -> tuple[str, str]:
    """A guid for this item and no other of the file; or why there is none."""
    base = next(iter(state.survey.channel.base_urls), "")
    guid = item.guid
    if not guid or len(guid) > _LONGEST_GUID:
        if item.id is None:
            return "", _("it has neither a number nor a guid")
        # As WordPress makes them.
        guid = f"{base}/?p={item.id}"
    if guid in state.guids and state.guids[guid][0] != item.id:
        guid = f"{guid}#{item.id}"
    if guid in state.guids:
        return "", _("it is in the file twice; first on line %d") % state.guids[guid][1]
    state.guids[guid] = (item.id, item.line)
    return guid, ""


def _named(report: PostReport) -> dict[str, str]:
    return {"kind": report.kind, "title": report.title}


async def bring_posts(session: AsyncSession, state: State, coming: Sequence[Coming]) -> None:
    """Write the new ones with authors, terms, threads and redirects, and let them be found."""
    threads = [
        {"id": one.thread_id, "post_id": one.post_id} for one in coming if not one.has_thread
    ]
    for one in coming:
        count = state.report.count(f"{one.report.kind}s")
        if one.is_new:
            count.imported += 1
            await _bring_one(session, state, one)
        else:
            count.known += 1
            one.report.outcome = "known"
        # Before the next one, which may be its child.
        await _join_family(session, state, one)
    await state.add(session, Thread, threads)
    if not state.is_dry_run:
        await index_posts(session, [one.post_id for one in coming if one.is_new])


async def _bring_one(session: AsyncSession, state: State, one: Coming) -> None:
    item = one.item
    standing = standing_of(item, state.now, state.zone)
    place = await _place(session, state, one, standing.status)
    one.report.status, one.report.path = standing.status, place.path or ""
    one.report.remarks += [r for r in (standing.remark, *place.remarks) if r]
    created, local = dates_of(item, state.zone)
    row = {
        "id": one.post_id,
        "kind": POST_KINDS[item.type],
        "status": standing.status,
        "slug": place.slug,
        "path": place.path,
        "guid": one.guid,
        "legacy_id": number_fact(item, "former_id") or item.id,
        "created_at": moment_fact(item, "created_at") or created or item.modified,
        "published_at": standing.at,
        "published_local": standing.local,
        "updated_at": item.modified or created,
        "was_public": standing.was_public,
        "is_sticky": item.is_sticky,
        "menu_order": item.menu_order,
        "comments_open": item.comment_status == "open",
        "pings_open": item.ping_status == "open",
        "comments_close_at": moment_fact(item, "comments_close_at"),
        "cover_id": _cover(state, item),
        "parent_id": state.post_ids.get(item.parent or 0),
    }
    await state.add(session, Post, [row | _texts(state, one)])
    if not state.is_dry_run and place.path is not None:
        # WordPress leads on only where nothing stands.
        await session.execute(delete(Redirect).where(Redirect.path == place.path))
    await _hang_on(session, state, one)
    if not state.survey.channel.own_redirects:
        await redirect_to(session, state, one.post_id, former_paths(item, place, local))


async def _place(session: AsyncSession, state: State, one: Coming, status: PostStatus) -> Place:
    item = one.item
    slug = slug_of(item, one.post_id)
    _at, local = dates_of(item, state.zone)
    is_placeless = is_ours(item) and noted_path(item) is None
    if is_placeless or local is None or (status == PostStatus.DRAFT and not is_ours(item)):
        return Place(slug, None)
    wanted = wanted_path(state, item, slug, one.post_id, local)
    return settled(item, state, slug, await free_path(session, state, wanted))


def _texts(state: State, one: Coming) -> dict[str, Any]:
    item = one.item
    if markdown := fact(item, "markdown"):
        body, teaser = markdown_post(markdown)
        return _texts_as(item, markdown, BodyFormat.MARKDOWN, body, teaser)
    converted = convert(
        item.content, Context(state.site, _finder(state, item), words_of(state.survey, item))
    )
    body = clean_post("\f".join(converted.pages))
    one.report.left_shortcodes = converted.left_shortcodes
    one.report.dropped_blocks = converted.dropped_blocks
    teaser = None if converted.teaser is None else clean_post(converted.teaser)
    return _texts_as(item, item.content, BodyFormat.WORDPRESS, body, teaser)


def _texts_as(
    item: Item, source: str, written_in: BodyFormat, body: SafeHtml, teaser: SafeHtml | None
) -> dict[str, Any]:
    return {
        "title": plain_line(item.title),
        "body_source": clean_text(source),
        "body_format": written_in,
        "body_html": body,
        "teaser_html": teaser,
        "excerpt_source": clean_text(item.excerpt),
        "summary": shorten(plain_text(clean_post(item.excerpt)) or plain_text(body)),
    }


def _finder(state: State, item: Item) -> FindMedia:
    def find(ids: Sequence[int] | None) -> Sequence[Media]:
        wanted = state.attached.get(item.id or 0, ()) if ids is None else ids
        return [state.media[number] for number in wanted if number in state.media]

    return find


def terms_of(state: State, item: Item) -> list[int]:
    """Its categories in the author's order, then its tags in theirs."""
    terms = [t for taxonomy in TAXONOMIES for t in item.terms if t.taxonomy == taxonomy]
    named = [(term.taxonomy, term.slug or term.name) for term in terms]
    return list(dict.fromkeys(state.term_ids[key] for key in named if key in state.term_ids))


def _cover(state: State, item: Item) -> int | None:
    thumbnail = next(iter(item.meta_values("_thumbnail_id")), "")
    number = number_in(thumbnail)
    return None if number is None else state.upload_ids.get(number)


async def _hang_on(session: AsyncSession, state: State, one: Coming) -> None:
    """Its author, its terms, its attachments."""
    item, post_id = one.item, one.post_id
    logins = facts(item, "author") or (item.creator,)
    users = dict.fromkeys(state.user_ids[login] for login in logins if login in state.user_ids)
    authors = [{"post_id": post_id, "user_id": u, "position": n} for n, u in enumerate(users)]
    await state.add(session, PostAuthor, authors)
    terms = [
        {"post_id": post_id, "term_id": term_id, "position": position}
        for position, term_id in enumerate(terms_of(state, item))
    ]
    await state.add(session, PostTerm, terms)
    uploads = [state.upload_ids[old] for old in state.attached.get(item.id or 0, ())]
    if uploads and not state.is_dry_run:
        loose = update(Upload).where(Upload.id.in_(uploads), Upload.post_id.is_(None))
        await session.execute(loose.values(post_id=post_id))


async def _join_family(session: AsyncSession, state: State, one: Coming) -> None:
    """A page is known to its children, of which some came before it."""
    item = one.item
    if item.id is not None:
        state.post_ids.setdefault(item.id, one.post_id)
    if one.report.kind != PostKind.PAGE or item.id is None:
        return
    if (
        one.is_new
        and state.takes_front_page
        and state.site.is_root(item.link)
        and not state.is_dry_run
    ):
        unset = update(SiteRow).where(SiteRow.front_page_id.is_(None))
        await session.execute(unset.values(front_page_id=one.post_id))
    if item.parent is not None and item.parent not in state.post_ids:
        state.orphans.setdefault(item.parent, []).append(one.post_id)
    children = [child for child in state.orphans.pop(item.id, ()) if child != one.post_id]
    if one.is_new and children and not state.is_dry_run:
        adopted = update(Post).where(Post.id.in_(children), Post.parent_id.is_(None))
        await session.execute(adopted.values(parent_id=one.post_id))
