"""Passwords as we keep them, and as WordPress did."""

import base64
import hashlib
import hmac

import bcrypt
import pytest

from app.accounts.passwords import check_password, hash_password, is_known_kind

pytestmark = pytest.mark.anyio

LONG = "a" * 100
# Made by WordPress's own code.
PHPASS = "$P$B55D6LjfHDkINU5wF.v2BuuzO0/XPk/"


def php_bcrypt(password: str) -> str:
    """As PHP's `password_hash` writes it."""
    return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$")


def wordpress_68(password: str) -> str:
    """As `wp_hash_password` has written it since WordPress 6.8."""
    digest = hmac.new(b"wp-sha384", password.encode(), hashlib.sha384).digest()
    return "$wp" + php_bcrypt(base64.b64encode(digest).decode())


async def test_our_own_are_argon2id_and_each_has_its_salt() -> None:
    first, second = await hash_password("pässword 1"), await hash_password("pässword 1")

    assert first.startswith("$argon2id$")
    assert first != second
    assert (await check_password("pässword 1", first)).is_right
    assert not (await check_password("passwort 1", first)).is_right
    assert (await check_password("pässword 1", first)).new_hash == ""


@pytest.mark.parametrize(
    ("password", "kept"),
    [
        ("test", PHPASS),
        ("test", PHPASS.replace("$P$", "$H$")),
        ("pässword", php_bcrypt("pässword")),
        (LONG, php_bcrypt(LONG)),
        ("pässword", wordpress_68("pässword")),
        (LONG, wordpress_68(LONG)),
    ],
)
async def test_wordpress_passwords_open_and_get_a_hash_of_ours(password: str, kept: str) -> None:
    right, wrong = await check_password(password, kept), await check_password("x" + password, kept)

    assert right.is_right
    assert right.new_hash.startswith("$argon2id$")
    assert (await check_password(password, right.new_hash)).is_right
    assert (wrong.is_right, wrong.new_hash) == (False, "")


@pytest.mark.parametrize(
    "kept", ["", "x", "$P$", "$wp$2y$10$short", "$2y$10$x", "$argon2id$broken", "plain", "$1$ab$c"]
)
async def test_what_is_no_hash_opens_nothing(kept: str) -> None:
    for password in ("", "plain", kept):
        assert not (await check_password(password, kept)).is_right


def test_only_kinds_that_could_ever_open_are_taken_from_an_export() -> None:
    assert all(map(is_known_kind, (PHPASS, php_bcrypt("x"), wordpress_68("x"), "$argon2id$v=19$m")))
    assert not any(map(is_known_kind, ("", "plain", "5f4dcc3b5aa765d61d8327deb882cf99")))
