"""Anybody does anything about asks and offers in any order, also at once: what must hold, holds."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.leaving import erase_account
from app.accounts.models import User
from app.core import clock
from app.core.markup import markdown_comment
from app.groups.models import Topic, TopicKind
from app.moderation.submission import FormProof, Submission
from app.networking.asks import answering, closing
from app.networking.asks.closing import Outcome
from app.networking.asks.keeping import expire_what_is_over
from app.networking.asks.models import Ask, Helping, HelpKind, HelpWay, Offer
from app.networking.asks.moves import (
    ASK_MOVES,
    ASKS_LISTED,
    OFFER_MOVES,
    OFFERS_LISTED,
    AskState,
    HelpState,
    OfferState,
)
from app.networking.asks.passing import pass_on
from app.networking.asks.starting import AskDraft, OfferDraft, ask, offer
from app.networking.promises.actions import Deed
from app.networking.promises.actions import act as act_on_promise
from app.networking.promises.keeping import keep_promises
from app.networking.promises.models import Promise, SourceKind
from app.networking.promises.moves import UNDER_WAY, Act
from app.settings import Settings
from tests.databases import Copies
from tests.groups.building import a_group, a_membership, as_actor
from tests.networking.any_order import AnyOrder, Doing, explore, reachable
from tests.rounds import rounds
from tests.world import SECRETS, a_member, the_site

NAMES = ("olga", "mika", "nora", "pim")
PEOPLE, PICK = st.sampled_from(NAMES), st.integers(0, 7)
ANSWERS = ("help", "wish", "help", "wish", "pass on")
DECISIONS = ("accept", "accept", "decline", "take back")
ENDS = ("met", "not met", "withdraw", "extend", "close")
OF_PROMISES = (Act.SAY_DONE, Act.CONFIRM, Act.WITHDRAW, Act.RELEASE, Act.NOT_YET)
BEGINNINGS = ("ask", "offer")
ALL = st.sampled_from((*ANSWERS, *DECISIONS, *ENDS, *OF_PROMISES, *BEGINNINGS, "keep"))
SELDOM = st.integers(0, 5).map(lambda number: number == 0)
# What is done, about which, and who does it: whoever may, unless somebody is named.
DEEDS = st.tuples(ALL, PICK, st.one_of(st.just(""), st.just(""), PEOPLE))
Choice = tuple[str, int, str]
TAKEN = (HelpState.PROMISED, HelpState.KEPT)
LATER: dict[str, set[str]] = {}
for _moves in (ASK_MOVES, OFFER_MOVES):
    for (_before, _act, _part), _after in _moves.items():
        LATER.setdefault(f"{type(_before).__name__} {_before}", set()).add(
            f"{type(_after).__name__} {_after}"
        )

_SOURCES = (SourceKind.ASK, SourceKind.OFFER)


class Helpers(AnyOrder):
    """Olga asks and offers, three others help, and all of them ask and offer, too."""

    settings_here = Settings(_env_file=None)

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[int, str] = {}

    async def begin(self, db: AsyncSession) -> dict[str, User]:
        self.site = await the_site(db, learns=False)
        people = {name: await a_member(db, name.title()) for name in NAMES}
        group = await a_group(db, by=people["olga"], slug="here")
        for name in NAMES[1:]:
            await a_membership(db, group, people[name])
        self.group_id = group.id
        self.people = people
        for who, what in (("olga", "ask"), ("mika", "offer"), ("nora", "ask"), ("olga", "offer")):
            await self._begin_one(who, what, 1)(db)
            # They would be too quick for each other.
            self.wait(1)
        return people

    def _begin_one(self, who: str, what: str, pick: int) -> Doing:
        me, at = as_actor(self.people[who]), clock.now()
        day = (at + timedelta(days=10 + pick)).date()
        text = f"{who} wants {pick} of {at.isoformat()}"
        said = Submission(
            text=text, html=markdown_comment(text), name=me.name, user_id=me.user_id,
            proof=FormProof(token_age=60, has_worked=True),
        )  # fmt: skip
        common = (me, self.settings_here, self.site, "here")
        if what == "ask":
            wanted = AskDraft(text, (), HelpKind.REVIEW, day, is_commercial=False)
            return lambda db: ask(db, *common, wanted, said)
        given = OfferDraft(text, (), HelpKind.SKILL, 1 + pick % 2, day, is_commercial=False)
        return lambda db: offer(db, *common, given, said)

    async def _rows(self) -> tuple[Sequence[Topic], Sequence[Helping], Sequence[Promise]]:
        async with self.doors.reading() as db:
            topics = (await db.scalars(select(Topic).order_by(Topic.id))).all()
            helpings = (await db.scalars(select(Helping).order_by(Helping.id.desc()))).all()
            made = select(Promise).where(Promise.source_kind.in_(_SOURCES))
            return topics, helpings, (await db.scalars(made.order_by(Promise.id.desc()))).all()

    def _doing(self, what: str, pick: int, who: str) -> Doing | None:
        """What whoever may does, or `who`, about one of those that there are."""
        topics, helpings, promises = self.runner.run(self._rows())
        at = clock.now()
        if what == "keep":
            return lambda db: expire_what_is_over(db, at)
        if what in BEGINNINGS:
            return self._by(
                who or NAMES[pick % len(NAMES)], lambda by: self._begin_one(by, what, pick)
            )
        if what in OF_PROMISES:
            return self._about_promise(Act(what), promises, pick, who)
        began = {topic.id: topic.user_id for topic in topics}
        if what in DECISIONS:
            waiting = [one for one in helpings if one.state == HelpState.WAITING] or helpings
            if not waiting:
                return None
            helping = waiting[pick % len(waiting)]
            may = helping.user_id if what == "take back" else began[helping.topic_id]
            place, number = ("here", helping.topic_id), helping.id
            move = getattr(answering, what.replace(" ", "_"))
            return self._by(
                who or self._name(may), lambda by: lambda db: move(db, self._as(by), place, number)
            )
        kinds = {"help": TopicKind.ASK, "wish": TopicKind.OFFER, "close": TopicKind.OFFER}
        fitting = [
            one for one in topics
            if what == "pass on" or one.kind == kinds.get(what, TopicKind.ASK)
        ]  # fmt: skip
        topic = fitting[-1 - pick % min(len(fitting), 4)]
        owner = self._name(topic.user_id)
        others = [name for name in NAMES if name != owner]
        by = who or (owner if what in ENDS else others[pick % len(others)])
        given = [one.id for one in helpings if one.topic_id == topic.id]
        return self._by(by, lambda by: self._about_topic(what, by, topic.id, given, pick))

    def _about_topic(
        self, what: str, by: str, topic_id: int, given: Sequence[int], pick: int
    ) -> Doing:
        me, place, site = self._as(by), ("here", topic_id), self.site
        due, other = (clock.now() + timedelta(days=30)).date(), NAMES[pick % len(NAMES)]
        met = Outcome(is_met=True, helping_id=given[pick % len(given)] if given else None)
        doings: dict[str, Doing] = {
            "help": lambda db: answering.answer(db, me, site, place, HelpWay.HELP, "I do.", due),
            "wish": lambda db: answering.answer(db, me, site, place, HelpWay.WISH, "Me.", due),
            "pass on": lambda db: pass_on(db, me, place, other),
            "met": lambda db: closing.say_how_it_went(db, me, place, met),
            "not met": lambda db: closing.say_how_it_went(db, me, place, Outcome(is_met=False)),
            "withdraw": lambda db: closing.withdraw(db, me, place),
            "extend": lambda db: closing.extend(db, me, site, place, due),
            "close": lambda db: closing.close_offer(db, me, place),
        }
        return doings[what]

    def _about_promise(
        self, what: Act, promises: Sequence[Promise], pick: int, who: str
    ) -> Doing | None:
        open_ones = [one for one in promises if one.state in UNDER_WAY]
        if not open_ones:
            return None
        promise = open_ones[pick % len(open_ones)]
        promises_it = what in (Act.SAY_DONE, Act.WITHDRAW)
        may = self._name(promise.promiser_id if promises_it else promise.promisee_id)
        number, deed = promise.id, Deed(act=what, note="A word.")
        return self._by(
            who or may, lambda by: lambda db: act_on_promise(db, self._as(by), number, deed)
        )

    def _as(self, who: str) -> Actor:
        return as_actor(self.people[who])

    def _name(self, user_id: int | None) -> str:
        return next((name for name in NAMES if self.people[name].id == user_id), "")

    def _by(self, who: str, doing: Callable[[str], Doing]) -> Doing | None:
        """Nothing, where whoever would do it is nobody any more."""
        return doing(who) if who and who not in self.erased else None

    def _all(self, deeds: Sequence[Choice]) -> list[Doing]:
        doings = [self._doing(*deed) for deed in deeds]
        return [doing for doing in doings if doing is not None]

    @rule(what=st.sampled_from(ANSWERS), pick=PICK)
    def somebody_answers(self, what: str, pick: int) -> None:
        self.do(*self._all([(what, pick, "")]))

    @rule(what=st.sampled_from(DECISIONS), pick=PICK)
    def somebody_decides_about_an_answer(self, what: str, pick: int) -> None:
        self.do(*self._all([(what, pick, "")]))

    @rule(pick=PICK, what=st.sampled_from(OF_PROMISES))
    def a_promise_goes_on(self, what: Act, pick: int) -> None:
        self.do(*self._all([(what, pick, "")]))

    @rule(deed=DEEDS)
    def somebody_does_anything(self, deed: Choice) -> None:
        self.do(*self._all([deed]))

    @rule(deeds=st.lists(DEEDS, min_size=2, max_size=3))
    def several_act_at_once(self, deeds: list[Choice]) -> None:
        self.do(*self._all(deeds))

    @rule(what=ALL, pick=PICK)
    def several_are_accepted_while_something_else_happens(self, what: str, pick: int) -> None:
        self.do(
            *self._all([("accept", 0, ""), ("accept", 1, ""), ("accept", 0, ""), (what, pick, "")])
        )

    @rule(
        what=st.sampled_from((*ENDS, *OF_PROMISES)), pick=PICK, other=st.sampled_from(OF_PROMISES)
    )
    def it_ends_while_its_promise_goes_on(self, what: str, pick: int, other: Act) -> None:
        self.do(*self._all([(what, pick, ""), (other, pick, ""), (other, pick + 1, "")]))

    @rule(days=st.sampled_from((1, 1, 5, 15, 40)), times=st.integers(0, 2), deed=DEEDS)
    def time_passes_and_the_schedules_run(self, days: int, times: int, deed: Choice) -> None:
        self.wait(days)
        at = clock.now()
        self.do(*self._all([("keep", 0, "")] * times + [deed]), lambda db: keep_promises(db, at))

    @rule(who=PEOPLE, is_so=SELDOM, deeds=st.lists(DEEDS, max_size=3))
    def somebody_goes_while_others_act(self, who: str, is_so: bool, deeds: list[Choice]) -> None:
        if is_so and not self.erased:
            leaver, others = self._as(who), self._all(deeds)
            goes = self.erase(who, lambda db: erase_account(db, leaver, SECRETS, texts_go=False))
            assert self.do(goes, *others)[0]

    @invariant()
    def what_must_hold_holds(self) -> None:
        self.runner.run(self._look())

    async def _look(self) -> None:
        topics, helpings, promises = await self._rows()
        at, gone = clock.now(), {self.people[name].id for name in self.erased}
        async with self.doors.reading() as db:
            asks = list(await db.scalars(select(Ask)))
            offers = list(await db.scalars(select(Offer)))
        began = {topic.id: topic.user_id for topic in topics}
        for one in asks:
            its = [helping for helping in helpings if helping.topic_id == one.topic_id]
            self._check_ask(one, its)
            assert began[one.topic_id] not in gone or one.state_at(at) not in ASKS_LISTED
        for other in offers:
            its = [helping for helping in helpings if helping.topic_id == other.topic_id]
            self._check_offer(other, its)
            assert began[other.topic_id] not in gone or other.state_at(at) not in OFFERS_LISTED
        # Nobody is somebody again.
        assert gone.isdisjoint(helping.user_id for helping in helpings)
        self._check_promises(helpings, promises)
        states = {
            one.topic_id: f"{type(s).__name__} {s}"
            for one in (*asks, *offers)
            for s in [one.state_at(at)]
        }
        for topic_id, before in self.seen.items():
            # Nothing becomes what no move leads to; who is erased withdraws it, whatever it was.
            assert self.erased or states[topic_id] in reachable(before, LATER)
        self.seen = states

    def _check_ask(self, one: Ask, its: Sequence[Helping]) -> None:
        states = [helping.state for helping in its]
        if one.state == AskState.IN_HAND and not self.erased:
            assert any(state in TAKEN for state in states)
        if one.state == AskState.OPEN:
            assert HelpState.PROMISED not in states

    def _check_offer(self, one: Offer, its: Sequence[Helping]) -> None:
        taken = sum(helping.state in TAKEN for helping in its)
        assert taken <= one.taken <= one.times
        assert self.erased or taken == one.taken
        if one.state in OFFERS_LISTED:
            assert (one.state == OfferState.FULL) == (one.taken == one.times)

    def _check_promises(self, helpings: Sequence[Helping], promises: Sequence[Promise]) -> None:
        under_way = Counter(one.source_id for one in promises if one.state in UNDER_WAY)
        assert all(number == 1 for number in under_way.values())
        for helping in helpings:
            if helping.state == HelpState.PROMISED:
                assert under_way[helping.id] == 1
            elif helping.state != HelpState.KEPT:
                assert under_way[helping.id] == 0


def test_whatever_anybody_does_what_must_hold_holds(copies: Copies, tmp_path: Path) -> None:
    explore(Helpers, copies, tmp_path, tries=rounds(5, 100), steps=35)
