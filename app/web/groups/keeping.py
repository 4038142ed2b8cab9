"""Beginning a group, and keeping it: settings, who asks to join, invitations, members, its log."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.sent_forms import claim_sent
from app.core import clock
from app.core.answers import require
from app.core.errors import AppError, Invalid, WrongFields
from app.core.i18n import _
from app.groups.belonging import silenced_in
from app.groups.founding import GroupDraft, change_group, found_group, set_state
from app.groups.joining import accept, decline, invite, revoke
from app.groups.logbook import log_of
from app.groups.models import Group, GroupState, TopicKind
from app.groups.policy import may_found_groups, may_moderate_here, may_run
from app.groups.queries import Standing, get_group, invitations_of
from app.groups.requests import asking_to_join
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.comments.forms import Ticked, new_token_for
from app.web.deps import Db, Me, doors_of, frame_of, settings_of
from app.web.errors import show_again
from app.web.forms import Form, read_form, value_of, wrong_with
from app.web.groups.addresses import GROUPS, group_url
from app.web.groups.entering import entered
from app.web.groups.forms import GroupForm
from app.web.groups.kept_pages import AskingRow, InvitationRow, KeepPage, LogRow, SettingsPage
from app.web.groups.log_words import said_of
from app.web.groups.tops import top_of

router = APIRouter()

_READ = ["GET", "HEAD"]


class InviteForm(BaseModel):
    """How many a link lets in, and for how many days."""

    uses: int = Field(default=1, ge=1, le=500)
    days: int = Field(default=14, ge=1, le=365)


class StateForm(BaseModel):
    """What a group becomes; closed only by who says that they are sure, as there is no way back."""

    state: GroupState
    sure: Ticked = False


@router.api_route(GROUPS + "new/", methods=_READ)
async def ask_for_new(request: Request, db: Db, me: Me) -> Response:
    """The form for a new group. Raises SignInNeeded, Forbidden."""
    frame = await spoken_frame(request, db)
    require(may_found_groups(me, members_may=frame.site.members_found_groups))
    return await _settings(request, db, me, None, _typed_of(None))


@router.post(GROUPS + "new/")
async def begin(request: Request, me: Me) -> Response:
    """Begin a group: to its page; sent twice it is one."""
    form = await read_form(request, GroupForm)
    show_again(request, lambda error: _new_again(request, me, form, error))
    value_of(form)
    async with doors_of(request).unit_of_work() as db:
        sent = await claim_sent(db, me, request.url.path, form.typed)
        if not sent.led_to:
            sent.led_to = group_url((await _begun(request, db, me, form)).slug)
    return RedirectResponse(sent.led_to, 303)


@router.api_route(GROUPS + "{slug}/keep/", methods=_READ)
async def keep(request: Request, db: Db, me: Me, slug: str) -> Response:
    """Who asks to join, the invitations, and what was done here. Raises NotFound, Forbidden."""
    here = await get_group(db, me, slug)
    require(may_moderate_here(me, here))
    entered(request, me, here)
    return await _keep_page(request, db, me, here)


@router.api_route(GROUPS + "{slug}/settings/", methods=_READ)
async def ask_for_settings(request: Request, db: Db, me: Me, slug: str) -> Response:
    """A group's settings, to be changed. Raises NotFound, Forbidden."""
    here = await get_group(db, me, slug)
    require(may_run(me, here))
    zone = (await frame_of(request, db)).site.timezone
    return await _settings(request, db, me, here, _typed_of(here.group, zone))


@router.post(GROUPS + "{slug}/settings/")
async def change(request: Request, me: Me, slug: str) -> Response:
    """Give it other settings; 409 where somebody was faster."""
    form = await read_form(request, GroupForm)
    show_again(request, lambda error: _settings_again(request, me, slug, form, error))
    value = value_of(form)
    async with doors_of(request).unit_of_work() as db:
        draft = _draft(form, (await frame_of(request, db)).site.timezone)
        await change_group(db, me, slug, draft, version=value.version)
    return RedirectResponse(group_url(slug, "about/"), 303)


@router.post(GROUPS + "{slug}/state")
async def change_state(request: Request, me: Me, slug: str) -> Response:
    """Let it only be read, open it again, or close it."""
    form = await read_form(request, StateForm)
    if form.value is None:
        raise Invalid(_("There is no such state."))
    is_closed = form.value.state == GroupState.CLOSED
    if is_closed and not form.value.sure:
        show_again(request, lambda error: _as_it_is(request, me, slug, error))
        says = _("Say here that you mean it.")
        raise Invalid(_("Nothing was changed."), fields={"sure": says})
    async with doors_of(request).unit_of_work() as db:
        await set_state(db, me, slug, form.value.state)
    return RedirectResponse(GROUPS if is_closed else group_url(slug, "settings/"), 303)


@router.post(GROUPS + "{slug}/requests/{user_id:int}/acceptance")
async def post_accept(request: Request, me: Me, slug: str, user_id: int) -> Response:
    """Let in somebody who asked."""
    async with doors_of(request).unit_of_work() as db:
        await accept(db, me, slug, user_id)
    return RedirectResponse(group_url(slug, "keep/"), 303)


@router.post(GROUPS + "{slug}/requests/{user_id:int}/refusal")
async def post_decline(request: Request, me: Me, slug: str, user_id: int) -> Response:
    """Let somebody who asked not in."""
    async with doors_of(request).unit_of_work() as db:
        await decline(db, me, slug, user_id)
    return RedirectResponse(group_url(slug, "keep/"), 303)


