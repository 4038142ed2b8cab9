"""The demo site's files, before any database sees them."""

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from app.porting.demo.content import DemoComment, DemoPost, DemoSite
from app.porting.demo.reader import (
    BadContent,
    parse_post,
    read_demo_site,
    read_upload,
    troubles,
)

NOON = datetime.fromisoformat("2010-03-01T12:00")
ADDRESS = re.compile(r"(?:https?://|[\w.+-]+@)([\w.-]+)")
SMALL = """+++
title = "A title"
date = 2010-03-01T12:00:00
authors = ["gwen"]
+++

Words.
"""


@pytest.fixture(scope="module")
def site() -> DemoSite:
    return read_demo_site()


def depth_of(post: DemoPost, comment: DemoComment) -> int:
    by_id = {said.id: said for said in post.comments}
    return 1 if comment.parent is None else 1 + depth_of(post, by_id[comment.parent])


def test_there_is_one_of_everything_a_visitor_or_moderator_may_meet(site: DemoSite) -> None:
    posts = [post for post in site.posts if post.kind == "post"]
    said = [comment for post in site.posts for comment in post.comments]

    assert Counter(post.status for post in posts) == {
        "published": 13, "draft": 1, "scheduled": 1, "private": 1,
    }  # fmt: skip
    assert {comment.kind for comment in said} == {"comment", "trackback", "pingback", "webmention"}
    assert {comment.status for comment in said} == {"approved", "pending", "spam", "removed"}
    assert max(depth_of(post, c) for post in posts for c in post.comments) == 5
    assert sum("<!--nextpage-->" in post.body for post in posts) == 1
    assert sum(post.is_sticky for post in posts) == 1


def test_published_posts_are_long_enough_to_read(site: DemoSite) -> None:
    words = {
        post.slug: len(post.body.split())
        for post in site.posts
        if post.kind == "post" and post.status == "published"
    }

    assert {slug: count for slug, count in words.items() if not 600 <= count <= 1200} == {}


def test_a_removed_comment_has_answers_that_are_shown(site: DemoSite) -> None:
    said = [comment for post in site.posts for comment in post.comments]
    removed = {comment.id for comment in said if comment.status == "removed"}

    assert removed
    assert removed <= {c.parent for c in said if c.status == "approved"}


def test_every_address_is_one_that_nobody_owns(site: DemoSite) -> None:
    hosts = set(ADDRESS.findall(repr(site)))

    assert {
        host for host in hosts if not re.search(r"(^|\.)example\.(org|net|com)$", host)
    } == set()


@pytest.mark.parametrize(("folder", "most"), [("2009/09/", 6_000), ("2010/", 40_000)])
def test_the_pictures_are_small(site: DemoSite, folder: str, most: int) -> None:
    for upload in site.uploads:
        if upload.path.startswith(folder):
            picture = read_upload(upload.path)
            assert len(picture) < most
            assert Image.open(BytesIO(picture)).format == "PNG"


def test_pictures_in_texts_are_among_the_uploads(site: DemoSite) -> None:
    named = re.findall(r"/wp-content/uploads/([\w./-]+)", "".join(p.body for p in site.posts))

    assert named
    assert set(named) <= {upload.path for upload in site.uploads}


def test_a_post_is_called_what_its_file_is_called() -> None:
    post = parse_post("07-a-slug.md", SMALL)

    assert (post.slug, post.title, post.date, post.body) == ("a-slug", "A title", NOON, "Words.\n")


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("a-slug.md", SMALL, "a-slug.md: should be called NN-slug.md"),
        ("07-a-slug.md", "Words.", "07-a-slug.md: should be called"),
        ("07-a-slug.md", SMALL.replace("title", "titel"), "07-a-slug.md: title"),
        ("07-a-slug.md", SMALL.replace('"A title"', "A title"), "07-a-slug.md: Invalid value"),
        ("07-a-slug.md", SMALL.replace("authors", "colour = 1\nauthors"), "colour"),
    ],
)
def test_a_slip_of_the_pen_is_named_with_its_file(name: str, text: str, complaint: str) -> None:
    with pytest.raises(BadContent, match=complaint):
        parse_post(name, text)


def said(number: int, **rest: object) -> DemoComment:
    facts: dict[str, object] = {"id": number, "at": NOON, "text": "Yes.", "name": "Gwen"}
    return DemoComment(**(facts | rest))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("comment", "sentence"),
    [
        (said(1, name=""), "needs a user or a name"),
        (said(1, user="nora"), "needs a user or a name"),
        (said(1, name="", user="nobody"), "nothing is called “nobody”"),
        (said(1, parent=2), "answers 2, which nobody had said by then"),
        (said(1, at=NOON - timedelta(days=1)), "is older than what it speaks of"),
        (said(101), "comment 101 is there 2 times"),
    ],
)
def test_a_comment_that_cannot_be_is_found(
    site: DemoSite, comment: DemoComment, sentence: str
) -> None:
    post = DemoPost(
        kind="post", slug="x", title="X", date=NOON, authors=("nora",), body="", comments=(comment,)
    )

    assert [t for t in troubles(replace(site, posts=(*site.posts, post))) if sentence in t]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"authors": ("nobody",)}, "nothing is called “nobody”"),
        ({"categories": ("nowhere",)}, "nothing is called “nowhere”"),
        ({"tags": ("nowhere",)}, "nothing is called “nowhere”"),
        ({"cover": "2010/none.png"}, "nothing is called “2010/none.png”"),
        ({"parent": "nowhere"}, "nothing is called “nowhere”"),
        ({"slug": "about"}, "slug about is there 2 times"),
    ],
)
def test_a_name_that_leads_nowhere_is_found(
    site: DemoSite, wrong: dict[str, object], sentence: str
) -> None:
    facts: dict[str, object] = {
        "kind": "post", "slug": "x", "title": "X", "date": NOON, "authors": ("nora",), "body": "",
    }  # fmt: skip
    post = DemoPost(**(facts | wrong))  # type: ignore[arg-type]

    assert [t for t in troubles(replace(site, posts=(*site.posts, post))) if sentence in t]
