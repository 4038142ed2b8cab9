"""`rapport`: the program's commands, and the one place where their errors become a sentence."""

import sys

import typer

from app.cli.lazily import Found, group_of
from app.core.errors import AppError

# What is not called is not loaded: its sentence must stand here, too.
COMMANDS = {
    "serve": Found("app.cli.running", "serve", "Serve the website."),
    "worker": Found(
        "app.cli.running",
        "worker",
        "Do the jobs and keep the schedules, beside a website that is served with --no-jobs.",
    ),
    "upgrade": Found(
        "app.cli.site",
        "upgrade",
        "Bring the database's schema up to date; on SQLite a copy is kept first.",
    ),
    "backup": Found(
        "app.cli.keeping",
        "backup",
        "Write the whole site into one file: database, uploads and secret, of one moment, sealed.",
    ),
    "restore": Found(
        "app.cli.keeping",
        "restore",
        "Bring the site of a backup into an empty database and an empty folder of files.",
    ),
    "doctor": Found(
        "app.cli.site",
        "doctor",
        "Check settings, database, files, jobs, mail, Akismet, backup and clock; exit 1 when something is wrong.",
    ),
    "demo": Found("app.cli.site", "demo", "Fill an empty database with a small believable site."),
    "post": Found(
        "app.cli.posts",
        "commands",
        "Write, change, trash and list posts, and whom their links were announced to.",
    ),
    "moderate": Found("app.cli.moderating", "commands", "Decide about comments and linkbacks."),
    "jobs": Found("app.cli.jobs", "commands", "What waits to be done, and doing it now."),
    "user": Found("app.cli.users", "commands", "Make accounts, give roles and passwords."),
    "spam-filter": Found("app.cli.spam_filter", "commands", "The filter that learns here."),
    "commenter": Found(
        "app.cli.commenters", "commands", "What is known of a commenter: export, erase."
    ),
    "import": Found("app.cli.porting", "importing", "Bring a site in."),
    "export": Found("app.cli.porting", "exporting", "Take the site with you."),
}

program = typer.Typer(
    name="rapport",
    cls=group_of(COMMANDS),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)


@program.callback()
def _rapport() -> None:
    """A blog and the community around it."""


def main() -> None:
    """Run a command: exit 0 done, 1 failed, 2 wrong use."""
    try:
        program()
    except AppError as error:
        print(error.detail, file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        print(_in_words(error), file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)


def _in_words(error: OSError) -> str:
    """What the system refused, and of which file; its number tells nobody anything."""
    says = error.strerror or str(error)
    return f"{error.filename}: {says}" if error.filename else says
