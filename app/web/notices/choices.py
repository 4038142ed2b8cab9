"""`/account/notices/`: how somebody hears of what, and when their letters come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import available_timezones

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, field_validator
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.models import User
from app.accounts.policy import may_have_account_page
from app.accounts.queries import get_user
from app.core.answers import require
from app.core.i18n import _, languages
from app.notifications.bounces import stopped
from app.notifications.notices.kinds import FIXED, KINDS, Family, Level, levels_for
from app.notifications.notices.levels import (
    Habits,
    choose_habits,
    choose_levels,
    chosen_levels,
    groups_to_choose_for,
    shown_level,
)
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.accounts.words import said_done
from app.web.deps import Db, Frame, Me, doors_of
from app.web.forms import FieldError, fields_read, read_form
from app.web.head import Head
from app.web.notices.of_groups import GroupLevels, columns, group_levels_in, group_rows
from app.web.notices.seeing import shown
from app.web.notices.words import family_name, level_name, why_no_mail
from app.web.pages.moments import locale_of

router = APIRouter()

CHOICES = "/account/notices/"
_HOURS, _WEEKDAYS = 24, 7


@dataclass(frozen=True)
class Option:
    """One thing that may be chosen."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class LevelRow:
    """A row of the table: what is heard of, and how. None where a way makes no sense."""

    name: str
    label: str
    ways: Sequence[Option | None]


@dataclass(frozen=True)
class ChoicesPage:
    """`notices/choices.html`."""

    frame: Frame
    head: Head
    columns: Sequence[str]
    rows: Sequence[LevelRow]
    group_columns: Sequence[str]
    groups: Sequence[GroupLevels]
    hours: Sequence[Option]
    weekdays: Sequence[Option]
    zones: Sequence[Option]
    languages: Sequence[Option]
    # Why they get no letters, where they get none any more.
    mail_trouble: str
    done: str = ""
    errors: Sequence[FieldError] = ()


class ChoicesForm(BaseModel):
    """Zone, language and hours; the table's own fields are named after the families."""

    timezone: str = Field(default="", max_length=60)
    language: str = Field(default="", max_length=20)
    mail_hour: int = Field(default=8, ge=0, lt=_HOURS)
    mail_weekday: int = Field(default=0, ge=0, lt=_WEEKDAYS)

    @field_validator("timezone")
    @classmethod
    def is_known_zone(cls, name: str) -> str:
        """Refuse a zone that no clock knows."""
        if name and name not in _zones():
            raise ValueError(_("Nobody knows a time zone of this name."))
        return name

    @field_validator("language")
    @classmethod
    def is_spoken(cls, name: str) -> str:
        """Refuse a language there are no words in."""
        if name and name not in languages():
            raise ValueError(_("This site does not speak that language."))
        return name


@router.api_route("/account/notices", methods=["GET", "HEAD"])
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(CHOICES, 301)


@router.api_route(CHOICES, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me) -> Response:
    """The table as it is."""
    require(may_have_account_page(me))
    page = await _page(request, db, me, done=request.query_params.get("done", ""))
    shown(request, me, ["account"])
    return page


@router.post(CHOICES)
async def choose(request: Request, me: Me) -> Response:
    """Hear of things so from now on."""
    form = await read_form(request, ChoicesForm)
    require(may_have_account_page(me))
    levels, errors = _levels_in(form.typed)
    async with doors_of(request).reading() as db:
        groups = await groups_to_choose_for(db, me.user_id or 0)
    of_groups, errors_there = group_levels_in(groups, form.typed)
    errors += errors_there
    if form.value is None or errors:
        async with doors_of(request).reading() as db:
            return await _page(request, db, me, errors=(*form.errors, *errors), status=422)
    habits = Habits(**form.value.model_dump())
    async with doors_of(request).unit_of_work() as db:
        await choose_levels(db, me.user_id or 0, {**levels, **of_groups})
        await choose_habits(db, me.user_id or 0, habits)
    return never_kept(RedirectResponse(f"{CHOICES}?done=notices", 303))


def _levels_in(
    typed: Mapping[str, str],
) -> tuple[dict[tuple[str, int], Level], tuple[FieldError, ...]]:
    levels: dict[tuple[str, int], Level] = {}
    for family in _families():
        if family in typed:
            if typed[family] not in levels_for(family):
                return {}, (FieldError(family, _("That can't be chosen here.")),)
            levels[family, 0] = Level(typed[family])
    return levels, ()


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    *,
    done: str = "",
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> Response:
    frame = await spoken_frame(request, db)
    user = await get_user(db, me.user_id or 0)
    bounce = await stopped(db, user.email)
    typed, chosen = fields_read(request), await chosen_levels(db, user.id)
    page = ChoicesPage(
        frame=frame,
        head=head_of(frame, _("How you hear of things"), CHOICES),
        columns=[level_name(level) for level in Level],
        rows=_rows(chosen, typed),
        group_columns=columns(),
        groups=group_rows(await groups_to_choose_for(db, user.id), chosen, typed),
        hours=_options(_hours(), typed.get("mail_hour", str(user.mail_hour))),
        weekdays=_options(
            _weekdays(frame.site.language), typed.get("mail_weekday", str(user.mail_weekday))
        ),
        zones=_options(_zone_words(frame), typed.get("timezone", user.timezone)),
        languages=_languages(frame, user, typed),
        mail_trouble=why_no_mail(bounce) if bounce else "",
        done=said_done(done),
        errors=tuple(errors),
    )
    return unkept("notices/choices.html", page, status)


def _families() -> list[Family]:
    used = {kind.family for kind in KINDS.values()}
    return [family for family in Family if family in used and family not in FIXED]


def _rows(
    chosen: Mapping[tuple[str, int], Level], typed: Mapping[str, str]
) -> tuple[LevelRow, ...]:
    rows = []
    for family in _families():
        now = typed.get(family, shown_level(family, chosen))
        ways = [
            Option(level, level_name(level), level == now) if level in levels_for(family) else None
            for level in Level
        ]
        rows.append(LevelRow(family, family_name(family), ways))
    return tuple(rows)


def _options(words: Mapping[str, str], chosen: str) -> list[Option]:
    return [Option(value, label, value == chosen) for value, label in words.items()]


def _hours() -> dict[str, str]:
    return {str(hour): f"{hour:02}:00" for hour in range(_HOURS)}


def _weekdays(language: str) -> dict[str, str]:
    names = locale_of(language).days["stand-alone"]["wide"]
    return {str(day): str(names[day]) for day in range(_WEEKDAYS)}


def _zone_words(frame: Frame) -> dict[str, str]:
    own = _("As on this site: %(zone)s") % {"zone": frame.site.timezone}
    return {"": own, **{name: name.replace("_", " ") for name in _zones()}}


@lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    """Places, as people know them; not what old programs called a zone."""
    continents = (
        "Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/",
        "Indian/", "Pacific/",
    )  # fmt: skip
    return (*sorted(name for name in available_timezones() if name.startswith(continents)), "UTC")


def _languages(frame: Frame, user: User, typed: Mapping[str, str]) -> list[Option]:
    """Nothing to choose from where there is one."""
    own = frame.site.language
    known = [name for name in languages() if name not in (own, own.partition("-")[0])]
    if not known:
        return []
    words = {"": _("As on this site: %(language)s") % {"language": _called(own)}}
    return _options(
        words | {name: _called(name) for name in known}, typed.get("language", user.language)
    )


def _called(language: str) -> str:
    return locale_of(language).display_name or language
