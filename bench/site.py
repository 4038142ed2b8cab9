"""A large site as a WordPress export: posts over ten years, comments in threads, one post much talked about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import TextIO

from bench.words import Words

# Raised when what is generated changes: a loaded site of another edition is made anew.
EDITION = 1

OLD_ADDRESS = "http://load.example"
HOT, HOTTER = "talked-about", "much-talked-about"
HOT_COMMENTS, HOTTER_COMMENTS = 100, 2000
CATEGORIES, TAGS, AUTHORS = 20, 200, 10

_FIRST_DAY = datetime(2014, 1, 6, 8, 0, tzinfo=UTC)
_DAYS = 3650
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>The load</title><link>{OLD_ADDRESS}</link><description>A site to measure</description>
<language>en-US</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>{OLD_ADDRESS}</wp:base_site_url><wp:base_blog_url>{OLD_ADDRESS}</wp:base_blog_url>
"""


@dataclass(frozen=True)
class Size:
    """How large the site is."""

    posts: int = 1000
    comments: int = 100_000

    def __str__(self) -> str:
        return f"{self.posts:,} posts, {self.comments:,} comments"


@dataclass(frozen=True)
class LoadPost:
    """What a post needs to be written, its comments apart."""

    number: int
    slug: str
    at: datetime
    comments: int

    @property
    def path(self) -> str:
        """Where it stands, at the old address and at the new one."""
        return f"/{self.at:%Y/%m}/{self.slug}/"

    @property
    def is_hot(self) -> bool:
        """Whether it is one of the two that are measured."""
        return self.slug in (HOT, HOTTER)


def plan(size: Size) -> list[LoadPost]:
    """Every post's address and number of comments, oldest first."""
    chance = Words(1).chance
    weights = [1 / (1 + 30 * chance.random()) for _ in range(size.posts)]
    counts = [0] * size.posts
    # On the home page, as what people talk about is.
    hot = {size.posts - 5: (HOT, HOT_COMMENTS), size.posts - 4: (HOTTER, HOTTER_COMMENTS)}
    for at in hot:
        weights[at] = 0
    rest = max(size.comments - HOT_COMMENTS - HOTTER_COMMENTS, 0)
    for at in chance.choices(range(size.posts), weights, k=rest):
        counts[at] += 1
    step = timedelta(days=_DAYS / size.posts)
    return [
        LoadPost(
            number=at + 1,
            slug=hot[at][0] if at in hot else f"letter-{at + 1:04d}",
            at=(_FIRST_DAY + step * at).replace(microsecond=0),
            comments=hot[at][1] if at in hot else counts[at],
        )
        for at in range(size.posts)
    ]


def write_export(size: Size, path: Path) -> None:
    """The whole site as one WXR file, written as it is made up."""
    with path.open("w", encoding="utf-8") as out:
        out.write(_HEAD)
        _write_people_and_terms(out)
        first_comment = 1
        for post in plan(size):
            _write_post(out, post, Words(1000 + post.number))
            for comment in _comments(post, first_comment, Words(1_000_000 + post.number)):
                out.write(comment)
            first_comment += post.comments
            out.write("</item>\n")
        out.write("</channel>\n</rss>\n")


def _write_people_and_terms(out: TextIO) -> None:
    words = Words(2)
    for number in range(1, AUTHORS + 1):
        out.write(
            f"<wp:author><wp:author_id>{number}</wp:author_id>"
            f"<wp:author_login>author{number}</wp:author_login>"
            f"<wp:author_email>author{number}@load.example</wp:author_email>"
            f"<wp:author_display_name>{_cdata(words.name())}</wp:author_display_name></wp:author>\n"
        )
    for number in range(1, CATEGORIES + 1):
        parent = f"category-{number % 5 + 1}" if number > CATEGORIES // 2 else ""
        out.write(
            f"<wp:category><wp:term_id>{number}</wp:term_id>"
            f"<wp:category_nicename>category-{number}</wp:category_nicename>"
            f"<wp:category_parent>{parent}</wp:category_parent>"
            f"<wp:cat_name>{_cdata(f'{words.noun()} {number}')}</wp:cat_name></wp:category>\n"
        )
    for number in range(1, TAGS + 1):
        out.write(
            f"<wp:tag><wp:term_id>{1000 + number}</wp:term_id><wp:tag_slug>tag-{number}</wp:tag_slug>"
            f"<wp:tag_name>{_cdata(f'{words.noun()} {number}')}</wp:tag_name></wp:tag>\n"
        )


