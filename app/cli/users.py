"""`rapport user …`: accounts, from the machine itself."""

import csv
import json
import secrets
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import actions
from app.accounts.actions import NewUser
from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.accounts.application_passwords import add_application_password
from app.accounts.models import User
from app.accounts.passwords import LONGEST, SHORTEST, hash_password
from app.accounts.queries import find_user, people
from app.cli.consoles import out
from app.cli.context import fail, run
from app.core.errors import NotFound
from app.core.i18n import _
from app.settings import Settings
from app.work import Doors

commands = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Email = Annotated[str, typer.Argument(help="E-mail address, or login.")]
Roles = Annotated[list[Role] | None, typer.Option(help="A role; may be given several times.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from stdin, one line.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

# Letters and digits that nobody takes for each other.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 5


@commands.command()
def add(
    email: Annotated[str, typer.Argument(help="E-mail address: the one they sign in with.")],
    name: Annotated[str, typer.Option(help="Name, as it stands beside what they write.")],
    role: Roles = None,
    password_stdin: FromStdin = False,
    as_json: Json = False,
) -> None:
    """Make an account; without --password-stdin it gets no password yet, see `rapport user password`.

    Example: rapport user add ines@example.org --name "Ines Marlow" --role moderator
    """
    password = _typed_password() if password_stdin else ""

    async def task(doors: Doors, _settings: Settings) -> dict[str, Any]:
        new = NewUser(
            email=email,
            name=name,
            roles=frozenset(role or ()),
            password_hash=await hash_password(password) if password else "",
        )
        async with doors.unit_of_work() as db:
            return _told(await actions.add_user(db, OWNER_AT_THE_MACHINE, new))

    _print([run(task)], as_json)


@commands.command("list")
def list_users(as_json: Json = False) -> None:
    """List everybody with an account.

    Example: rapport user list --json
    """

    async def task(doors: Doors, _settings: Settings) -> list[dict[str, Any]]:
        async with doors.reading() as db:
            return [_told(user) for user in await people(db)]

    _print(run(task), as_json)


@commands.command("role")
def change_role(
    email: Email,
    add: Annotated[list[Role] | None, typer.Option(help="Give this role.")] = None,
    remove: Annotated[list[Role] | None, typer.Option(help="Take this role.")] = None,
    as_json: Json = False,
) -> None:
    """Give and take roles; they count from the next request on. The last owner stays one.

    Example: rapport user role ada@example.org --add editor --remove author
    """
    if not add and not remove:
        fail("Say which role: --add or --remove.", code=2)

    async def task(doors: Doors, _settings: Settings) -> dict[str, Any]:
        async with doors.unit_of_work() as db:
            user = await _get(db, email)
            changed = await actions.change_roles(
                db, OWNER_AT_THE_MACHINE, user.id, add=add or (), remove=remove or ()
            )
            return _told(changed)

    _print([run(task)], as_json)


@commands.command("password")
def change_password(email: Email, password_stdin: FromStdin = False) -> None:
    """Choose another password; every browser is signed out. Without --password-stdin one is made and printed once.

    Example: rapport user password ada@example.org
    """
    password = _typed_password() if password_stdin else made_up_password()

    async def task(doors: Doors, _settings: Settings) -> None:
        password_hash = await hash_password(password)
        async with doors.unit_of_work() as db:
            user = await _get(db, email)
            await actions.set_password(db, OWNER_AT_THE_MACHINE, user.id, password_hash)

    run(task)
    if password_stdin:
        out.print("The password is changed.")
    else:
        print(password)


@commands.command("app-password")
def make_application_password(
    email: Email,
    name: Annotated[str, typer.Option(help="What the program is called.")],
) -> None:
    """Make a password for a program that writes here for somebody, and print it once.

    Example: rapport user app-password ada@example.org --name "MarsEdit at home"
    """

    async def task(doors: Doors, _settings: Settings) -> str:
        async with doors.unit_of_work() as db:
            user = await _get(db, email)
            return await add_application_password(db, OWNER_AT_THE_MACHINE, user.id, name)

    print(run(task))


@commands.command("take-passwords")
def take_passwords(
    file: Annotated[Path, typer.Argument(help="CSV with user_login and user_pass; - is stdin.")],
) -> None:
    """Let people imported from WordPress sign in with the passwords they had there.

    Only people who are here and have no password yet get theirs. On the old site run:
    wp user list --fields=user_login,user_pass --format=csv > users.csv

    Example: rapport user take-passwords users.csv
    """
    text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8-sig")
    rows = csv.DictReader(text.splitlines())
    hashes = {row.get("user_login") or "": row.get("user_pass") or "" for row in rows}

    async def task(doors: Doors, _settings: Settings) -> int:
        async with doors.unit_of_work() as db:
            return await actions.take_old_hashes(db, OWNER_AT_THE_MACHINE, hashes)

    number = run(task)
    out.print(f"{number} of {len(hashes)} can sign in with their old password now.")


@commands.command("second-factor")
def second_factor(
    email: Email,
    off: Annotated[bool, typer.Option("--off", help="Ask for no code any more.")] = False,
) -> None:
    """Switch somebody's second factor off, when the app that makes their codes is lost.

    Example: rapport user second-factor ada@example.org --off
    """
    if not off:
        fail("It can only be switched off here; on, everybody switches it on themselves.", code=2)

    async def task(doors: Doors, _settings: Settings) -> None:
        async with doors.unit_of_work() as db:
            user = await _get(db, email)
            await actions.set_second_factor(db, OWNER_AT_THE_MACHINE, user.id, secret="")

    run(task)
    out.print("No code is asked for any more.")


def made_up_password() -> str:
    """About 99 random bits that can be read aloud."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def _typed_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not SHORTEST <= len(password) <= LONGEST:
        fail(f"A password has {SHORTEST} to {LONGEST} characters.")
    return password


async def _get(db: AsyncSession, typed: str) -> User:
    user = await find_user(db, typed)
    if user is None:
        raise NotFound(_("There is nobody with this address or login."))
    return user


def _told(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "login": user.login,
        "email": user.email,
        "name": user.name,
        "roles": user.roles,
        "has_password": bool(user.password_hash),
        "has_second_factor": bool(user.totp_secret),
    }


def _print(users: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print(json.dumps(users, ensure_ascii=False, indent=2))
        return
    for user in users:
        roles = ", ".join(user["roles"]) or "member"
        out.print(
            f"{user['id']:>6}  {user['email'] or user['login']:32}  {roles:24}  {user['name']}",
            markup=False,
        )
    if not users:
        out.print('Nobody has an account yet. Make one with: rapport user add EMAIL --name "…"')
