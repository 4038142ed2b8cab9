"""The table of permissions, row by row."""

import pytest

from app.accounts.actor import VISITOR, Actor, Role
from app.accounts.policy import (
    keeps_an_owner,
    may_act_on,
    may_change_roles,
    may_have_account_page,
    may_have_application_passwords,
    may_judge_authors,
    may_moderate,
    may_moderate_under,
    may_read_log_of,
    may_run_the_site,
    may_see_addresses,
    may_see_emails,
    may_write_every_post,
    may_write_posts,
)
from app.core.answers import Answer, require
from app.core.errors import Forbidden, SignInNeeded

OWN, OTHER = 7, 8


def somebody(*roles: Role) -> Actor:
    return Actor(user_id=OWN, name="Somebody", roles=frozenset(roles))


WHO = {
    "visitor": VISITOR,
    "member": somebody(),
    "author": somebody(Role.AUTHOR),
    "editor": somebody(Role.EDITOR),
    "moderator": somebody(Role.MODERATOR),
    "owner": somebody(Role.OWNER),
}
# Each row: what, and whether visitor, member, author, editor, moderator, owner may.
TABLE = {
    "own account": (may_have_account_page, "–✓✓✓✓✓"),
    "application passwords": (may_have_application_passwords, "––✓✓✓✓"),
    "write posts": (may_write_posts, "––✓✓–✓"),
    "write all posts": (may_write_every_post, "–––✓–✓"),
    "moderate everywhere": (may_moderate, "––––✓✓"),
    "moderate on own posts": (lambda who: may_moderate_under(who, [OWN]), "––✓–✓✓"),
    "moderate on others' posts": (lambda who: may_moderate_under(who, [OTHER]), "––––✓✓"),
    "see e-mail addresses": (may_see_emails, "––––✓✓"),
    "see network addresses": (may_see_addresses, "––––✓✓"),
    "block, watch, trust": (may_judge_authors, "––––✓✓"),
    "settings, roles, keys": (may_run_the_site, "–––––✓"),
    "change a member's roles": (lambda who: may_change_roles(who, []), "–––––✓"),
    "change an owner's roles": (lambda who: may_change_roles(who, [Role.OWNER]), "–––––✓"),
    "log of own actions": (lambda who: may_read_log_of(who, OWN), "––––✓✓"),
    "full log": (lambda who: may_read_log_of(who, OTHER), "–––––✓"),
    "act on a member": (lambda who: may_act_on(who, []), "✓✓✓✓✓✓"),
    "act on an author": (lambda who: may_act_on(who, [Role.AUTHOR]), "––✓✓✓✓"),
    "act on a moderator": (lambda who: may_act_on(who, [Role.MODERATOR]), "–––✓✓✓"),
    "act on an owner": (lambda who: may_act_on(who, [Role.AUTHOR, Role.OWNER]), "–––––✓"),
}


@pytest.mark.parametrize("row", TABLE)
def test_the_table_says_who_may(row: str) -> None:
    may, expected = TABLE[row]

    answers = "".join("✓" if may(who) else "–" for who in WHO.values())

    assert answers == expected


def test_roles_combine() -> None:
    both = somebody(Role.AUTHOR, Role.MODERATOR)

    assert may_moderate(both)
    assert may_write_posts(both)
    assert not may_write_every_post(both)


@pytest.mark.parametrize(
    ("has", "wanted", "other_owners", "keeps"),
    [
        ([], [Role.MODERATOR], 0, True),
        ([Role.OWNER], [Role.AUTHOR], 1, True),
        ([Role.OWNER], [Role.AUTHOR], 0, False),
        ([Role.OWNER], [Role.OWNER, Role.AUTHOR], 0, True),
    ],
)
def test_one_owner_always_stays(
    has: list[Role], wanted: list[Role], other_owners: int, keeps: bool
) -> None:
    assert keeps_an_owner(has, wanted, other_owners=other_owners) == keeps


@pytest.mark.parametrize(("who", "error"), [("visitor", SignInNeeded), ("member", Forbidden)])
def test_a_visitor_is_asked_to_sign_in_and_a_member_is_told_why_not(
    who: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match="Only moderators"):
        require(may_moderate(WHO[who]))


def test_a_no_has_a_reason() -> None:
    answers: list[Answer] = [may(who) for may, _ in TABLE.values() for who in WHO.values()]

    assert all(answer.reason.endswith(".") for answer in answers if not answer)
