"""`/groups/g/members/`: who belongs to a group, narrowed by what they show there of themselves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.core.answers import YES, no, require
from app.core.i18n import _
from app.core.text import number_in, one_line
from app.groups.models import MemberRole
from app.groups.policy import may_moderate_here
from app.groups.profiles.queries import Sought, meant, shown_people
from app.groups.profiles.words import word_key
from app.groups.queries import ListedMember, get_group, members_of
from app.posts.addresses import address
from app.web.accounts.pages import spoken_frame
from app.web.deps import Db, Me
from app.web.groups.addresses import GROUPS, group_url
from app.web.groups.entering import entered
from app.web.groups.pages import MemberRow, MembersPage
from app.web.groups.reading import head_in, moment_read, moment_written
from app.web.groups.tops import role_said, top_of
from app.web.people.pages import Person, filtered_by, person_of
from app.web.rendering import render

router = APIRouter()

MOST = 50
_FILTERS = ("can_help", "looking_for", "place", "tag")


@router.api_route(GROUPS + "{slug}/members/", methods=["GET", "HEAD"])
async def members(request: Request, db: Db, me: Me, slug: str) -> Response:
    """Who came last first; those who have the words that are asked for. Raises NotFound, Forbidden, SignInNeeded."""
    here = await get_group(db, me, slug)
    is_theirs = here.is_inside or bool(may_moderate_here(me, here))
    require(YES if is_theirs else no(_("Only members see who belongs to this group.")))
    entered(request, me, here)
    typed = {name: one_line(request.query_params.get(name, ""))[:80] for name in _FILTERS}
    sought = Sought(**{name: word_key(word) for name, word in typed.items()})
    before = _cursor(request.query_params.get("before", ""))
    found = await members_of(
        db, me, here.group.id, before=before, most=MOST, also=meant(me, sought)
    )
    shown = await shown_people(db, me, [one.user_id for one in found[:MOST]])
    frame, url = await spoken_frame(request, db), group_url(slug, "members/")
    page = MembersPage(
        frame=frame,
        head=head_in(frame, here, url, _("Members"), is_first=False),
        top=await top_of(db, me, here, "members/", may_read=True, is_lead=True),
        url=url,
        members=[_row(one, person_of(shown[one.user_id], url)) for one in found[:MOST]],
        typed=typed,
        is_filtered=any(typed.values()),
        older=_older(url, found, typed),
        may_keep=bool(may_moderate_here(me, here)),
        me_id=me.user_id,
    )
    return render("groups/members.html", page)


def _row(member: ListedMember, person: Person) -> MemberRow:
    if not person.face_url and member.photo_path:
        person = replace(person, face_url=address(member.photo_path))
    return MemberRow(
        person=person,
        role=role_said(member.role) if member.role != MemberRole.MEMBER else "",
        since=member.joined_at,
        user_id=member.user_id,
    )


def _older(url: str, found: Sequence[ListedMember], typed: dict[str, str]) -> str:
    """Where the list goes on; empty at its end."""
    last = found[MOST - 1] if len(found) > MOST else None
    if last is None or last.joined_at is None:
        return ""
    key = f"{moment_written(last.joined_at)}-{last.user_id}"
    return filtered_by(url, **typed, before=key)


def _cursor(written: str) -> tuple[datetime, int] | None:
    moment, _dash, key = written.partition("-")
    at, number = moment_read(moment), number_in(key)
    return None if at is None or number is None else (at, number)
