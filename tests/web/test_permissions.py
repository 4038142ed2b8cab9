"""Who may do what, as a table: each row one request, each column somebody, in the cells what they are answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from app.accounts.actor import Role
from app.accounts.models import User
from app.core import clock
from app.core.secrets import new_token, secrets_of
from app.discussions.models import Comment, CommentStatus
from app.moderation.authors import author_of_key, key_of_email
from app.moderation.models import AuthorKey
from app.posts.models import Post
from app.resources.models import Access, Resource
from app.settings import Settings
from app.web.admin.settings_forms import FORMS
from app.web.comments.own_addresses import own_address
from app.work import Doors
from tests.conftest import SignedIn
from tests.resources.lending import a_resource
from tests.web.commenting import hidden_fields
from tests.world import a_comment, a_draft, a_member, a_post, an_author, an_author_key

pytestmark = pytest.mark.anyio

WHO: Mapping[str, tuple[Role, ...]] = {
    "member": (),
    "author, own post": (Role.AUTHOR,),
    "author, other's post": (Role.AUTHOR,),
    "editor, own post": (Role.EDITOR,),
    "editor, other's post": (Role.EDITOR,),
    "moderator": (Role.MODERATOR,),
    "owner": (Role.OWNER,),
}


@dataclass(frozen=True)
class Scene:
    """A comment that waits, by an author who has a key, under a published post; and a draft beside it."""

    post: Post
    draft: Post
    comment: Comment
    author: AuthorKey
    own: str
    resource: Resource


@dataclass(frozen=True)
class Ask:
    """A request; most are about nothing in the scene, which need not be set up for them then."""

    send: Callable[[httpx.AsyncClient, Scene | None], Any]
    is_about_scene: bool


def get(address: str) -> Ask:
    return Ask(lambda client, scene: client.get(address.format(scene=scene)), "{scene" in address)


def post(address: str, **fields: str) -> Ask:
    return Ask(
        lambda client, scene: client.post(
            address.format(scene=scene),
            data={name: value.format(scene=scene) for name, value in fields.items()},
        ),
        any("{scene" in words for words in (address, *fields.values())),
    )


async def say(client: httpx.AsyncClient, scene: Scene | None) -> httpx.Response:
    """Comment as whoever this is."""
    assert scene
    page = await client.get(scene.post.path or "")
    typed = {"author": "Gwen", "email": "gwen@example.org", "comment": "It is green, not red."}
    return await client.post(
        f"{scene.post.path}comment", data={**hidden_fields(page.text), **typed}
    )


ABOUT_IT, ABOUT_AUTHOR = "/mod/comments/{scene.comment.id}", "/mod/authors/{scene.author.id}"
HERE, THEIR_LINKS = "{scene.comment.id}", "/admin/links/{scene.post.id}/"
THEIR_RESOURCE = "/write/resources/{scene.resource.id}/"
# Columns: visitor, member, author of the post, author of another, editor of their own, of another, moderator, owner.
UNDER_OWN = (401, 403, 303, 403, 403, 403, 303, 303)
MODERATORS, MODERATORS_SEE = (401, *(403,) * 5, 303, 303), (401, *(403,) * 5, 200, 200)
OWNERS, OWNERS_SEE, OWNERS_TRY = ((401, *(403,) * 6, status) for status in (303, 200, 422))
TABLE: Mapping[str, tuple[Ask, tuple[int, ...]]] = {
    "read a post": (get("{scene.post.path}"), (200,) * 8),
    "read a feed": (get("/comments/feed/"), (200,) * 8),
    "comment": (Ask(say, is_about_scene=True), (303,) * 8),
    "edit one's own": (post("{scene.own}text", comment="It is red."), (303,) * 8),
    "withdraw one's own": (post("{scene.own}withdrawal"), (303,) * 8),
    "be mailed answers": (post("{scene.own}following"), (303,) * 8),
    "edit with a wrong secret": (post("/c/{scene.comment.id}/x/text", comment="Mine"), (404,) * 8),
    "see one's account": (get("/account/"), (401, *(200,) * 7)),
    "rename oneself": (post("/account/name", name="Bo"), (401, *(303,) * 7)),
    "see one's application passwords": (get("/account/application-passwords"), (401, 403, *(200,) * 6)),
    "make one": (post("/account/application-passwords", name="x", password="x"), (401, 403, *(422,) * 6)),
    "revoke another's": (post("/account/application-passwords/0/revocation"), (401, 403, *(404,) * 6)),
    "open the queue": (get("/mod/"), (401, 403, 200, 200, 403, 403, 200, 200)),
    "look at a comment": (get(ABOUT_IT), (401, 403, 200, 404, 403, 403, 200, 200)),
    "approve": (post(f"{ABOUT_IT}/approval", version="1"), UNDER_OWN),
    "call spam": (post(f"{ABOUT_IT}/spam", version="1"), UNDER_OWN),
    "remove": (post(f"{ABOUT_IT}/removal", reason="rude"), UNDER_OWN),
    "hold": (post(f"{ABOUT_IT}/hold", version="1"), UNDER_OWN),
    "answer": (post(f"{ABOUT_IT}/answer", text="Yes."), UNDER_OWN),
    "edit another's": (post(f"{ABOUT_IT}/edition", text="No."), UNDER_OWN),
    "close a discussion": (post(f"{ABOUT_IT}/lock", locked="1"), UNDER_OWN),
    "move to a post that is nobody's": (post(f"{ABOUT_IT}/place", post="0"), (401, 403, 422, 404, 403, 403, 422, 422)),
    "claim": (post(f"{ABOUT_IT}/claim", version="1"), MODERATORS),
    "assign": (post(f"{ABOUT_IT}/assignment", to=""), MODERATORS),
    "warn": (post(f"{ABOUT_IT}/warning", text="Please be kind."), UNDER_OWN),
    "block": (post(f"{ABOUT_AUTHOR}/standing", standing="block", comment=HERE), MODERATORS),
    "watch": (post(f"{ABOUT_AUTHOR}/standing", standing="watch", comment=HERE), MODERATORS),
    "trust": (post(f"{ABOUT_AUTHOR}/standing", standing="trust", comment=HERE), MODERATORS),
    "note": (post(f"{ABOUT_AUTHOR}/notes", text="Calm.", comment=HERE), MODERATORS),
    "look before many": (post("/mod/batches/preview", verb="spam", chosen=HERE), MODERATORS_SEE),
    "decide about many": (post("/mod/batches", verb="spam", chosen=HERE), MODERATORS),
    "read the log": (get("/mod/log/"), MODERATORS_SEE),
    "read the outbox": (get("/mod/outbox/"), MODERATORS_SEE),
    "see who has which role": (get("/admin/people/"), (401, *(403,) * 6, 200)),
    "see one's roles": (get("/admin/people/1/"), (401, *(403,) * 6, 200)),
    "change one's roles": (post("/admin/people/1/roles", password="x"), (401, *(403,) * 6, 422)),
    "see how the site is": (get("/admin/"), OWNERS_SEE),
    "see the first steps": (get("/admin/start/"), OWNERS_SEE),
    "have a letter mailed to try it": (post("/admin/start/mail"), OWNERS),
    "have Akismet asked for the key": (post("/admin/start/key"), OWNERS),
    "see the settings": (get("/admin/settings/"), OWNERS_SEE),
    **{
        f"see the settings of {part}": (get(f"/admin/settings/{part}/"), OWNERS_SEE)
        for part in FORMS
    },
    **{
        f"change the settings of {part}": (post(f"/admin/settings/{part}/", title=""), OWNERS_TRY)
        for part in FORMS if part not in ("linkbacks", "appearance")
    },
    "switch the ways of links": (post("/admin/settings/linkbacks/", holds_links="1"), (401, *(403,) * 6, 409)),
    "choose a colour": (post("/admin/settings/appearance/", accent="x"), OWNERS_TRY),
    "choose a logo": (post("/admin/settings/appearance/logo", logo="x"), OWNERS_TRY),
    "take the logo away": (post("/admin/settings/appearance/logo/removal"), OWNERS),
    "see the permalinks": (get("/admin/settings/permalinks/"), OWNERS_SEE),
    "choose a scheme": (post("/admin/settings/permalinks/", to="x"), OWNERS_TRY),
    "have a change of addresses go on": (post("/admin/settings/permalinks/continuation"), OWNERS),
    "see the menus": (get("/admin/menus/"), OWNERS_SEE),
    "change the menus": (post("/admin/menus/", foot_1_label="x", foot_1_url="x"), OWNERS_TRY),
    "see the redirects": (get("/admin/redirects/"), OWNERS_SEE),
    "lead an address on": (post("/admin/redirects/", path="x"), OWNERS_TRY),
    "remove a redirect": (post("/admin/redirects/0/removal"), (401, *(403,) * 6, 404)),
    "read the log of changes": (get("/admin/log/"), MODERATORS_SEE),
    "see its health": (get("/admin/health"), (401, *(403,) * 6, 200)),
    "try a failed job once more": (post("/admin/health/jobs/4711/retry"), (401, *(403,) * 6, 409)),
    "try all failed jobs once more": (post("/admin/health/jobs/retry"), (401, *(403,) * 6, 303)),
    "see which links are told": (get("/admin/links/"), (401, 403, *(200,) * 4, 403, 200)),
    "see whom a post told": (get(THEIR_LINKS), (401, 403, 200, 403, 200, 200, 403, 200)),
    "tell them again": (post(f"{THEIR_LINKS}again"), (401, 403, 303, 403, 303, 303, 403, 303)),
    "switch links from elsewhere": (post("/admin/links/switches", holds_links="1"), (401, *(403,) * 6, 303)),
    "switch them for all posts": (post("/admin/links/all-posts", open="1"), (401, *(403,) * 6, 303)),
    "see the library": (get("/resources/"), (200,) * 8),
    "fill it": (get("/write/resources/"), (401, 403, *(200,) * 4, 403, 200)),
    "put something there": (post("/write/resources/", title="x"), (401, 403, *(422,) * 4, 403, 422)),
    "change another's": (post(f"{THEIR_RESOURCE}text", title="x"), (401, 404, 404, 404, 409, 409, 404, 409)),
    "retire another's": (post(f"{THEIR_RESOURCE}retirement", note="x"), (401, 404, 404, 404, 303, 303, 404, 303)),
    "fetch what is for members": (get("/resources/{scene.resource.slug}/download"), (404, *(303,) * 7)),
    "read a draft": (get("/?p={scene.draft.id}"), (404,) * 8),
}  # fmt: skip


async def set_up(doors: Doors, settings: Settings, author: User | None) -> Scene:
    async with doors.unit_of_work() as db:
        written = await a_post(db, by=author or await an_author(db, f"Nora {new_token()}"))
        draft = await a_draft(db)
        key = await an_author_key(db, f"{new_token()}@example.org")
        comment = await a_comment(
            db, under=written, status=CommentStatus.PENDING, author_key_id=key.id,
            author_email="gwen@example.org", author_ip="203.0.113.7",
        )  # fmt: skip
    resource = await a_resource(doors, settings, access=Access.MEMBERS)
    return Scene(written, draft, comment, key, own_address(settings, comment.id), resource)


@pytest.mark.parametrize("row", TABLE)
async def test_each_is_answered_as_the_table_says(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, signed_in: SignedIn, row: str
) -> None:
    ask, expected = TABLE[row]

    async def scene(author: User | None) -> Scene | None:
        return await set_up(doors, settings, author) if ask.is_about_scene else None

    answers = [await ask.send(visitor, await scene(None))]
    for column, roles in WHO.items():
        async with doors.unit_of_work() as db:
            user = await a_member(db, column, roles=roles)
        about = await scene(user if column.endswith("own post") else None)
        answers.append(await ask.send(await signed_in(user=user), about))

    columns = ("visitor", *WHO)
    said = {column: answer.status_code for column, answer in zip(columns, answers, strict=True)}
    assert said == dict(zip(columns, expected, strict=True))


async def test_roles_combine_so_an_editor_who_is_an_author_too_decides_under_their_own_posts(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        both = await a_member(db, "Both", roles=[Role.EDITOR, Role.AUTHOR])
    own, other = await set_up(doors, settings, both), await set_up(doors, settings, None)
    client = await signed_in(user=both)

    queue = (await client.get("/mod/")).text

    assert f'id="case-{own.comment.id}"' in queue
    assert f'id="case-{other.comment.id}"' not in queue
    assert (
        await client.post(f"/mod/comments/{own.comment.id}/hold", data={"back": "/mod/"})
    ).status_code == 303
    assert (
        await client.post(f"/mod/comments/{other.comment.id}/hold", data={"back": "/mod/"})
    ).status_code == 403


@pytest.mark.parametrize(
    ("role", "status"), [(Role.OWNER, 403), (Role.MODERATOR, 303), (Role.AUTHOR, 303)]
)
async def test_nobody_blocks_a_person_with_a_higher_role(
    doors: Doors, settings: Settings, signed_in: SignedIn, role: Role, status: int
) -> None:
    scene = await set_up(doors, settings, None)
    async with doors.unit_of_work() as db:
        person = await a_member(db, "Person", roles=[role])
        key = await an_author_key(db, "person@example.org", user_id=person.id)
    moderator = await signed_in(Role.MODERATOR)

    answer = await moderator.post(
        f"/mod/authors/{key.id}/standing",
        data={"standing": "block", "comment": str(scene.comment.id)},
    )

    assert answer.status_code == status
    assert ("That person has a higher role than you." in answer.text) == (status == 403)


async def test_an_author_can_not_try_out_whose_address_a_commenter_has(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        author = await a_member(db, "Nora", roles=[Role.AUTHOR])
        key = await author_of_key(
            db, key_of_email(secrets_of(settings), "gwen@example.org"), clock.now()
        )
        post = await a_post(db, by=author)
        comment = await a_comment(
            db, under=post, status=CommentStatus.PENDING, author_key_id=key.id,
            author_email="gwen@example.org",
        )  # fmt: skip
    its_row = f'id="case-{comment.id}"'

    hers, moderators = await signed_in(user=author), await signed_in(Role.MODERATOR)

    assert its_row in (await moderators.get("/mod/?q=gwen@example.org")).text
    assert its_row not in (await hers.get("/mod/?q=gwen@example.org")).text
    queue = (await hers.get("/mod/")).text
    assert its_row in queue
    assert "gwen@example.org" not in queue
