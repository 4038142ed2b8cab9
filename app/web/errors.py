"""One error type, in the asker's format: a page, problem+json (RFC 9457), an XML-RPC fault, or a line of text."""

import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from fastapi import FastAPI, Request
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException as RoutingError
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app.core.errors import AppError, Invalid, NotFound, SignInNeeded, WrongMethod
from app.core.i18n import _, marked
from app.core.logs import get_logger
from app.core.xml_rpc import fault
from app.web.accounts.carrying import onward_from_request
from app.web.accounts.pages import frame_now, sign_in_page
from app.web.error_pages import error_page
from app.web.known_addresses import KnownAddresses
from app.work import away

log = get_logger()

# Private feeds, and what guests have of their comments.
_SECRET = re.compile(r"^(/f/|/c/[0-9]+/)[^/]+")


ShowAgain = Callable[[AppError], Awaitable[Response]]
_SHOW_AGAIN = "rapport.show_again"


def show_again(request: Request, page: ShowAgain) -> None:
    """Let this page be what a person sees of a refusal: the form they sent, with all they typed."""
    request.scope[_SHOW_AGAIN] = page


def install(app: FastAPI) -> None:
    """Let every error that leaves an endpoint become an answer; when all routes are there."""
    known = KnownAddresses(app.router.routes)
    app.add_exception_handler(AppError, partial(_refused, known))
    app.add_exception_handler(RoutingError, partial(_not_routed, known))
    app.add_exception_handler(DBAPIError, _database_trouble)
    app.add_exception_handler(Exception, _unforeseen)


async def refusal(request: Request, error: AppError) -> Response:
    """The answer that says why something is not done, in the asker's format."""
    response = await _in_the_askers_format(request, error)
    response.headers.update(error.headers)
    return response


async def _refused(known: KnownAddresses, request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    if isinstance(error, NotFound):
        return await _not_found(known, request, error)
    return await refusal(request, error)


async def _not_routed(known: KnownAddresses, request: Request, error: Exception) -> Response:
    assert isinstance(error, RoutingError)
    return await _not_found(known, request, NotFound())


async def _not_found(known: KnownAddresses, request: Request, error: NotFound) -> Response:
    """A router that answers for all addresses found nothing at one to which something can be sent."""
    if there := known.led_to_slash(request):
        return there
    methods = known.methods_at(request)
    is_wrong_method = methods and request.method not in methods
    return await refusal(request, wrong_method(request, methods) if is_wrong_method else error)


def wrong_method(request: Request, methods: Sequence[str]) -> WrongMethod:
    """The refusal which tells what else can be done at an address."""
    is_reading = request.method in ("GET", "HEAD")
    says = marked(
        "There is nothing to read at this address: it takes what is sent by a form or a program."
    )
    return WrongMethod(says if is_reading else "", headers={"Allow": ", ".join(methods)})


async def _database_trouble(request: Request, error: Exception) -> Response:
    assert isinstance(error, DBAPIError)
    log.error("database", error=str(error.orig), path=loggable(request.url.path))
    return await refusal(request, away(error))


async def _unforeseen(request: Request, error: Exception) -> Response:
    log.exception("unforeseen", path=loggable(request.url.path), exc_info=error)
    says = marked("The fault is ours. It has been written to the log.")
    return await refusal(request, AppError(says))


def loggable(path: str) -> str:
    """A path as the log may have it, without the secret of a link: whoever has that reads what it opens."""
    return _SECRET.sub(r"\1…", path)


async def _in_the_askers_format(request: Request, error: AppError) -> Response:
    accepts = request.headers.get("accept", "")
    path = request.url.path
    if path == "/xmlrpc.php" and request.method == "POST":
        return Response(fault(error.status, _(error.detail)), error.status, media_type="text/xml")
    sends = request.headers.get("content-type", "")
    is_program = accepts.startswith("application/json") or sends.startswith("application/json")
    if path.startswith(("/api/", "/wp-json/")) or is_program:
        return problem(error)
    if "text/html" in accepts or "*/*" in accepts or not accepts:
        return await _as_page(request, error)
    return PlainTextResponse(f"{error.title}. {error.detail}\n", error.status)


async def _as_page(request: Request, error: AppError) -> Response:
    if isinstance(error, SignInNeeded):
        return await _ask_to_sign_in(request, error)
    again: ShowAgain | None = request.scope.get(_SHOW_AGAIN)
    try:
        return await again(error) if again else await error_page(request, error)
    except AppError as refused:
        # The page that the form stood on is not there any more, or not theirs to see.
        return await error_page(request, refused)


async def _ask_to_sign_in(request: Request, error: SignInNeeded) -> Response:
    """The sign-in form, with all that was typed in it: after it, one button sends it again."""
    frame = await frame_now(request)
    onward = onward_from_request(request)
    return sign_in_page(frame, onward, because=_(error.detail), status=error.status)


def problem(error: AppError, **more: object) -> JSONResponse:
    """A refusal as problem+json (RFC 9457), with what there is `more` to say to a program."""
    body: dict[str, object] = {"type": "about:blank", "status": error.status}
    body |= {"title": error.title, "detail": error.detail}
    if isinstance(error, Invalid) and error.fields:
        body["errors"] = [{"field": name, "detail": says} for name, says in error.fields.items()]
    return JSONResponse(body | more, error.status, media_type="application/problem+json")
