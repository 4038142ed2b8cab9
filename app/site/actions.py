"""What owners decide about the site."""

from dataclasses import asdict, dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.models import SignUpMode
from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.events import Event, record
from app.site.models import FirstStep, SiteRow


@dataclass(frozen=True)
class LinkSwitches:
    """Which links from elsewhere are taken in, by the way they come, and whether they wait to be read."""

    takes_trackbacks: bool
    takes_pingbacks: bool
    takes_webmentions: bool
    holds_links: bool


def link_switches_of(site: SiteRow) -> LinkSwitches:
    """As they stand."""
    return LinkSwitches(
        takes_trackbacks=site.takes_trackbacks,
        takes_pingbacks=site.takes_pingbacks,
        takes_webmentions=site.takes_webmentions,
        holds_links=site.holds_links,
    )


async def switch_links(
    session: AsyncSession, actor: Actor, site: SiteRow, wanted: LinkSwitches
) -> None:
    """Take links in as wanted from now on. Raises SignInNeeded, Forbidden."""
    require(may_run_the_site(actor))
    before = link_switches_of(site)
    if wanted == before:
        return
    for name, value in asdict(wanted).items():
        setattr(site, name, value)
    record_audit(
        session, actor, "links switched", "site", before=asdict(before), after=asdict(wanted)
    )
    # Every page says where links are sent to.
    record(session, Event(touches=frozenset({"site"})))


async def choose_sign_up(
    session: AsyncSession, actor: Actor, site: SiteRow, mode: SignUpMode
) -> None:
    """Let these people sign up from now on. Raises SignInNeeded, Forbidden."""
    require(may_run_the_site(actor))
    before, site.sign_up = site.sign_up, mode
    if before == mode:
        return
    record_audit(
        session, actor, "sign-up switched", "site", before={"for": before}, after={"for": mode}
    )
    record(session, Event(touches=frozenset({"site"})))


async def choose_founders(
    session: AsyncSession, actor: Actor, site: SiteRow, *, members_may: bool
) -> None:
    """Let members begin groups, or owners alone. Raises SignInNeeded, Forbidden."""
    require(may_run_the_site(actor))
    before, site.members_found_groups = site.members_found_groups, members_may
    if before == members_may:
        return
    record_audit(
        session, actor, "group founding switched", "site", before={"members": before},
        after={"members": members_may},
    )  # fmt: skip
    record(session, Event(touches=frozenset({"site"})))


async def put_step_aside(
    session: AsyncSession, actor: Actor, site: SiteRow, step: FirstStep, *, aside: bool
) -> None:
    """Ask about one of the first steps no more, or again. Raises SignInNeeded, Forbidden."""
    require(may_run_the_site(actor))
    before = set(site.steps_put_aside)
    after = before | {step} if aside else before - {step}
    if after == before:
        return
    # In the order in which they stand on their page.
    site.steps_put_aside = [one.value for one in FirstStep if one in after]
    record_audit(
        session, actor, "first step put aside" if aside else "first step taken up", f"step:{step}"
    )
    record(session, Event(touches=frozenset({"site"})))
