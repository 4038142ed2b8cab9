"""What was typed as the body of a post, into what a draft takes and into what readers would see."""

from collections.abc import Mapping

from anyio import to_thread
from fastapi import Request

from app.core.errors import Invalid
from app.core.i18n import _
from app.core.markup import BodyFormat, SafeHtml, clean_post, markdown_post, split_pages
from app.core.text import clean_text, unix_lines
from app.posts.drafts import BODY_LENGTH, TypedForWordPress
from app.web.deps import doors_of, frame_of
from app.web.rpc.texts import media_named, typed_for_wordpress
from app.web.writing.forms import Before, text_in


async def body_of(
    request: Request, before: Before, typed: Mapping[str, str]
) -> str | TypedForWordPress | None:
    """The text a draft takes; None where it was not sent, or says what the post says already.

    What came from WordPress stays as WordPress has it, and is made HTML before anybody waits for it.
    """
    if "body" not in typed:
        return None
    text, post = clean_text(text_in(typed, "body")), before.post
    if post is not None and text == unix_lines(post.body_source):
        return None
    if before.format == BodyFormat.MARKDOWN:
        return text
    return await for_wordpress(request, text, post.id if post else None)


async def shown_body(request: Request, before: Before, text: str) -> SafeHtml:
    """A text as its readers would see it, all its pages in one. Raises Invalid for one that is too long."""
    text = clean_text(text)
    if len(text) > BODY_LENGTH:
        raise Invalid(_("This is longer than a post may be."))
    if before.format == BodyFormat.WORDPRESS:
        typed = await for_wordpress(request, text, before.post.id if before.post else None)
        whole = clean_post("\f".join(typed.pages))
    else:
        # In a thread: others are not to wait for a long one.
        whole, _teaser = await to_thread.run_sync(markdown_post, text)
    pages = split_pages(whole)
    return whole if len(pages) == 1 else clean_post("<hr>".join(pages))


async def for_wordpress(request: Request, text: str, post_id: int | None) -> TypedForWordPress:
    """A text as WordPress has it, with the HTML that it means; read and made outside any transaction."""
    async with doors_of(request).reading() as db:
        frame = await frame_of(request, db)
        uploads = await media_named(db, text, post_id)
    urls = (frame.base_url, *frame.site.former_urls)
    return await to_thread.run_sync(typed_for_wordpress, text, uploads, urls)
