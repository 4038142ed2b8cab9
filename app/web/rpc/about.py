"""What an editor asks first: which site this is, who writes here, what can be set."""

from importlib.metadata import version

from app.accounts.actor import Actor
from app.accounts.models import User
from app.accounts.policy import may_write_posts
from app.accounts.queries import get_user, staff
from app.accounts.sessions import roles_named
from app.core.answers import require
from app.core.xml_rpc import Value
from app.posts.addresses import address
from app.web.rpc.calling import Asking
from app.web.rpc.params import Params, text
from app.web.rpc.structs import Struct

_VERSION = version("rapport")


async def get_users_blogs(asking: Asking, _params: Params) -> Value:
    """The one site."""
    base_url = asking.frame.base_url
    return [
        {
            "isAdmin": asking.me.is_owner,
            "isPrimary": True,
            "url": f"{base_url}/",
            "blogid": "1",
            "blogName": asking.site.title,
            "xmlrpc": f"{base_url}/xmlrpc.php",
        }
    ]


async def get_user_info(asking: Asking, _params: Params) -> Value:
    """Who asks, as Blogger had it."""
    user = await _me(asking)
    return {
        "userid": str(user.id),
        "nickname": user.name,
        "firstname": user.first_name,
        "lastname": user.last_name,
        "url": user.website,
    }


async def get_profile(asking: Asking, _params: Params) -> Value:
    """Who asks."""
    user = await _me(asking)
    return {
        "user_id": str(user.id),
        "username": user.login,
        "nicename": user.slug,
        "nickname": user.name,
        "display_name": user.name,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "url": user.website,
        "bio": user.bio_source,
        "roles": list(user.roles),
    }


async def get_authors(asking: Asking, _params: Params) -> Value:
    """Everybody who writes here."""
    require(may_write_posts(asking.me))
    async with asking.doors.reading() as db:
        everybody = await staff(db)
    writers = [
        user
        for user in everybody
        if may_write_posts(Actor(user_id=user.id, roles=roles_named(user.roles)))
    ]
    return [
        {"user_id": str(user.id), "user_login": user.login, "display_name": user.name}
        for user in writers
    ]


async def get_options(asking: Asking, params: Params) -> Value:
    """What is set here: the options of these names, or all. None can be changed from afar."""
    values = _options(asking)
    # WordPress takes a single name, too, and gives all for none.
    given = params.get("options") or list(values)
    asked = [text(one) for one in given] if isinstance(given, list) else [text(given)]
    return {
        name: {"desc": name, "readonly": True, "value": values[name]}
        for name in asked
        if name in values
    }


async def _me(asking: Asking) -> User:
    async with asking.doors.reading() as db:
        return await get_user(db, asking.me.user_id or 0)


def _options(asking: Asking) -> Struct:
    site, base_url = asking.site, asking.frame.base_url
    return {
        "software_name": "Rapport",
        "software_version": _VERSION,
        "blog_url": base_url,
        "home_url": base_url,
        "login_url": f"{base_url}{address('/account/sign-in')}",
        "admin_url": f"{base_url}/account/",
        "blog_title": site.title,
        "blog_tagline": site.tagline,
        "time_zone": site.timezone,
        "users_can_register": False,
        "post_thumbnail": True,
        "default_comment_status": "open" if site.comments_open else "closed",
        "default_ping_status": "open",
    }
