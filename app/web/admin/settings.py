"""`/admin/settings/`: what owners decide about the site, a part on a page; seen at once, and kept in the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.errors import AppError, Conflict, Invalid, NotFound
from app.core.i18n import _
from app.posts.queries import TopPage, is_public_page, pages_to_choose
from app.site.changing import Part, change_settings, state_of, values_of
from app.site.colour import Accent, accent_of
from app.site.models import SiteRow
from app.site.queries import ensure_site
from app.web.accounts.pages import never_kept, spoken_frame, unkept
from app.web.admin.pages import PERMALINKS, SETTINGS, START, Surroundings, admin_head, surroundings
from app.web.admin.settings_fields import PARTS, SPECS, Kind, Spec, suggestions, width_words
from app.web.admin.settings_forms import FORMS
from app.web.deps import Db, Frame, Me, doors_of, settings_of
from app.web.forms import FieldError, Form, read_form, value_of, wrong_with
from app.web.head import Head, Link

router = APIRouter()

_READ = ["GET", "HEAD"]


@dataclass(frozen=True)
class Field:
    """One field as it is shown; `kept` is what somebody else made of it meanwhile."""

    name: str
    kind: Kind
    label: str
    hint: str
    value: str
    spec: Spec
    options: Mapping[str, str]
    kept: str = ""


@dataclass(frozen=True)
class PartPage:
    """`admin/part.html`: one part of the settings; pictures in that of the look alone."""

    frame: Frame
    head: Head
    around: Surroundings
    parts: Sequence[Link]
    title: str
    says: str
    url: str
    opened_on: str
    fields: Sequence[Field]
    accent: Accent | None
    has_pictures: bool
    done: str = ""
    errors: Sequence[FieldError] = ()


@dataclass(frozen=True)
class PartRow:
    """One part in the list of all."""

    url: str
    title: str
    says: str


@dataclass(frozen=True)
class SettingsPage:
    """`admin/settings.html`: all parts."""

    frame: Frame
    head: Head
    around: Surroundings
    rows: Sequence[PartRow]


@router.api_route(SETTINGS.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(SETTINGS, 301)


@router.api_route(SETTINGS, methods=_READ)
async def show_all(request: Request, db: Db, me: Me) -> Response:
    """Which parts there are."""
    require(may_run_the_site(me))
    frame = await spoken_frame(request, db)
    rows = [PartRow(part_url(part), _(words.title), _(words.says)) for part, words in PARTS.items()]
    says = _("Where posts stand, and what becomes of their old addresses.")
    rows.insert(-1, PartRow(PERMALINKS, _("Permalinks"), says))
    head = admin_head(frame, _("Settings"), SETTINGS)
    return unkept("admin/settings.html", SettingsPage(frame, head, surroundings(SETTINGS), rows))


@router.api_route(f"{SETTINGS}{{name}}/", methods=_READ)
async def show(request: Request, db: Db, me: Me, name: str) -> Response:
    """One part, as it stands. Raises NotFound."""
    part = part_named(name)
    require(may_run_the_site(me))
    done = _("Kept. Every page shows it from now on.") if "done" in request.query_params else ""
    return await part_page(request, db, part, done=done)


@router.post(f"{SETTINGS}{{name}}/")
async def change(request: Request, me: Me, name: str) -> Response:
    """Keep a part as it was typed. 422 for what can't be, 409 where somebody else was faster."""
    part = part_named(name)
    require(may_run_the_site(me))
    form: Form[Any] = await read_form(request, FORMS[part])
    try:
        wanted = value_of(form).model_dump()
        async with doors_of(request).unit_of_work() as db:
            if wanted.get("front_page_id") == 0:
                wanted["front_page_id"] = None
            elif number := wanted.get("front_page_id"):
                await _require_page(db, number)
            site = await ensure_site(db, settings_of(request).base_host, locked=True)
            opened_on = form.typed.get("opened_on", "")
            await change_settings(db, me, site, part, wanted, opened_on=opened_on)
    except (Invalid, Conflict) as error:
        async with doors_of(request).reading() as db:
            return await part_page(request, db, part, form=form, error=error)
    if part == Part.GENERAL and form.typed.get("from") == "start":
        return never_kept(RedirectResponse(f"{START}?done=name#name", 303))
    return never_kept(RedirectResponse(f"{part_url(part)}?done=1", 303))


