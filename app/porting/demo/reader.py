"""Reads the demo site's files: TOML for facts, Markdown for words. Touches no database.

`site.toml` holds the site; `posts/NN-slug.md` and `pages/NN-slug.md` begin with their facts between
two lines of `+++`; `NN-slug.comments.toml` beside a post is what was said under it.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.porting.demo.content import DemoComment, DemoPost, DemoSite
from app.posts.models import PostKind

CONTENT = files("app.porting.demo")
_NAME = re.compile(r"\d\d-([a-z0-9-]+)\.md")
_FRONT = re.compile(r"\+\+\+\n(.*?)\n\+\+\+\n(.*)", re.DOTALL)

_posts = TypeAdapter(DemoPost)
_sites = TypeAdapter(DemoSite)


class BadContent(ValueError):
    """A file of the demo site says something that can't be; the sentence names the file."""


def read_demo_site(folder: Traversable = CONTENT) -> DemoSite:
    """The demo site, its posts and pages in the order of their dates. Raises BadContent."""
    posts = sorted(
        (
            *_read_folder(folder / "posts", PostKind.POST),
            *_read_folder(folder / "pages", PostKind.PAGE),
        ),
        key=lambda post: post.date,
    )
    facts = _facts((folder / "site.toml").read_text("utf-8"), "site.toml")
    try:
        site = _sites.validate_python({**facts, "posts": posts})
    except ValidationError as error:
        raise BadContent(f"site.toml: {_first(error)}") from error
    for trouble in troubles(site):
        raise BadContent(trouble)
    return site


def read_upload(path: str, folder: Traversable = CONTENT) -> bytes:
    """The bytes of one of the site's uploads."""
    return (folder / "uploads").joinpath(*path.split("/")).read_bytes()


def read_resource(file: str, folder: Traversable = CONTENT) -> bytes:
    """The bytes of one of the things to take away."""
    return (folder / "resources" / file).read_bytes()


def parse_post(
    name: str, text: str, comments: str = "", kind: PostKind = PostKind.POST
) -> DemoPost:
    """A post from its file's name, its text and the text of the file of its comments.

    Raises BadContent.
    """
    named, parts = _NAME.fullmatch(name), _FRONT.fullmatch(text)
    if named is None or parts is None:
        raise BadContent(f"{name}: should be called NN-slug.md and begin with facts between +++")
    facts = {
        "slug": named[1],
        **_facts(parts[1], name),
        "kind": kind,
        "body": parts[2].strip() + "\n",
        "comments": _facts(comments, f"comments of {name}").get("comments", ()),
    }
    try:
        return _posts.validate_python(facts)
    except ValidationError as error:
        raise BadContent(f"{name}: {_first(error)}") from error


def troubles(site: DemoSite) -> Iterator[str]:
    """A sentence for each name that leads nowhere and each answer to nobody."""
    logins = {author.login for author in site.authors}
    paths = {upload.path for upload in site.uploads}
    for author in site.authors:
        yield from _unknown(f"author {author.login}", [author.photo], paths)
    yield from _unknown("uploads", (upload.author for upload in site.uploads), logins)
    yield from _twice("slug", (post.slug for post in site.posts))
    yield from _twice("comment", (said.id for post in site.posts for said in post.comments))
    for resource in site.resources:
        yield from _unknown(resource.slug, [resource.author], logins)
        yield from _unknown(resource.slug, resource.posts, {post.slug for post in site.posts})
    above: set[str] = {""}
    for category in site.categories:
        yield from _unknown(f"category {category.slug}", [category.parent], above)
        above.add(category.slug)
    for post in site.posts:
        yield from _unknown(post.slug, post.authors, logins)
        yield from _unknown(post.slug, post.categories, above)
        yield from _unknown(post.slug, post.tags, {tag.slug for tag in site.tags})
        yield from _unknown(post.slug, [post.cover], paths | {""})
        yield from _unknown(post.slug, [post.parent], {page.slug for page in site.posts} | {""})
        yield from _troubles_below(post, logins)


def _troubles_below(post: DemoPost, logins: set[str]) -> Iterator[str]:
    earlier: dict[int, DemoComment] = {}
    for comment in sorted(post.comments, key=lambda said: said.at):
        where = f"{post.slug}, comment {comment.id}"
        if bool(comment.user) == bool(comment.name):
            yield f"{where}: needs a user or a name, and not both"
        yield from _unknown(where, [comment.user], logins | {""})
        if comment.parent is not None and comment.parent not in earlier:
            yield f"{where}: answers {comment.parent}, which nobody had said by then"
        if comment.at < post.date:
            yield f"{where}: is older than what it speaks of"
        earlier[comment.id] = comment


def _read_folder(folder: Traversable, kind: PostKind) -> Iterator[DemoPost]:
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".md"):
            beside = folder / file.name.replace(".md", ".comments.toml")
            comments = beside.read_text("utf-8") if beside.is_file() else ""
            yield parse_post(file.name, file.read_text("utf-8"), comments, kind)


def _facts(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadContent(f"{name}: {error}") from error


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


def _unknown(where: str, names: Iterable[str], known: set[str]) -> Iterator[str]:
    return (f"{where}: nothing is called “{name}”" for name in names if name not in known)


def _twice(what: str, names: Iterable[object]) -> Iterator[str]:
    return (
        f"{what} {name} is there {count} times"
        for name, count in Counter(names).items()
        if count > 1
    )
