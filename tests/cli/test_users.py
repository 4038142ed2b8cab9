"""`rapport user …`, and the demo's sign-in."""

import json
import os
import stat
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from tests.conftest import Serve
from tests.visiting import rapport

ADA = "ada@example.org"


def test_an_account_is_made_given_roles_and_listed(here: dict[str, str]) -> None:
    added = rapport(
        "user", "add", ADA, "--name", "Ada", "--role", "owner", "--role", "author",
        "--password-stdin", environment=here, typed="correct horse battery\n",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    again = rapport("user", "add", ADA.upper(), "--name", "Ada", environment=here)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)

    rapport("user", "add", "bob@example.org", "--name", "Bob", environment=here)
    changed = rapport(
        "user", "role", "bob@example.org", "--add", "moderator", "--json", environment=here
    )
    assert json.loads(changed.stdout)[0]["roles"] == ["moderator"]

    listed = json.loads(rapport("user", "list", "--json", environment=here).stdout)
    assert [(u["email"], u["roles"], u["has_password"]) for u in listed] == [
        (ADA, ["author", "owner"], True),
        ("bob@example.org", ["moderator"], False),
    ]
    assert "password_hash" not in str(listed)


def test_the_last_owner_stays_one(here: dict[str, str]) -> None:
    rapport("user", "add", ADA, "--name", "Ada", "--role", "owner", environment=here)

    refused = rapport("user", "role", ADA, "--remove", "owner", environment=here)

    assert refused.returncode == 1
    assert "The last owner stays one" in refused.stderr


def test_a_password_is_made_up_and_printed_once(here: dict[str, str]) -> None:
    rapport("user", "add", ADA, "--name", "Ada", environment=here)

    done = rapport("user", "password", ADA, environment=here)

    assert done.returncode == 0
    assert len(done.stdout.strip()) == 23
    assert done.stdout.strip() not in rapport("user", "list", "--json", environment=here).stdout


def test_a_password_for_a_program_is_printed_once(here: dict[str, str]) -> None:
    rapport("user", "add", ADA, "--name", "Ada", environment=here)
    ask = ("user", "app-password", ADA, "--name", "Editor")

    refused = rapport(*ask, environment=here)
    rapport("user", "role", ADA, "--add", "author", environment=here)
    made = rapport(*ask, environment=here)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "has a role here" in refused.stderr
    assert made.returncode == 0
    assert [len(group) for group in made.stdout.split()] == [4] * 6


@pytest.mark.parametrize(
    ("arguments", "typed", "code"),
    [
        (("add", "no address", "--name", "Ada"), "", 1),
        (("add", "x@example.org", "--name", " "), "", 1),
        (("add", "x@example.org", "--name", "X", "--role", "king"), "", 2),
        (("add", "x@example.org", "--name", "X", "--password-stdin"), "short\n", 1),
        (("password", "nobody@example.org"), "", 1),
        (("role", "nobody@example.org"), "", 2),
        (("second-factor", "nobody@example.org", "--off"), "", 1),
        (("take-passwords", "/no/such/file.csv"), "", 1),
    ],
)
def test_what_can_not_be_done_is_one_sentence(
    here: dict[str, str], arguments: tuple[str, ...], typed: str, code: int
) -> None:
    done = rapport("user", *arguments, environment=here, typed=typed)

    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stderr


def test_passwords_of_an_old_site_are_taken_over_once(here: dict[str, str], tmp_path: Path) -> None:
    rapport("user", "add", ADA, "--name", "Ada", environment=here)
    file = tmp_path / "users.csv"
    kept = "$P$B55D6LjfHDkINU5wF.v2BuuzO0/XPk/"
    file.write_text(f"user_login,user_pass\nada,{kept}\nnobody,{kept}\nroot,plain\n")

    first = rapport("user", "take-passwords", str(file), environment=here)
    second = rapport("user", "take-passwords", str(file), environment=here)

    assert first.stdout.startswith("1 of 3"), first.stderr
    assert second.stdout.startswith("0 of 3")


def test_the_demo_has_an_owner_whose_sign_in_is_printed(
    here: dict[str, str], settings: Settings, serve: Serve
) -> None:
    made = rapport("demo", environment=here)
    assert made.returncode == 0, made.stderr
    file = settings.data / "demo-sign-in.txt"
    email, password = file.read_text().split()
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600

    refused = rapport("demo", environment=here)
    assert refused.returncode == 1
    assert file.read_text().split() == [email, password]

    server = serve()
    answer = httpx.post(
        f"{server.url}/account/sign-in",
        data={"email": email, "password": password},
        trust_env=False,
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/mod/")
    assert password in server.printed()
    assert "no owner yet" not in server.printed()
