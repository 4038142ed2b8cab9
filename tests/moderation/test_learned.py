"""What a site has learned, in its database; the numbers are those of a filter without one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.moderation.authors import author_of_key
from app.moderation.learned import (
    LocalFilter,
    current_filter,
    lesson_for,
    rebuild,
    save_learned,
)
from app.moderation.learned_state import replace_memory
from app.moderation.learning.features import Reading
from app.moderation.learning.judging import score_of
from app.moderation.learning.opinion import Verdict
from app.moderation.learning.packing import to_file
from app.moderation.learning.trial import Trial
from app.moderation.learning.words import Words
from app.moderation.models import Decision, LearnedBlock, LearnedState
from app.work import Doors
from tests.conftest import CountQueries
from tests.moderation.remarks import good, spam
from tests.world import an_author

pytestmark = pytest.mark.anyio

SEED = 11
MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PROBES = [*spam(30)[25:], *good(25)[22:], Words("Something else entirely")]


async def decided(
    session: AsyncSession,
    words: Words,
    label: str,
    *,
    at: datetime = MORNING,
    author_key_id: int | None = None,
    **fields: object,
) -> Decision:
    """A moderator decides, and the log has one line more."""
    lesson = await lesson_for(session, words, label, author_key_id, at)
    decision = Decision(
        at=at, kind="comment", item_id=1, verb="spam", author_key_id=author_key_id, label=lesson.label,
        features=lesson.features, text_hash=lesson.text_hash, domains=lesson.domains, **fields,
    )  # fmt: skip
    session.add(decision)
    await session.flush()
    return decision


async def a_seed(doors: Doors) -> None:
    """A site whose seed is known, so that its scores are."""
    async with doors.unit_of_work() as db:
        db.add(LearnedState(id=1, seed=SEED, reached=0, generation=0, figures={}))


async def teach(doors: Doors, count: int, **fields: object) -> None:
    """So many lessons of each; each on a day of its own."""
    async with doors.unit_of_work() as db:
        for number, (bad, fine) in enumerate(zip(spam(count), good(count), strict=True)):
            day = MORNING + timedelta(days=number)
            await decided(db, bad, "spam", at=day, **fields)
            await decided(db, fine, "ham", at=day, **fields)


def taught(count: int) -> Trial:
    """The same lessons, without a database."""
    trial = Trial(SEED)
    for number, (bad, fine) in enumerate(zip(spam(count), good(count), strict=True)):
        trial.train(bad, "spam", number)
        trial.train(fine, "ham", number)
    return trial


def scores(local_filter: LocalFilter | Trial) -> list[float | None]:
    judge = local_filter.judge if isinstance(local_filter, LocalFilter) else local_filter.classify
    return [judge(words).score for words in PROBES]


async def test_a_site_without_decisions_is_unsure(doors: Doors) -> None:
    opinion = (await current_filter(doors)).judge(Words("Hello"))

    assert (opinion.score, opinion.verdict) == (None, Verdict.UNSURE)


async def test_both_databases_score_as_a_filter_without_one(doors: Doors) -> None:
    await a_seed(doors)
    await teach(doors, 22)

    assert scores(await current_filter(doors)) == scores(taught(22))


async def test_a_decision_writes_its_own_row_only(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        decision = await decided(db, spam(1)[0], "spam")

        assert decision.features is not None
        assert len(decision.features) < 2500
        assert decision.domains == ["example.com"]
        assert await db.scalar(select(func.count()).select_from(LearnedBlock)) == 0


async def test_what_was_decided_is_known_to_the_next_who_asks(doors: Doors) -> None:
    await a_seed(doors)
    await teach(doors, 20)
    local_filter = await current_filter(doors)
    before = scores(local_filter)

    async with doors.unit_of_work() as db:
        await decided(db, good(25)[24], "ham", at=MORNING + timedelta(days=50))
    async with doors.reading() as db:
        assert await local_filter.catch_up(db)

    assert scores(local_filter) != before
    assert scores(local_filter) == scores(await current_filter(doors))


async def test_a_request_takes_in_a_few_lines_and_the_next_one_the_rest(doors: Doors) -> None:
    await teach(doors, 20)
    local_filter = LocalFilter()

    async with doors.reading() as db:
        assert not await local_filter.catch_up(db, most=30)
        assert local_filter.learned.known == 30
        assert await local_filter.catch_up(db, most=30)
    assert local_filter.learned.known == 40


async def test_catching_up_costs_one_query(doors: Doors, count_queries) -> None:  # type: ignore[no-untyped-def]
    await teach(doors, 2)
    local_filter = await current_filter(doors)

    async with doors.reading() as db:
        with count_queries() as queries:
            await local_filter.catch_up(db)
    assert len(queries) == 1


async def test_a_decision_that_may_yet_be_taken_back_is_not_learned(doors: Doors) -> None:
    await teach(doors, 2)
    local_filter = await current_filter(doors)

    async with doors.unit_of_work() as db:
        kept = await decided(db, spam(3)[2], "spam")
        await local_filter.catch_up(db)
        assert local_filter.learned.known == 4
        assert kept.id


async def test_what_the_program_decides_by_itself_teaches_nothing(doors: Doors) -> None:
    await teach(doors, 2)
    async with doors.unit_of_work() as db:
        await decided(db, spam(3)[2], "spam", is_by_person=False)

    assert (await current_filter(doors)).learned.known == 4


async def test_saved_blocks_and_the_rest_of_the_log_make_the_same_filter(doors: Doors) -> None:
    await a_seed(doors)
    await teach(doors, 20)

    assert not await save_learned(doors)
    assert await save_learned(doors, at_least=1)
    assert not await save_learned(doors, at_least=1)
    async with doors.unit_of_work() as db:
        await decided(db, spam(21)[20], "spam", at=MORNING + timedelta(days=20))
        await decided(db, good(21)[20], "ham", at=MORNING + timedelta(days=20))

    started = await current_filter(doors)
    assert scores(started) == scores(taught(21))
    # It was read from the blocks: of the log only two lines are left to be read.
    async with doors.reading() as db:
        assert (await db.scalars(select(LearnedState.reached))).one() == started.reached - 2


async def test_one_text_teaches_three_times_a_day(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        labels = [(await decided(db, Words("Same again"), "spam")).label for _ in range(4)]
        next_day = await decided(db, Words("Same again"), "spam", at=MORNING + timedelta(days=1))

    assert labels == ["spam", "spam", "spam", ""]
    assert next_day.label == "spam"
    assert (await current_filter(doors)).learned.spam_learned == 4


async def test_one_author_and_one_domain_teach_three_times_a_day(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        author = await author_of_key(db, "k" * 64, MORNING)
        for number in range(5):
            await decided(db, Words(f"Thought {number}"), "ham", author_key_id=author.id)
        for number in range(6):
            await decided(db, Words(f"Offer {number} at shop.com"), "spam")
    learned = (await current_filter(doors)).learned

    assert (learned.spam_learned, learned.ham_learned) == (3, 3)


async def test_caps_outlive_a_start_from_saved_blocks(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        for number in range(3):
            await decided(db, Words(f"Offer {number} at shop.com"), "spam")
    await save_learned(doors, at_least=1)
    async with doors.unit_of_work() as db:
        await decided(db, Words("Offer 4 at shop.com"), "spam")

    assert (await current_filter(doors)).learned.spam_learned == 3


async def test_a_reversal_takes_the_lesson_back(doors: Doors) -> None:
    await a_seed(doors)
    await teach(doors, 20)
    before = scores(await current_filter(doors))

    async with doors.unit_of_work() as db:
        wrong = await decided(db, good(25)[24], "spam", at=MORNING + timedelta(days=40))
    assert scores(await current_filter(doors)) != before
    async with doors.unit_of_work() as db:
        db.add(Decision(
            at=MORNING + timedelta(days=41), kind="comment", item_id=1, verb="undo", reverses_id=wrong.id,
            label=wrong.label, unlearns=True, features=wrong.features,
        ))  # fmt: skip

    assert scores(await current_filter(doors)) == before


async def test_a_rebuild_gives_the_filter_that_learned_line_by_line(doors: Doors) -> None:
    await a_seed(doors)
    await teach(doors, 21)
    running = await current_filter(doors)
    before = scores(running)

    await rebuild(doors)
    async with doors.reading() as db:
        await running.catch_up(db)

    assert running.generation == 1
    assert scores(running) == before


async def test_a_rebuild_leaves_out_a_moderator_a_day_and_what_was_taken_back(doors: Doors) -> None:
    await a_seed(doors)
    await teach(doors, 21)
    async with doors.unit_of_work() as db:
        mallory = await an_author(db, "Mallory")
        for number, words in enumerate(good(25)[21:]):
            await decided(
                db, words, "spam", at=MORNING + timedelta(days=60 + number), user_id=mallory.id
            )
        wrong = await decided(db, Words("A mistake"), "spam", at=MORNING + timedelta(days=70))
        await decided(db, spam(25)[24], "ham", at=MORNING + timedelta(days=71))
        db.add(Decision(
            at=MORNING + timedelta(days=72), kind="comment", item_id=1, verb="undo",
            label="spam", unlearns=True, features=wrong.features,
        ))  # fmt: skip

    await rebuild(
        doors, without_users=[mallory.id], without_days=[(MORNING + timedelta(days=71)).date()]
    )

    assert scores(await current_filter(doors)) == scores(taught(21))


async def test_a_file_brings_what_another_site_has_learned(doors: Doors) -> None:
    await teach(doors, 5)
    elsewhere = taught(25)
    async with doors.unit_of_work() as db:
        await replace_memory(db, to_file(elsewhere.learned))
    local_filter = await current_filter(doors)

    assert local_filter.judge(PROBES[0]).verdict == Verdict.UNSURE
    assert local_filter.learned.spam_learned == 25
    assert [score_of(_reading(words), local_filter.learned) for words in PROBES] == [
        score_of(_reading(words), elsewhere.learned) for words in PROBES
    ]

    # Lessons of this site come on top of it, also after a rebuild; those of before are gone.
    await teach(doors, 20)
    before = scores(await current_filter(doors))
    await rebuild(doors)
    assert scores(await current_filter(doors)) == before
    assert None not in before


@pytest.mark.parametrize("how", ["saved", "rebuilt"])
async def test_what_another_version_saved_is_passed_over_and_replaced(
    doors: Doors, how: str
) -> None:
    await teach(doors, 20)
    await save_learned(doors, at_least=1)
    async with doors.unit_of_work() as db:
        db.add(LearnedBlock(name="of another version", number=0, values=b"1234"))
    # A comment that comes in meanwhile is judged by what the log alone still teaches.
    assert (await current_filter(doors)).learned.spam_learned == 20

    if how == "saved":
        await teach(doors, 1)
        assert await save_learned(doors, at_least=1)
    else:
        await rebuild(doors)

    async with doors.reading() as db:
        left = select(LearnedBlock.number).where(LearnedBlock.name == "of another version")
        assert (await db.scalars(left)).all() == []
    assert not (await current_filter(doors)).is_anew


@pytest.mark.only_on("sqlite")
async def test_how_much_the_day_brought_makes_no_lesson_slower(
    doors: Doors, count_queries: CountQueries
) -> None:
    """The day's lessons of one text are found by their own index, not among all of the day."""
    await a_seed(doors)
    async with doors.unit_of_work() as db:
        with count_queries() as asked:
            await decided(db, spam(1)[0], "spam")
        counting = next(one for one in asked if "count(" in one and "text_hash" in one)
        values = ("",) * counting.count("?")
        plan = await (await db.connection()).exec_driver_sql(
            f"EXPLAIN QUERY PLAN {counting}", values
        )

        assert "ix_decisions_text" in plan.one().detail


def _reading(words: Words) -> Reading:
    return Trial(SEED).read(words)


async def test_the_log_outlives_what_was_decided(doors: Doors) -> None:
    """Nothing but the log is needed: the blocks may be lost."""
    await a_seed(doors)
    await teach(doors, 20)
    await save_learned(doors, at_least=1)
    async with doors.unit_of_work() as db:
        await db.execute(delete(LearnedBlock))

    await rebuild(doors, without_days=[date(2020, 1, 1)])

    assert scores(await current_filter(doors)) == scores(taught(20))
