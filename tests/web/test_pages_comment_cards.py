"""Rows of comments as the nested list of a page."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from app.core.markup import clean_comment
from app.discussions.models import CommentKind, CommentStatus, Relation, Section
from app.discussions.queries import ShownComment
from app.web.pages.comment_cards import CommentCard, comment_cards, linkback_rows


def said(
    number: int,
    depth: int = 1,
    *,
    answers: int | None = None,
    to: str | None = None,
    **more: object,
) -> ShownComment:
    """A comment as the query gives it."""
    fields: dict[str, object] = {
        "id": number,
        "legacy_id": None,
        "section": Section.COMMENTS,
        "kind": CommentKind.COMMENT,
        "status": CommentStatus.APPROVED,
        "parent_id": answers,
        "parent_name": to,
        "depth": depth,
        "user_id": None,
        "author_name": "Gwen",
        "author_url": "",
        "body_html": clean_comment("<p>Green, not red.</p>"),
        "created_at": datetime(2024, 3, 3, tzinfo=UTC),
        "edited_at": None,
        "is_edited_by_moderator": False,
        "is_shown": True,
        "relation": Relation.MENTION,
        "latest_url": None,
        "latest_title": None,
        "latest_is_trusted": None,
        "author_slug": None,
        "author_photo": None,
    }
    return ShownComment(**{**fields, **more})  # type: ignore[arg-type]


def nested(cards: Iterable[CommentCard]) -> str:
    """The list as brackets: `1(2)` is 1, answered by 2."""
    text = ""
    for card in cards:
        text += "(" * card.opens + str(card.id)
        text += " " * (not card.is_answered) + ")" * card.closes
    return text.replace(" )", ")").strip()


@pytest.mark.parametrize(
    ("depths", "reads"),
    [
        ((), ""),
        ((1,), "1"),
        ((1, 1, 1), "1 2 3"),
        ((1, 2, 1), "1(2)3"),
        ((1, 2, 2, 3, 1), "1(2 3(4))5"),
        ((1, 2, 3, 4, 5, 5, 2), "1(2(3(4(5 6)))7)"),
        # A page may begin in the middle of a conversation.
        ((3, 4, 2, 1), "1(2)3 4"),
        ((5, 5, 5), "1 2 3"),
    ],
)
def test_answers_are_nested_below_what_they_answer(depths: tuple[int, ...], reads: str) -> None:
    comments = [said(number, depth) for number, depth in enumerate(depths, 1)]

    assert nested(comment_cards(comments, ())) == reads


def test_every_list_that_is_opened_is_closed() -> None:
    cards = comment_cards(
        [said(n, depth) for n, depth in enumerate((1, 2, 3, 2, 3, 4, 5, 1, 2), 1)], ()
    )

    assert sum(card.opens for card in cards) == sum(card.closes for card in cards)


def test_what_is_nested_no_deeper_says_whom_it_answers() -> None:
    chain = [said(1)] + [said(n, n, answers=n - 1, to=f"Number {n - 1}") for n in range(2, 6)]
    beside = said(6, 5, answers=5, to="Number 5")

    cards = comment_cards([*chain, beside], ())

    assert [card.answered_name for card in cards] == ["", "", "", "", "Number 4", "Number 5"]
    assert (cards[4].is_below_answered, cards[5].is_below_answered) == (True, False)


def test_an_answer_to_somebody_on_another_page_names_them_without_a_link() -> None:
    (card,) = comment_cards([said(9, 4, answers=3, to="Ines")], ())

    assert (card.answered_name, card.answered_id) == ("Ines", None)


def test_only_those_who_wrote_the_post_are_marked() -> None:
    cards = comment_cards([said(1, user_id=7), said(2, user_id=8), said(3)], {7})

    assert [card.is_by_author for card in cards] == [True, False, False]


def test_a_removed_comment_keeps_its_place() -> None:
    cards = comment_cards([said(1, status=CommentStatus.REMOVED), said(2, 2, answers=1)], ())

    assert [card.is_gone for card in cards] == [True, False]
    assert nested(cards) == "1(2)"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.rookery.example/links/118", "rookery.example"),
        ("http://[::1/broken", ""),
        ("", ""),
    ],
)
def test_a_link_from_elsewhere_says_where_it_comes_from(url: str, host: str) -> None:
    (row,) = linkback_rows([said(1, author_url=url, author_name="A page")])

    assert (row.host, row.title) == (host, "A page")


def test_a_removed_link_leaves_no_line() -> None:
    assert linkback_rows([said(1, status=CommentStatus.REMOVED)]) == []
