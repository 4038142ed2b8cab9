"""`rapport commenter …`: what is known of one commenter, taken out for them or forgotten."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.cli.consoles import out
from app.cli.context import run
from app.core.secrets import secrets_of
from app.discussions.personal import (
    OwnWords,
    comments_of,
    forget_author,
    forget_comments,
    own_words,
)
from app.notifications.personal import own_following
from app.settings import Settings
from app.web.rendering import TEMPLATES_LOADED
from app.work import Doors

commands = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Email = Annotated[str, typer.Argument(help="The address they commented with.")]

_AT_ONCE = 100


@commands.command()
def export(
    email: Email,
    page: Annotated[
        Path | None, typer.Option("--html", help="Write a plain HTML page here as well.")
    ] = None,
) -> None:
    """Print all that is known of a commenter as JSON.

    Example: rapport commenter export gwen@example.org --html gwen.html > gwen.json
    """

    async def task(doors: Doors, settings: Settings) -> tuple[list[OwnWords], list[dict[str, Any]]]:
        async with doors.reading(slow=True) as db:
            words = await own_words(
                db, OWNER_AT_THE_MACHINE, secrets_of(settings), email, settings.base_url
            )
            return words, await own_following(db, email)

    said, follows = run(task)
    if page is not None:
        template = TEMPLATES_LOADED.get_template("personal/export.html")
        page.write_text(template.render(email=email, said=said), encoding="utf-8")
    words = [asdict(one) for one in said]
    known = {"email": email, "comments": words, "new_posts": follows}
    print(json.dumps(known, ensure_ascii=False, indent=2, default=_text))


@commands.command()
def erase(
    email: Email,
    texts: Annotated[
        str, typer.Option(help="What becomes of their public comments: keep or remove.")
    ] = "keep",
) -> None:
    """Forget a commenter: name, address, website and what is not public. Can't be taken back.

    Example: rapport commenter erase gwen@example.org --texts remove
    """
    if texts not in ("keep", "remove"):
        raise typer.BadParameter("keep or remove", param_hint="--texts")

    async def task(doors: Doors, settings: Settings) -> int:
        secrets = secrets_of(settings)
        async with doors.reading(slow=True) as db:
            ids = await comments_of(db, OWNER_AT_THE_MACHINE, secrets, email)
        for start in range(0, len(ids), _AT_ONCE):
            async with doors.unit_of_work() as db:
                await forget_comments(
                    db, OWNER_AT_THE_MACHINE, ids[start : start + _AT_ONCE], keep_texts=texts == "keep"
                )  # fmt: skip
        async with doors.unit_of_work() as db:
            await forget_author(db, OWNER_AT_THE_MACHINE, secrets, email)
        return len(ids)

    out.print(f"Forgotten, with {run(task)} comments.")


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
