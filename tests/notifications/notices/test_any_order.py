"""Whatever happens in whatever order: nothing is mailed twice, nor after it was read or is gone."""

import asyncio
import re
from collections import Counter
from collections.abc import Coroutine
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck
from hypothesis import settings as trying
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.core.jobs import Tools
from app.notifications.models import Letter
from app.notifications.notices.kinds import (
    ANSWER,
    PROMISE_LATE,
    PROMISE_OFFERED,
    Family,
    Kind,
    Level,
    levels_for,
)
from app.notifications.notices.levels import choose_levels, end_list
from app.notifications.notices.mailing import mail_notices
from app.notifications.notices.models import Notice
from app.notifications.notices.telling import take_back, tell_all
from app.notifications.notices.unread import mark_all_read, mark_seen
from app.settings import Settings
from app.work import Doors
from tests.databases import doors_to
from tests.notifications.notices.telling import news
from tests.rounds import rounds
from tests.world import a_member

T = TypeVar("T")

NUMBERS = st.integers(0, 11)
KINDS = st.sampled_from([ANSWER, PROMISE_OFFERED, PROMISE_LATE])
FAMILIES = st.sampled_from([Family.ANSWERS, Family.PROMISES, Family.REMINDERS])
NAMED = re.compile(r"“(n\d+ [\w-]+)”")


class AnyOrder(RuleBasedStateMachine):
    """A new member is told, looks, chooses and is mailed."""

    doors: Doors
    configured: Settings
    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.time = ExitStack()
        self.letters: list[Letter] = []
        self.user = self.done(self._somebody_new())

    def done(self, what: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(what)

    async def _somebody_new(self) -> User:
        async with self.doors.unit_of_work() as db:
            number = len((await db.scalars(select(User.id))).all())
            return await a_member(db, f"Member {number}")

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=4), kind=KINDS)
    def something_happens(self, numbers: list[int], kind: Kind) -> None:
        async def happen() -> None:
            async with self.doors.unit_of_work() as db:
                for number in numbers:
                    what, thread = f"n{number} {kind.name}", f"thread:{number % 2}"
                    one = news(what, kind, about=f"thing:{number}", thread=thread)
                    await tell_all(db, [self.user.id], one)

        self.done(happen())

    @rule(number=NUMBERS, what=st.sampled_from(["look", "look", "read all", "take back"]))
    def something_is_seen_or_goes(self, number: int, what: str) -> None:
        async def go() -> None:
            async with self.doors.unit_of_work() as db:
                if what == "look":
                    await mark_seen(db, self.user.id, [f"thing:{number}"], clock.now())
                elif what == "read all":
                    await mark_all_read(db, self.user.id, up_to=10**9)
                else:
                    await take_back(db, f"thing:{number}")

        self.done(go())

    @rule(family=FAMILIES, level=st.sampled_from([*Level, None]))
    def they_choose(self, family: Family, level: Level | None) -> None:
        async def choose() -> None:
            async with self.doors.unit_of_work() as db:
                if level is None:
                    await end_list(db, f"{self.user.id}.{family}.0")
                else:
                    wanted = level if level in levels_for(family) else Level.DAILY
                    await choose_levels(db, self.user.id, {(family, 0): wanted})

        self.done(choose())

    @rule(hours=st.sampled_from([0.05, 24, 24 * 7]))
    def time_passes_and_they_are_mailed(self, hours: float) -> None:
        self.time.enter_context(clock.moved(timedelta(hours=hours)))
        self.done(self._mail())

    async def _mail(self) -> None:
        before = await self._notices()
        await mail_notices(Tools(self.doors, self.configured))
        async with self.doors.reading() as db:
            mine = select(Letter).where(Letter.recipient == self.user.email).order_by(Letter.id)
            letters = list(await db.scalars(mine))
        new, self.letters = letters[len(self.letters) :], letters
        not_to_be = {one.once for one in before if one.read_at or one.gone_at or one.mailed_at}
        for letter in new:
            assert not not_to_be.intersection(NAMED.findall(letter.body_text)), letter.body_text

    async def _notices(self) -> list[Notice]:
        async with self.doors.reading() as db:
            return list(await db.scalars(select(Notice).where(Notice.user_id == self.user.id)))

    @invariant()
    def nothing_stands_in_two_letters(self) -> None:
        named = Counter(
            one for letter in self.letters for one in set(NAMED.findall(letter.body_text))
        )
        assert [name for name, times in named.items() if times > 1] == []

    @invariant()
    def there_is_one_letter_of_reminders_a_day(self) -> None:
        days = Counter(
            letter.about for letter in self.letters if letter.about.startswith("reminders:")
        )
        assert set(days.values()) <= {1}

    def teardown(self) -> None:
        self.the_number_is_right()
        self.time.close()

    def the_number_is_right(self) -> None:
        """The one in their row is the number of what they have not read."""

        async def numbers() -> tuple[int, int]:
            async with self.doors.reading() as db:
                kept = select(User.unread_notices).where(User.id == self.user.id)
                notices = await self._notices()
                unread = [one for one in notices if not one.read_at and not one.gone_at]
                return (await db.scalars(kept)).one(), len(unread)

        kept, counted = self.done(numbers())
        assert kept == counted


def test_in_any_order_nothing_is_mailed_twice_or_after_it_was_read(
    settings: Settings, database_url: str
) -> None:
    with asyncio.Runner() as runner:
        opened = doors_to(database_url)
        AnyOrder.runner, AnyOrder.configured = runner, settings
        AnyOrder.doors = runner.run(opened.__aenter__())
        try:
            run_state_machine_as_test(AnyOrder, settings=_TRIES)
        finally:
            runner.run(opened.__aexit__(None, None, None))


_TRIES = trying(
    max_examples=rounds(10, 200),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
