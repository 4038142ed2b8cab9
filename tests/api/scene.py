"""A site with one of everything, and somebody of every kind, for tests that go through all operations."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Role
from app.accounts.models import User
from app.core import clock
from app.discussions.models import CommentStatus
from app.groups.models import MemberState
from app.networking.conversations.models import OwnerKind
from app.networking.conversations.queries import find_conversation_of
from app.networking.thanks.actions import say_thanks
from app.networking.thanks.models import ThankedFor
from app.notifications.notices.kinds import Level
from app.notifications.notices.models import Notice
from app.posts.models import Revision
from app.settings import Settings
from app.work import Doors
from tests.api.conftest import Program
from tests.groups.building import a_group, a_membership
from tests.networking.introductions.meeting import WORDS, Three, as_, introduced, knowing
from tests.resources.lending import a_resource
from tests.world import a_category, a_comment, a_draft, a_member, a_page, a_post, a_tag, an_upload

DAY = (clock.now() + timedelta(days=9)).date().isoformat()
LATER = (clock.now() + timedelta(days=20)).date().isoformat()


@dataclass
class Scene:
    """What there is: people by name, and the numbers and slugs that addresses are made of."""

    people: dict[str, User] = field(default_factory=dict)
    there: dict[str, Any] = field(default_factory=dict)


async def a_scene(doors: Doors, settings: Settings, program: Program) -> Scene:
    """Ada writes; Ed edits; Mo moderates; Olga owns the site; Gwen a group, in which Max is; Eve is in none."""
    scene = Scene()
    async with doors.unit_of_work() as db:
        roles = {"ada": [Role.AUTHOR], "ed": [Role.EDITOR], "mo": [Role.MODERATOR], "olga": [Role.OWNER]}  # fmt: skip
        for name in ("ada", "ed", "mo", "olga", "gwen", "max", "eve", "rita", "kim"):
            scene.people[name] = await a_member(db, name.title(), roles=roles.get(name, []))
        people, there = scene.people, scene.there
        work, life = await a_category(db, "Work"), await a_category(db, "Life")
        post = await a_post(db, by=people["ada"], under=[work, await a_tag(db)])
        page, trashed = await a_page(db), await a_draft(db, by=people["ada"])
        there["decided"] = (await a_comment(db, under=post)).id
        waits = await a_comment(db, under=post, status=CommentStatus.PENDING)
        group = await a_group(db, "Letters", by=people["gwen"], joining="request")
        other = await a_group(db, "Stamps", by=people["gwen"])
        for name in ("max", "ada"):
            await a_membership(db, group, people[name])
        await a_membership(
            db, group, people["rita"], state=MemberState.REQUESTED, asked_at=clock.now()
        )
        await a_membership(db, group, people["kim"], state=MemberState.BANNED)
        await knowing(db, people["ada"], people["gwen"])
        await knowing(db, people["gwen"], people["max"])
        upload = await an_upload(db, is_stored=True)
        notice = Notice(
            user_id=people["max"].id, kind="mention", about="group:1", path="/", facts={"title": "Work"},
            by_id=people["ada"].id, once="mention:1", level=Level.INBOX, created_at=clock.now(),
        )  # fmt: skip
        db.add(notice)
        await db.flush()
        revision = await db.scalar(select(Revision.id).where(Revision.post_id == post.id))
        there |= {
            "post_id": post.id, "page": page.id, "trashed": trashed.id, "term_id": life.id,
            "term": work.id, "comment_id": waits.id, "slug": group.slug, "other": other.slug,
            "revision_id": revision, "upload_id": upload.id, "handle": people["max"].slug,
            "notice_id": notice.id, "asks": people["rita"].slug,
        }  # fmt: skip
        there |= await _meeting(db, people)
    there["resource"] = (await a_resource(doors, settings)).slug
    there["draft"] = (await a_resource(doors, settings, "A draft", is_public=False)).slug
    for begin in (_talk, _help, _keep):
        await begin(scene, program)
    return scene


async def _meeting(db: AsyncSession, people: dict[str, User]) -> dict[str, int]:
    """Mo has introduced Ed to Olga, and Ed says that they talked; and Ada has thanked Gwen for something."""
    three = Three(people["ed"], people["mo"], people["olga"], people["eve"])
    await knowing(db, three.ada, three.bo)
    await knowing(db, three.bo, three.cy)
    meet = await introduced(db, three)
    meet.requester_talked = True
    talk = await find_conversation_of(db, OwnerKind.INTRODUCTION, meet.id)
    assert talk is not None
    note = await say_thanks(
        db, as_(people["ada"]), people["gwen"].id, source=(ThankedFor.INTRODUCTION, 999),
        note="", is_public=True,
    )  # fmt: skip
    return {"talked": meet.id, "conversation_id": talk.id, "thanks_id": note.id}


async def _talk(scene: Scene, program: Program) -> None:
    """What is done by the API itself: discussions, a decision, something in the trash."""
    there, people = scene.there, scene.people
    max_, mo = await program(user=people["max"]), await program(user=people["mo"])
    ada = await program(user=people["ada"])
    topics = f"groups/{there['slug']}/topics"
    for name in ("topic_id", "into"):
        there[name] = (await _made(max_, topics, {"title": name, "text": "Hello."}))["id"]
    said = await _made(max_, f"{topics}/{there['topic_id']}/replies", {"text": "It is me."})
    there["reply_id"], there["version"] = said["id"], said["version"]
    await _made(max_, "reports", {"kind": "profile", "handle": "ada", "reason": "other"})
    queue = (await mo.get("moderation/queue", params={"tab": "reported"})).json()["items"]
    [there["case_id"]] = [one["id"] for one in queue if one["kind"] == "profile"]
    comments = f"posts/{there['post_id']}/comments"
    there["own_comment"] = (await _made(max_, comments, {"text": "It is blue."}))["id"]
    spam = f"moderation/comments/{there['decided']}/decisions"
    there["decision_id"] = (await _made(mo, spam, {"verb": "spam"}))["decision_id"]
    authors = (await mo.get("moderation/authors")).json()["items"]
    [there["author_id"]] = [one["id"] for one in authors if one["handle"] == people["max"].slug]
    assert (await ada.delete(f"posts/{there['trashed']}")).status_code == 200


async def _help(scene: Scene, program: Program) -> None:
    """An ask that was answered, one that was met, an offer, a promise and an introduction."""
    there, people = scene.there, scene.people
    ada, max_, gwen = [await program(user=people[name]) for name in ("ada", "max", "gwen")]
    group = f"groups/{there['slug']}"
    asked = {"title": "Who prints?", "text": "Me.", "help": "skill"}
    for ask, helping in (("ask", "helping_id"), ("met", "helped")):
        there[ask] = (await _made(max_, f"{group}/asks", {**asked, "needed_by": DAY}))["id"]
        helps = {"way": "help", "words": "I do.", "due_on": DAY}
        there[helping] = (await _made(ada, f"{group}/topics/{there[ask]}/helpings", helps))["id"]
    outcome = {"met": True, "helping_id": there["helped"]}
    await _made(max_, f"{group}/topics/{there['met']}/outcome", outcome)
    offer = await _made(gwen, f"{group}/offers", {**asked, "valid_until": DAY})
    promise = await _made(ada, "promises", {"to": "max", "text": "A card.", "due": DAY})
    meet = await _made(ada, "introductions", {"connector": "gwen", "to": "max", **WORDS})
    there |= {"offer": offer["id"], "promise_id": promise["id"], "introduction_id": meet["id"]}


async def _keep(scene: Scene, program: Program) -> None:
    """What a group has to take away, a link that lets people into it, and an old address."""
    there, people = scene.there, scene.people
    max_, gwen, olga = [await program(user=people[name]) for name in ("max", "gwen", "olga")]
    group = f"groups/{there['slug']}"
    for name in ("shared", "shared_draft"):
        files = {"file": ("letters.txt", b"Dear all,\n", "text/plain")}
        sent = await max_.post(f"{group}/resources", data={"title": name}, files=files)
        there[name] = sent.json()["id"]
    await _made(max_, f"{group}/resources/{there['shared']}/publication")
    redirect = await _made(olga, "redirects", {"path": "/old-letters/", "target": "/"})
    invitation = await _made(gwen, f"{group}/invitations", {})
    there |= {"redirect_id": redirect["id"], "invitation_id": invitation["id"]}


async def _made(client: httpx.AsyncClient, path: str, sent: Any = None) -> Any:
    answer = await client.post(path, json=sent)
    assert answer.status_code == 201, answer.text
    return answer.json()