def _write_post(out: TextIO, post: LoadPost, words: Words) -> None:
    chance, at = words.chance, f"{post.at:%Y-%m-%d %H:%M:%S}"
    excerpt = words.sentence() if chance.random() < 0.2 else ""
    out.write(
        f"<item>\n<title>{_cdata(words.title())}</title><link>{OLD_ADDRESS}{post.path}</link>\n"
        f"<pubDate>{post.at:%a, %d %b %Y %H:%M:%S +0000}</pubDate>"
        f"<dc:creator>author{chance.randint(1, AUTHORS)}</dc:creator>\n"
        f'<guid isPermaLink="false">{OLD_ADDRESS}/?p={post.number}</guid><description></description>\n'
        f"<content:encoded>{_cdata(_body(words, as_blocks=post.is_hot or chance.random() < 0.7))}"
        f"</content:encoded>\n<excerpt:encoded>{_cdata(excerpt)}</excerpt:encoded>\n"
        f"<wp:post_id>{post.number}</wp:post_id><wp:post_date>{at}</wp:post_date>"
        f"<wp:post_date_gmt>{at}</wp:post_date_gmt><wp:post_modified_gmt>{at}</wp:post_modified_gmt>\n"
        "<wp:comment_status>open</wp:comment_status><wp:ping_status>open</wp:ping_status>\n"
        f"<wp:post_name>{post.slug}</wp:post_name><wp:status>publish</wp:status>"
        "<wp:post_parent>0</wp:post_parent><wp:menu_order>0</wp:menu_order>"
        "<wp:post_type>post</wp:post_type><wp:post_password></wp:post_password>"
        "<wp:is_sticky>0</wp:is_sticky>\n"
    )
    for number in sorted(chance.sample(range(1, CATEGORIES + 1), chance.choice((1, 1, 2)))):
        out.write(f'<category domain="category" nicename="category-{number}">category</category>\n')
    for number in sorted(chance.sample(range(1, TAGS + 1), chance.randint(0, 5))):
        out.write(f'<category domain="post_tag" nicename="tag-{number}">tag</category>\n')


def _body(words: Words, *, as_blocks: bool) -> str:
    """About 800 words: paragraphs, some headings, lists and quotes, a fold after the second."""
    parts = [("paragraph", words.paragraph(4, rich=True)), ("paragraph", words.paragraph(4))]
    parts.append(("more", "<!--more-->"))
    while sum(len(text.split()) for _, text in parts) < 780:
        parts.append(_part(words))
    if not as_blocks:
        return "\n\n".join(text for _, text in parts)
    return "\n\n".join(_block(kind, text) for kind, text in parts)


def _part(words: Words) -> tuple[str, str]:
    roll = words.chance.random()
    if roll < 0.10:
        return "heading", f"<h2>{words.title()}</h2>"
    if roll < 0.17:
        items = "".join(f"<li>{words.sentence(rich=True)}</li>\n" for _ in range(4))
        return "list", f"<ul>\n{items}</ul>"
    if roll < 0.23:
        return "quote", f"<blockquote>{words.paragraph(2)}</blockquote>"
    return "paragraph", words.paragraph(words.chance.randint(3, 6), rich=True)


def _block(kind: str, text: str) -> str:
    inner = f"<p>{text}</p>" if kind == "paragraph" else text
    return f"<!-- wp:{kind} -->\n{inner}\n<!-- /wp:{kind} -->"


def _comments(post: LoadPost, first: int, words: Words) -> Iterator[str]:
    """The comments of a post, numbered from `first`; those of the measured posts are all approved."""
    chance, at = words.chance, post.at
    answerable: list[tuple[int, int]] = []
    for number in range(first, first + post.comments):
        at += timedelta(minutes=chance.randint(1, 240))
        status, kind = ("1", "comment") if post.is_hot else _fate(chance.random(), chance.random())
        parent = depth = 0
        # Of a hundred, forty begin a conversation.
        if (
            kind == "comment"
            and answerable
            and chance.random() < (0.6 if post.comments == HOT_COMMENTS else 0.45)
        ):
            parent, depth = chance.choice(answerable[-40:])
        if kind == "comment" and status == "1" and depth < 4:
            answerable.append((number, depth + 1))
        yield _comment(words, number, parent, kind, status, at)


def _fate(status: float, kind: float) -> tuple[str, str]:
    approved = (
        "1" if status < 0.88 else "spam" if status < 0.97 else "0" if status < 0.99 else "trash"
    )
    return approved, "comment" if kind < 0.95 else "pingback" if kind < 0.98 else "trackback"


def _comment(words: Words, number: int, parent: int, kind: str, status: str, at: datetime) -> str:
    chance, when = words.chance, f"{at:%Y-%m-%d %H:%M:%S}"
    if kind == "comment":
        who, reader = words.name(), chance.randrange(3000)
        email, url = (
            f"reader{reader}@load.example",
            f"https://reader{reader}.example/" * (not reader % 3),
        )
        paragraphs = range(chance.choice((1, 1, 1, 2)))
        text = "\n\n".join(words.paragraph(chance.randint(1, 4)) for _ in paragraphs)
    else:
        who, email, url = (
            words.title(),
            "",
            f"https://blog{chance.randrange(500)}.example/{words.noun()}/",
        )
        text = f"[&#8230;] {words.sentence()} [&#8230;]"
    return (
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id>"
        f"<wp:comment_author>{_cdata(who)}</wp:comment_author>"
        f"<wp:comment_author_email>{email}</wp:comment_author_email>"
        f"<wp:comment_author_url>{escape(url)}</wp:comment_author_url>"
        f"<wp:comment_author_IP>198.51.100.{number % 254 + 1}</wp:comment_author_IP>"
        f"<wp:comment_date>{when}</wp:comment_date><wp:comment_date_gmt>{when}</wp:comment_date_gmt>"
        f"<wp:comment_content>{_cdata(text)}</wp:comment_content>"
        f"<wp:comment_approved>{status}</wp:comment_approved><wp:comment_type>{kind}</wp:comment_type>"
        f"<wp:comment_parent>{parent}</wp:comment_parent><wp:comment_user_id>0</wp:comment_user_id>"
        "</wp:comment>\n"
    )


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
