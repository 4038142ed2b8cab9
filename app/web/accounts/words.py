"""Words for the account pages: what a browser is called, what a role is called, what was just done."""

from collections.abc import Iterable

from app.accounts.actor import Role
from app.accounts.models import ModerationMail, SignUpMode
from app.core.i18n import _, marked

# Each names itself beside the older ones it wants to be taken for, so the first found is right.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
_ROLES = {
    Role.AUTHOR: marked("author"),
    Role.EDITOR: marked("editor"),
    Role.MODERATOR: marked("moderator"),
    Role.OWNER: marked("owner"),
}
_MAY = {
    Role.AUTHOR: marked("Writes posts of their own, and decides about what is said under them."),
    Role.EDITOR: marked("Changes and publishes every post, and decides about no comments."),
    Role.MODERATOR: marked("Decides about all comments and linkbacks, and about who writes them."),
    Role.OWNER: marked("Decides about everything, and about who has which role."),
}
_MAILED = {
    ModerationMail.AT_ONCE: marked("At once, whenever something comes to wait"),
    ModerationMail.HOURLY: marked("The first thing at once, then at most one letter an hour"),
    ModerationMail.DAILY: marked("The first thing at once, then at most one letter a day"),
    ModerationMail.NONE: marked("Not at all"),
}
_SIGN_UP = {
    SignUpMode.CLOSED: marked("Nobody"),
    SignUpMode.INVITATION: marked("Whoever was invited"),
    SignUpMode.OPEN: marked("Everybody"),
}
_SIGN_UP_SAYS = {
    SignUpMode.CLOSED: marked(
        "Accounts are made on the command line alone: rapport user add EMAIL"
    ),
    SignUpMode.INVITATION: marked("Members hand out links, each for a few people and some days."),
    SignUpMode.OPEN: marked("By anybody with an e-mail address, who proves that it is theirs."),
}
_DONE = {
    "notices": marked("Noted: you hear of things like this from now on."),
    "mail": marked("Noted: that often you will be mailed what waits."),
    "roles": marked("The roles are changed. They count from the next page on."),
    "name": marked("Your name is changed."),
    "password": marked("Your password is changed. Every other browser was signed out."),
    "session": marked("That browser is signed out."),
    "sessions": marked("Every other browser is signed out."),
    "program": marked(
        "That password is revoked: the program that has it can do nothing here any more."
    ),
    "token": marked("That token is revoked: the program that has it can do nothing here any more."),
    "welcome": marked(
        "Welcome! Your account is made, and you are signed in. Say who you are, if you like."
    ),
    "sign-up": marked("Noted. It counts from now on."),
    "groups": marked("Kept: that is who begins groups from now on."),
    "invitation": marked("That invitation is revoked: nobody comes in by it any more."),
    "data": marked("A file of your data is being made. It will be here within minutes."),
    "profile": marked("Your profile is kept."),
    "photo": marked("Your photo is shown to whom you chose."),
    "no-photo": marked("Your photo is deleted."),
    "figures": marked("Your choices are kept."),
    "blocked": marked("You will see nothing of each other any more."),
    "unblocked": marked("You may see each other again."),
    "factor-on": marked("From now on you are asked for a code when you sign in."),
    "factor-off": marked("You are no longer asked for a code."),
}
_LONGEST = 60


def browser_name(agent: str) -> str:
    """`Firefox on Linux`, or what the browser calls itself."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or agent[:_LONGEST] or _("An unknown browser")


def role_names(roles: Iterable[Role]) -> tuple[str, ...]:
    """Roles as people say them, the lowest first."""
    return tuple(_(_ROLES[role]) for role in Role if role in frozenset(roles))


def role_name(role: Role) -> str:
    """A role as people say it."""
    return _(_ROLES[role])


def role_may(role: Role) -> str:
    """What somebody with a role does here, in a sentence."""
    return _(_MAY[role])


def mailed_how_often(often: ModerationMail) -> str:
    """How often moderators are mailed what waits, in words."""
    return _(_MAILED[often])


def sign_up_name(mode: SignUpMode) -> str:
    """Who may sign up, in a word."""
    return _(_SIGN_UP[mode])


def sign_up_says(mode: SignUpMode) -> str:
    """How they do, in a sentence."""
    return _(_SIGN_UP_SAYS[mode])


def said_done(what: str) -> str:
    """What was just done, as a sentence; nothing for what is not known."""
    return _(_DONE[what]) if what in _DONE else ""
