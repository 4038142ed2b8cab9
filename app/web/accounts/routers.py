"""Signing in, and what is one's own below `/account/`, in the order in which addresses are looked for."""

from app.web.accounts import (
    account,
    api_tokens,
    application_passwords,
    inviting,
    letters,
    new_password,
    own_data,
    people,
    second_factor,
    setup,
    signing_in,
    signing_up,
)

ACCOUNTS = (
    signing_in.router,
    signing_up.router,
    account.router,
    second_factor.router,
    application_passwords.router,
    api_tokens.router,
    people.router,
    inviting.router,
    new_password.router,
    own_data.router,
    setup.router,
    letters.router,
)
