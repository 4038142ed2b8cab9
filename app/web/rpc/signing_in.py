"""Who calls: an e-mail address or login, and an application password. The account's own is never taken."""

from app.accounts.actor import Actor
from app.accounts.application_passwords import find_program, note_use
from app.accounts.sign_in import too_many
from app.accounts.throttle import count_try
from app.core import clock
from app.core.i18n import _
from app.core.secrets import Secrets
from app.core.xml_rpc import Fault
from app.work import Doors

# WordPress's code.
WRONG_SIGN_IN = 403


async def sign_in(doors: Doors, secrets: Secrets, address: str, name: str, password: str) -> Actor:
    """Who that is, with the roles of this moment. Raises Fault, the same for unknown names; TooMany.

    Only what was wrong is counted. Nobody guesses 142 bits at any rate, robots try names all day long
    at this door, and whoever has the password must not be kept out by them.
    """
    async with doors.reading() as session:
        program = await find_program(session, name, password)
    if program is None:
        async with doors.unit_of_work() as session:
            wait = await count_try(session, secrets, "program", name, address, clock.now())
        if wait is not None:
            raise too_many(wait)
        raise Fault(
            WRONG_SIGN_IN,
            _(
                "This name and this password do not belong together. What is asked for is an application"
                " password from the page of your account: the account's own password is not taken here."
            ),
        )
    if program.is_use_to_note:
        async with doors.unit_of_work() as session:
            await note_use(session, program.password_id)
    return program.actor
