"""An act on many in words: what it would do and to which things, what it leaves, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.i18n import _, ngettext
from app.core.text import plain_text, shorten
from app.discussions.appeals import APPEALED
from app.discussions.chosen import reported_in, some_of, some_reported, some_who_ask
from app.moderation.models import Batch
from app.reporting.sources import things_of
from app.web.moderating.surroundings import grouped
from app.web.reporting.words import thing_words

ASKS, REPORTS = "asks", "reports"


@dataclass(frozen=True)
class Also:
    """What an act is about beside comments."""

    some_ask: bool = False
    reported: Mapping[str, int] = field(default_factory=dict)

    @property
    def beside(self) -> str:
        """The same in a word that is kept with the act; empty where there are comments alone."""
        if self.some_ask:
            return ASKS
        return REPORTS if self.reported else ""


async def within(session: AsyncSession, actor: Actor, batch: Batch) -> Also:
    """What there is beside comments in an act that has not begun."""
    asking = await some_who_ask(session, actor, batch, 1)
    return Also(bool(asking), await reported_in(session, actor, batch))


async def examples_of(
    session: AsyncSession, actor: Actor, batch: Batch, most: int
) -> list[tuple[str, str]]:
    """A few of those an act is about, of each sort: who or what, and in a few words."""
    said = [
        (one.author_name or _("Anonymous"), shorten(plain_text(one.body_html), 30, 240))
        for one in await some_of(session, actor, batch, most)
    ]
    asking = [(name, _("asks to join")) for name in await some_who_ask(session, actor, batch, most)]
    cases = await some_reported(session, actor, batch, most)
    things = await things_of(session, cases)
    reported = [
        (thing.name if thing else _("What is not here any more"), thing_words(case.kind))
        for case in cases
        for thing in [things.get((case.kind, case.item_id))]
    ]
    return said + asking + reported


def what_is_done(verb: str, number: int, beside: str) -> str:
    """What is to be done, with the number: “Mark 19,300 as spam”."""
    if beside == ASKS:
        words = {
            "approve": _("Approve or let in %(num)s"),
            "remove": _("Remove or turn away %(num)s"),
        }
    elif beside == REPORTS:
        words = {
            "approve": _("Keep %(num)s that were reported"),
            "remove": _("Remove or uphold %(num)s that were reported"),
        }
    else:
        words = {
            "approve": ngettext("Approve %(num)s comment", "Approve %(num)s comments", number),
            "spam": ngettext("Mark %(num)s as spam", "Mark %(num)s as spam", number),
            "remove": ngettext("Remove %(num)s comment", "Remove %(num)s comments", number),
            "hold": ngettext("Hold %(num)s comment", "Hold %(num)s comments", number),
        }
    return words[verb] % {"num": grouped(number)}


def about_act(verb: str, also: Also) -> list[str]:
    """What an act means for what is no comment, as sentences."""
    says = []
    if also.some_ask:
        says.append(_("Who asks to join gets the answer at once, and that stays as it is."))
    if also.reported:
        numbers = {"things": _by_kind(also.reported)}
        says.append(
            _("The reports of what is no comment are dismissed: %(things)s.") % numbers
            if verb == "approve"
            else _("The reports of what is no comment are upheld: %(things)s.") % numbers
        )
        says.append(_("What you have a part in is left to other moderators."))
    return says


def leaves_out(kinds: Mapping[str, int], withdrawn: int) -> str:
    """What of the choice an act does nothing with; empty where it takes everything."""
    says = []
    if kinds:
        one_by_one = _("Left as they are, to be decided about one by one: %(things)s.")
        says.append(one_by_one % {"things": _by_kind(kinds)})
    if withdrawn:
        says.append(_stay_withdrawn(withdrawn))
    return " ".join(says)


def so_far(batch: Batch) -> str:
    """How far an act is, or its taking back."""
    numbers = {
        "done": grouped(batch.done),
        "total": grouped(batch.total),
        "left": grouped(batch.left_alone),
    }
    if batch.undone_at is not None:
        numbers["done"] = grouped(batch.done - batch.left_alone)
        return (
            _(
                "Taken back: %(done)s. %(left)s had been decided otherwise since, or withdrawn, and were left."
            )
            % numbers
        )
    if batch.undo_asked_at is not None:
        return _("Being taken back: %(done)s of %(total)s.") % numbers
    if batch.finished_at is None:
        return _("%(done)s of %(total)s so far.") % numbers
    says = _("Done: %(done)s. It can be taken back for a day.") % numbers
    if batch.left_alone:
        left = _("Left to other moderators, as you have a part in it: %(left)s.")
        says += " " + left % numbers
    if batch.withdrawn:
        says += " " + _stay_withdrawn(batch.withdrawn)
    return says


def _stay_withdrawn(number: int) -> str:
    says = ngettext(
        "%(num)s was left: its author has withdrawn it.",
        "%(num)s were left: their authors have withdrawn them.",
        number,
    )
    return says % {"num": grouped(number)}


def _by_kind(kinds: Mapping[str, int]) -> str:
    """“Profile 2, Resource 1”."""
    return ", ".join(f"{_words(kind)} {grouped(number)}" for kind, number in kinds.items())


def _words(kind: str) -> str:
    return _("Appeal") if kind == APPEALED else thing_words(kind)
