"""A person decides about comments, and takes it back: rows, counts, queue and log stay one."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE, VISITOR, Actor, Role
from app.core.errors import Conflict, Forbidden, SignInNeeded
from app.discussions.deciding import BECOMES, TABS, decide
from app.discussions.models import Comment, CommentStatus
from app.discussions.undoing import undo
from app.moderation.cases import keep_counts
from app.moderation.models import AuthorKey, Case, Decision, Tab
from tests.agreement import disagreements
from tests.world import a_comment, a_post, an_author, an_author_key

pytestmark = pytest.mark.anyio

PENDING = CommentStatus.PENDING


async def a_waiting_comment(session: AsyncSession, **fields: Any) -> Comment:
    post = await a_post(session)
    key = await an_author_key(session)
    return await a_comment(session, under=post, status=PENDING, author_key_id=key.id, **fields)


async def case_about(session: AsyncSession, comment: Comment) -> Case:
    return (await session.scalars(select(Case).where(Case.item_id == comment.id))).one()


@pytest.mark.parametrize("verb", BECOMES)
async def test_a_decision_moves_the_comment_its_case_and_its_authors_counts(
    session: AsyncSession, verb: str
) -> None:
    comment = await a_waiting_comment(session)

    await decide(session, OWNER_AT_THE_MACHINE, comment.id, verb)

    case = await case_about(session, comment)
    author = (await session.scalars(select(AuthorKey))).one()
    assert comment.status == BECOMES[verb]
    assert case.tab == TABS[BECOMES[verb]]
    counted = (author.pending, author.approved, author.spam, author.removed)
    assert counted == tuple(int(BECOMES[verb] == status) for status in CommentStatus)


async def test_a_decision_is_written_into_the_log_with_its_reason(session: AsyncSession) -> None:
    moderator = await an_author(session, "Ines")
    actor = Actor(moderator.id, "Ines", frozenset({Role.MODERATOR}))
    comment = await a_waiting_comment(session)

    await decide(session, actor, comment.id, "remove", reason="attack", note="Please be kind.")

    entry = (await session.scalars(select(Decision))).one()
    assert (entry.user_id, entry.was, entry.became) == (moderator.id, "pending", "removed")
    assert (entry.reason, entry.note, entry.version) == ("attack", "Please be kind.", 2)


@pytest.mark.parametrize(
    ("verb", "label"), [("approve", "ham"), ("spam", "spam"), ("remove", ""), ("hold", "")]
)
async def test_only_approval_and_spam_teach_the_local_filter(
    session: AsyncSession, verb: str, label: str
) -> None:
    comment = await a_waiting_comment(session)
    await decide(session, OWNER_AT_THE_MACHINE, comment.id, "remove")

    _comment, entry = await decide(
        session, OWNER_AT_THE_MACHINE, comment.id, "hold" if verb == "remove" else verb
    )

    assert entry
    assert entry.label == label


async def test_whoever_comes_too_late_is_told_who_was_faster(session: AsyncSession) -> None:
    ines = await an_author(session, "Ines")
    comment = await a_waiting_comment(session)
    actor = Actor(ines.id, "Ines", frozenset({Role.MODERATOR}))
    await decide(session, actor, comment.id, "approve", version=1)

    with pytest.raises(Conflict, match=r"Ines approved this \d s ago\."):
        await decide(session, OWNER_AT_THE_MACHINE, comment.id, "spam", version=1)

    assert comment.status == CommentStatus.APPROVED


async def test_authors_decide_under_their_own_posts_alone(session: AsyncSession) -> None:
    gwen, tom = await an_author(session, "Gwen"), await an_author(session, "Tom")
    comment = await a_comment(session, under=await a_post(session, by=gwen), status=PENDING)

    for actor in (VISITOR, Actor(tom.id, "Tom", frozenset({Role.AUTHOR})), Actor(gwen.id, "Gwen")):
        with pytest.raises((Forbidden, SignInNeeded)):
            await decide(session, actor, comment.id, "approve")
    await decide(session, Actor(gwen.id, "Gwen", frozenset({Role.AUTHOR})), comment.id, "approve")

    assert comment.is_approved


async def test_a_comment_from_before_the_queue_gets_its_case_when_it_is_decided(
    session: AsyncSession,
) -> None:
    comment = await a_waiting_comment(session)
    await session.delete(await case_about(session, comment))
    await session.flush()

    await decide(session, OWNER_AT_THE_MACHINE, comment.id, "approve")

    assert (await case_about(session, comment)).tab == Tab.RECENT


async def test_undoing_leaves_everything_as_it_was(session: AsyncSession) -> None:
    comment = await a_waiting_comment(session)
    author = (await session.scalars(select(AuthorKey))).one()
    before = whole(comment), whole(author)

    for verb in ("approve", "spam", "remove"):
        _comment, entry = await decide(session, OWNER_AT_THE_MACHINE, comment.id, verb)
        assert entry
        await undo(session, OWNER_AT_THE_MACHINE, entry.id)

        assert (whole(comment), whole(author)) == before, verb


def whole(row: Comment | AuthorKey) -> dict[str, Any]:
    """All of a row but what only ever grows."""
    columns = {column.key for column in row.__table__.columns}
    return {name: getattr(row, name) for name in columns - {"version", "decided_at"}}


async def test_undoing_makes_the_filter_forget_and_undoing_that_makes_it_learn_again(
    session: AsyncSession,
) -> None:
    comment = await a_waiting_comment(session)
    _comment, entry = await decide(session, OWNER_AT_THE_MACHINE, comment.id, "spam")
    assert entry

    reversal = await undo(session, OWNER_AT_THE_MACHINE, entry.id)
    again = await undo(session, OWNER_AT_THE_MACHINE, reversal.id)

    assert (entry.label, entry.unlearns) == ("spam", False)
    assert (reversal.label, reversal.unlearns, reversal.reverses_id) == ("spam", True, entry.id)
    assert (again.label, again.unlearns) == ("spam", False)
    assert comment.status == CommentStatus.SPAM


async def test_nothing_is_undone_that_was_decided_otherwise_since(session: AsyncSession) -> None:
    comment = await a_waiting_comment(session)
    _comment, first = await decide(session, OWNER_AT_THE_MACHINE, comment.id, "spam")
    await decide(session, OWNER_AT_THE_MACHINE, comment.id, "approve")
    assert first

    with pytest.raises(Conflict):
        await undo(session, OWNER_AT_THE_MACHINE, first.id)

    assert comment.is_approved


async def test_whatever_is_decided_and_undone_counters_count_the_rows(
    session: AsyncSession,
) -> None:
    post, key = await a_post(session), await an_author_key(session)
    comments = [
        await a_comment(session, f"{n}", under=post, status=PENDING, author_key_id=key.id)
        for n in range(4)
    ]
    done: list[Decision] = []
    # Every verb after every other, and undone at every second step.
    for step, verb in enumerate([one for _ in range(6) for one in (*BECOMES, "undo", "spam")]):
        comment = comments[step * 7 % 4]
        entry: Decision | None = None
        if verb != "undo":
            _comment, entry = await decide(session, OWNER_AT_THE_MACHINE, comment.id, verb)
        elif done:
            entry = await undo_if_newest(session, done.pop())
        done += [entry] if entry else []
        await require_true_counts(session)


async def undo_if_newest(session: AsyncSession, entry: Decision) -> Decision | None:
    try:
        return await undo(session, OWNER_AT_THE_MACHINE, entry.id)
    except Conflict:
        return None


async def require_true_counts(session: AsyncSession) -> None:
    await session.flush()
    await keep_counts(session)
    assert await disagreements(session) == []