@router.post(GROUPS + "{slug}/invitations")
async def post_invite(request: Request, me: Me, slug: str) -> Response:
    """Make a link that lets people in: shown in this one answer, and never again."""
    form = await read_form(request, InviteForm)
    if form.value is None:
        raise Invalid(_("An invitation is for 1 to 500 people, and for a year at most."))
    async with doors_of(request).unit_of_work() as db:
        _made, token = await invite(
            db, me, slug, lasts=timedelta(days=form.value.days), uses=form.value.uses
        )
    async with doors_of(request).reading() as db:
        here = await get_group(db, me, slug)
        url = f"{settings_of(request).base_url}{GROUPS}invitations/{token}/"
        return await _keep_page(request, db, me, here, made_url=url)


@router.post(GROUPS + "{slug}/invitations/{invitation_id:int}/end")
async def post_revoke(request: Request, me: Me, slug: str, invitation_id: int) -> Response:
    """End an invitation."""
    async with doors_of(request).unit_of_work() as db:
        await revoke(db, me, slug, invitation_id)
    return RedirectResponse(group_url(slug, "keep/"), 303)


async def _begun(request: Request, db: AsyncSession, me: Actor, form: Form[GroupForm]) -> Group:
    site = (await frame_of(request, db)).site
    draft = _draft(form, site.timezone)
    host = site.guid_host or settings_of(request).base_host
    return await found_group(db, me, draft, host=host, members_may=site.members_found_groups)


def _draft(form: Form[GroupForm], zone: str) -> GroupDraft:
    value = value_of(form)
    until = value.read_only_until
    kinds = [kind for kind in TopicKind if form.typed.get(f"kind-{kind}")]
    if not kinds:
        says = _("Choose at least one thing that is begun here.")
        raise WrongFields({"kinds": says})
    return GroupDraft(
        kinds=kinds,
        read_only_until=datetime.combine(until, time(), ZoneInfo(zone)) if until else None,
        **value.model_dump(exclude={"version", "read_only_until"}),
    )


def _typed_of(group: Group | None, zone: str = "UTC") -> Mapping[str, str]:
    """A group's settings as its form shows them."""
    if group is None:
        kinds = {f"kind-{kind}": "1" for kind in TopicKind}
        return {**kinds, "members_start": "1", "takes_commercial": "1", "holds_first": "2",
                "slow_seconds": "0", "daily_topics": "10", "daily_replies": "200",
                "visibility": "public", "joining": "request", "sharing": "members"}  # fmt: skip
    names = ("name", "purpose", "visibility", "joining", "sharing", "holds_first", "slow_seconds",
             "daily_topics", "daily_replies", "version")  # fmt: skip
    until = group.read_only_until
    ticked = {"members_start": group.members_start, "takes_commercial": group.takes_commercial}
    return {
        **{name: str(getattr(group, name)) for name in names},
        **{name: "1" for name, is_so in ticked.items() if is_so},
        **{f"kind-{kind}": "1" for kind in group.kinds},
        "about": group.about_source,
        "rules": group.rules_source,
        "questions": "\n".join(group.questions),
        "read_only_until": until.astimezone(ZoneInfo(zone)).date().isoformat() if until else "",
    }


async def _settings_again(
    request: Request, me: Actor, slug: str, form: Form[GroupForm], error: AppError
) -> Response:
    async with doors_of(request).reading() as db:
        here = await get_group(db, me, slug)
        # Whoever was slower sees their own words, and may send them again over the other's.
        typed = {**form.typed, "version": str(here.group.version)}
        return await _settings(request, db, me, here, typed, form, error)


async def _as_it_is(request: Request, me: Actor, slug: str, error: AppError) -> Response:
    async with doors_of(request).reading() as db:
        here = await get_group(db, me, slug)
        require(may_run(me, here))
        zone = (await frame_of(request, db)).site.timezone
        return await _settings(request, db, me, here, _typed_of(here.group, zone), error=error)


async def _new_again(
    request: Request, me: Actor, form: Form[GroupForm], error: AppError
) -> Response:
    async with doors_of(request).reading() as db:
        return await _settings(request, db, me, None, form.typed, form, error)


async def _settings(
    request: Request,
    db: AsyncSession,
    me: Actor,
    here: Standing | None,
    typed: Mapping[str, str],
    form: Form[GroupForm] | None = None,
    error: AppError | None = None,
) -> Response:
    frame = await spoken_frame(request, db)
    title = _("Settings") if here else _("Begin a group")
    action = group_url(here.group.slug, "settings/") if here else f"{GROUPS}new/"
    page = SettingsPage(
        frame=frame,
        head=head_of(frame, title, action),
        top=await top_of(db, me, here, "keep/", may_read=True) if here else None,
        action=action,
        state=here.group.state if here else None,
        token=typed.get("form_token") or new_token_for(settings_of(request), 0),
        typed=typed,
        errors=wrong_with(form, error),
    )
    return unkept("groups/settings.html", page, error.status if error else 200)


async def _keep_page(
    request: Request, db: AsyncSession, me: Actor, here: Standing, *, made_url: str = ""
) -> Response:
    frame, group, at = await spoken_frame(request, db), here.group, clock.now()
    page = KeepPage(
        frame=frame,
        head=head_of(frame, _("Keeping it"), group_url(group.slug, "keep/")),
        top=await top_of(db, me, here, "keep/", may_read=True),
        asking=[AskingRow(*row) for row in await asking_to_join(db, group.id)],
        invitations=[
            InvitationRow(one.id, one.most_uses, one.uses, one.expires_at)
            for one in await invitations_of(db, group.id, at)
        ],
        made_url=made_url,
        silenced=await silenced_in(db, group.id, at),
        log=[LogRow(row.name, said_of(row), row.at) for row in await log_of(db, group.id)],
        may_run=bool(may_run(me, here)),
    )
    return unkept("groups/keep.html", page)