def part_named(name: str) -> Part:
    """The part of this name that has a page here. Raises NotFound."""
    if name not in set(FORMS):
        raise NotFound
    return Part(name)


def part_url(part: Part) -> str:
    """Where a part is changed."""
    return f"{SETTINGS}{part}/"


async def part_page(
    request: Request,
    db: AsyncSession,
    part: Part,
    *,
    form: Form[Any] | None = None,
    error: AppError | None = None,
    done: str = "",
) -> Response:
    """A part as it stands, or as it was typed with what is wrong about that."""
    frame = await spoken_frame(request, db)
    kept = _as_typed(frame.site, part)
    typed = kept if form is None else _as_sent(part, form.typed)
    pages = await pages_to_choose(db) if part == Part.READING else ()
    is_late = isinstance(error, Conflict)
    fields = [_field(spec, typed, pages, kept if is_late else typed) for spec in SPECS[part]]
    chosen = frame.site.accent
    page = PartPage(
        frame=frame,
        head=admin_head(frame, _(PARTS[part].title), part_url(part)),
        around=surroundings(SETTINGS),
        parts=part_links(),
        title=_(PARTS[part].title),
        says=_(PARTS[part].says),
        url=part_url(part),
        opened_on=state_of(frame.site, part),
        fields=fields,
        accent=accent_of(chosen) if part == Part.APPEARANCE and chosen else None,
        has_pictures=part == Part.APPEARANCE,
        done=done,
        errors=wrong_with(form, error),
    )
    return unkept("admin/part.html", page, error.status if error else 200)


def part_links() -> list[Link]:
    """The way from each part to all others."""
    links = [Link(_(words.title), part_url(part)) for part, words in PARTS.items()]
    links.insert(-1, Link(_("Permalinks"), PERMALINKS))
    return links


def fields_of(site: SiteRow, part: Part) -> list[Field]:
    """The fields of a part that names no page, as it stands."""
    kept = _as_typed(site, part)
    return [_field(spec, kept, (), kept) for spec in SPECS[part]]


async def _require_page(db: AsyncSession, number: int) -> None:
    if not await is_public_page(db, number):
        says = _("That page is not there, or not public.")
        raise Invalid(says, fields={"front_page_id": says})


def _field(
    spec: Spec, typed: Mapping[str, str], pages: Sequence[TopPage], kept: Mapping[str, str]
) -> Field:
    options = _options(spec, pages)
    value = typed.get(spec.name, "")
    other = kept.get(spec.name, "")
    return Field(
        name=spec.name,
        kind=spec.kind,
        label=_(spec.label),
        hint=_(spec.hint) if spec.hint else "",
        value=value,
        spec=spec,
        options=options,
        kept=_in_words(spec, other, options) if other != value else "",
    )


def _options(spec: Spec, pages: Sequence[TopPage]) -> Mapping[str, str]:
    if spec.kind == Kind.ONE_OF:
        return width_words()
    if spec.kind == Kind.PAGE:
        return {"0": _("The newest posts"), **{str(page.id): page.title for page in pages}}
    return suggestions(spec.name)


def _in_words(spec: Spec, value: str, options: Mapping[str, str]) -> str:
    if spec.kind == Kind.TICK:
        return _("ticked") if value else _("not ticked")
    return options.get(value) or value or _("empty")


def _as_typed(site: SiteRow, part: Part) -> dict[str, str]:
    return {name: _written(value) for name, value in values_of(site, part).items()}


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, float):
        return f"{value:g}"
    return "0" if value is None else str(value)


def _as_sent(part: Part, typed: Mapping[str, str]) -> dict[str, str]:
    """What a browser does not send was not ticked."""
    sent = {spec.name: typed.get(spec.name, "") for spec in SPECS[part]}
    if typed.get("own_accent") == "":
        sent["accent"] = ""
    return sent
