"""A small sum that a browser with script does while one types: dear for who sends a million, free for one.

The challenge carries its own signature, so none is kept; one that was solved is written down until
it expires, and counts no second time. Whoever sends none is not refused.
"""

import base64
import binascii
import json
from datetime import timedelta
from typing import Any

from altcha.v1 import ChallengeOptions, create_challenge, verify_solution
from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import JSONResponse, Response

from app.core import clock
from app.core.limits import Limit, take
from app.core.secrets import secrets_of
from app.settings import Settings
from app.web.deps import settings_of

router = APIRouter()

_LASTS = timedelta(hours=2)
# Half of it is tried on average: under a second of idle time in a telephone.
_HARDEST = 20_000
_ONCE = (Limit(1, _LASTS),)


@router.api_route("/c/challenge/", methods=["GET", "HEAD"])
async def challenge(request: Request) -> Response:
    """A new sum to do; fetched when somebody begins to type."""
    made = create_challenge(
        ChallengeOptions(
            hmac_key=_key(settings_of(request)),
            max_number=_HARDEST,
            expires=clock.now() + _LASTS,
        )
    )
    return JSONResponse(made.to_dict(), headers={"Cache-Control": "no-store"})


def solved_challenge(settings: Settings, work: str) -> str:
    """The name of the challenge that was solved; empty for work that is wrong, too old, or none."""
    try:
        payload: Any = json.loads(base64.b64decode(work, validate=True)) if work else None
        is_right, _reason = verify_solution(payload, _key(settings), check_expires=True)
        return str(payload["challenge"])[:64] if is_right else ""
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        return ""


async def spend(session: AsyncSession, challenge_name: str) -> bool:
    """Whether this challenge was never used before; from now on it is."""
    if not challenge_name:
        return False
    return await take(session, f"sum:{challenge_name}", _ONCE, clock.now()) is None


def _key(settings: Settings) -> str:
    return secrets_of(settings).keyed_hash("small sum", "altcha")
