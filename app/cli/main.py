"""`rapport`: the program's commands, and the one place where their errors become a sentence."""

import sys

import click
import typer

from app.cli import commenters, jobs, moderating, porting, posts, running, site, spam_filter, users
from app.core.errors import AppError

program = typer.Typer(
    name="rapport",
    help="A blog and the community around it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
program.command()(running.serve)
program.command()(running.worker)
program.command()(site.upgrade)
program.command()(site.doctor)
program.command()(site.demo)
program.add_typer(posts.commands, name="post", help="Write, change, trash and list posts.")
program.add_typer(moderating.commands, name="moderate", help="Decide about comments and linkbacks.")
program.add_typer(jobs.commands, name="jobs", help="What waits to be done, and doing it now.")
program.add_typer(users.commands, name="user", help="Make accounts, give roles and passwords.")
program.add_typer(spam_filter.commands, name="spam-filter", help="The filter that learns here.")
program.add_typer(
    commenters.commands, name="commenter", help="What is known of a commenter: export, erase."
)
program.add_typer(porting.importing, name="import", help="Bring a site in.")
program.add_typer(porting.exporting, name="export", help="Take the site with you.")


def main() -> None:
    """Run a command: exit 0 done, 1 failed, 2 wrong use."""
    try:
        program()
    except AppError as error:
        print(error.detail, file=sys.stderr)
        sys.exit(1)
    except (OSError, click.ClickException) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)
