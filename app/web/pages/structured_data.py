"""What is on a page in schema.org's words: one JSON-LD document a page.

Pure functions. Whole URLs everywhere; text is plain, since search engines show it as it stands.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from app.core.markup import SafeHtml
from app.core.text import plain_text
from app.web.head import Link
from app.web.pages.comment_cards import COMMENTS_KEPT, CommentCard
from app.web.pages.post_page import AuthorBox, PostText

Facts = Mapping[str, Any]


def post_facts(
    post: PostText,
    base_url: str,
    canonical: str,
    comment_count: int,
    comments: Sequence[CommentCard],
) -> Facts:
    """A post with its authors and the comments on this page, answers inside what they answer."""
    facts: dict[str, Any] = {
        "@type": "BlogPosting" if post.is_dated else "WebPage",
        "@id": f"{canonical}#post-{post.id}",
        "url": canonical,
        "mainEntityOfPage": canonical,
        "headline": post.title,
        "description": post.summary,
        "author": [_person(author, base_url) for author in post.authors],
        "datePublished": written_at(post.published_at),
        "dateModified": written_at(post.updated_at or post.published_at),
        "image": base_url + post.cover.url if post.cover else None,
        "keywords": [term.title for term in post.terms],
        "commentCount": comment_count,
        "comment": comment_facts(comments, canonical),
    }
    return _said(facts)


def comment_facts(comments: Sequence[CommentCard], page_url: str) -> list[dict[str, Any]]:
    """Comments in reading order as a tree. One that was removed is passed over, its answers are kept."""
    roots: list[dict[str, Any]] = []
    # The lists that answers to each comment above the present one go into.
    into = [roots]
    for card in comments:
        if card.opens:
            into.append(_answers_to(into[-1]))
        into[-1].append(_comment(card, page_url))
        if card.closes:
            del into[-card.closes :]
    return _without_gaps(roots)


def crumb_facts(base_url: str, trail: Sequence[Link]) -> Facts:
    """Where a page stands, from the root of the site down to itself."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": place,
                "name": link.title,
                "item": base_url + link.url,
            }
            for place, link in enumerate(trail, 1)
        ],
    }


def site_facts(title: str, tagline: str, base_url: str, language: str) -> Facts:
    """The site as a whole, and how it is searched."""
    return _said(
        {
            "@type": "WebSite",
            "url": f"{base_url}/",
            "name": title,
            "description": tagline,
            "inLanguage": language,
            "potentialAction": {
                "@type": "SearchAction",
                "target": f"{base_url}/search/?q={{words}}",
                "query-input": "required name=words",
            },
        }
    )


def list_facts(title: str, canonical: str, posts: Sequence[Link], base_url: str) -> Facts:
    """A list of posts."""
    return {
        "@type": "CollectionPage",
        "url": canonical,
        "name": title,
        "mainEntity": {
            "@type": "ItemList",
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": place,
                    "url": base_url + post.url,
                    "name": post.title,
                }
                for place, post in enumerate(posts, 1)
            ],
        },
    }


def document(*things: Facts) -> Facts:
    """All that is said on one page, as one document."""
    return {"@context": "https://schema.org", "@graph": list(things)}


def _person(author: AuthorBox, base_url: str) -> Facts:
    return _said(
        {
            "@type": "Person",
            "name": author.name,
            "url": base_url + author.url,
            "image": base_url + author.photo_url if author.photo_url else None,
            "sameAs": [link.url for link in author.links],
        }
    )


def _comment(card: CommentCard, page_url: str) -> dict[str, Any]:
    if card.is_gone:
        return {}
    return {
        "@type": "Comment",
        "url": f"{page_url}#comment-{card.id}",
        **said_by(card.author_name, card.author_url, card.created_at, card.body_html),
    }


@lru_cache(maxsize=COMMENTS_KEPT)
def said_by(name: str, url: str, at: datetime, html: SafeHtml) -> Facts:
    """Who said what, and when: the part of a comment that is the same on every page, in every year."""
    person = {"@type": "Person", "name": name} | ({"url": url} if url else {})
    return {"author": person, "datePublished": written_at(at), "text": plain_text(html)}


def _answers_to(siblings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = siblings[-1].setdefault("comment", [])
    return answers


def _without_gaps(comments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for comment in comments:
        if "comment" in comment:
            comment["comment"] = _without_gaps(comment["comment"])
        kept.extend([comment] if "url" in comment else comment.get("comment", ()))
    return kept


def _said(facts: dict[str, Any]) -> Facts:
    """Only what there is something to say about."""
    return {name: value for name, value in facts.items() if value not in (None, "", [])}


def written_at(at: datetime | None) -> str | None:
    """A moment as programs read it (ISO 8601), if there is one."""
    return at.isoformat(timespec="seconds") if at else None
