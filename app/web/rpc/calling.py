"""One call: which method it is, whether it has what that takes, who is asking, what comes of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from fastapi import Request

from app.accounts.actor import VISITOR, Actor
from app.core.errors import AppError, Forbidden, SignInNeeded
from app.core.i18n import _
from app.core.secrets import secrets_of
from app.core.xml_rpc import NO_SUCH_METHOD, Call, Fault, Value
from app.settings import Settings
from app.site.models import SiteRow
from app.web.accounts.pages import whereabouts_of
from app.web.deps import Frame, doors_of, settings_of
from app.web.rpc.params import Params, arranged
from app.web.rpc.signing_in import WRONG_SIGN_IN, sign_in
from app.work import Doors

# WordPress's: 403 is a wrong name or password, 401 what somebody known may not do.
NOT_ALLOWED = 401
_CODES: Mapping[type[AppError], int] = {SignInNeeded: WRONG_SIGN_IN, Forbidden: NOT_ALLOWED}


@dataclass(frozen=True)
class Asking:
    """What a method has besides its parameters: the doors, the site, and who is asking."""

    request: Request
    frame: Frame
    methods: "Mapping[str, Method]"
    me: Actor = VISITOR

    @property
    def doors(self) -> Doors:
        """The doors to the database."""
        return doors_of(self.request)

    @property
    def settings(self) -> Settings:
        """The deployment's settings."""
        return settings_of(self.request)

    @property
    def site(self) -> SiteRow:
        """The site's row; for reading."""
        return self.frame.site


Function: TypeAlias = Callable[[Asking, Params], Awaitable[Value]]


@dataclass(frozen=True)
class Method:
    """A function, and what it `takes`: see `params`. Where that is a password, the caller signs in first."""

    function: Function
    takes: str = ""
    # Whether it takes files or whole texts, and so a larger body.
    is_large: bool = False


async def called(asking: Asking, call: Call) -> Value:
    """What a call gives. Raises Fault."""
    method = asking.methods.get(call.method)
    if method is None:
        says = _("There is no method “%(name)s” here.") % {"name": call.method[:100]}
        raise Fault(NO_SUCH_METHOD, says)
    params = arranged(method.takes, call.params)
    try:
        if "password" in params:
            asking = replace(asking, me=await _who_calls(asking, params))
        return await method.function(asking, params)
    except AppError as error:
        raise fault_of(error) from error


async def _who_calls(asking: Asking, params: Params) -> Actor:
    address = whereabouts_of(asking.request).address
    secrets = secrets_of(asking.settings)
    return await sign_in(asking.doors, secrets, address, params["name"], params["password"])


def fault_of(error: AppError) -> Fault:
    """One of the program's own errors, as XML-RPC says it."""
    return Fault(_CODES.get(type(error), error.status), _(error.detail))
