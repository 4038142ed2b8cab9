"""Asking Akismet, played by a small server of our own: every answer, and every way of giving none."""

import time
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace

import pytest

from app.moderation.akismet.client import (
    Akismet,
    Label,
    Opinion,
    Trouble,
    Unavailable,
    open_akismet,
)
from app.moderation.akismet.question import AskedAs, Question
from app.settings import Settings
from tests.moderation.akismet_server import KEY, AkismetServer, Mood, an_akismet
from tests.moderation.asking import impatient
from tests.visiting import BASE_URL

pytestmark = pytest.mark.anyio

QUESTION = Question(
    user_ip="192.0.2.7",
    blog_lang="en",
    comment_type=AskedAs.COMMENT,
    permalink=f"{BASE_URL}/2024/03/a-letter/",
    comment_author="Gwen",
    comment_author_email="gwen@example.org",
    comment_author_url="",
    comment_content="It is green, not red.",
    comment_date_gmt="2024-03-01T09:01:00Z",
    comment_post_modified_gmt="2024-03-01T09:00:00Z",
    referrer=f"{BASE_URL}/",
    user_agent="A browser",
)


@pytest.fixture
async def server() -> AsyncIterator[AkismetServer]:
    async with an_akismet() as server:
        yield server


@pytest.fixture
async def service(server: AkismetServer) -> AsyncIterator[Akismet]:
    async with open_akismet(settings_for(server)) as service:
        yield service


def settings_for(server: AkismetServer, key: str = KEY, path: str = "") -> Settings:
    return Settings(
        _env_file=None, base_url=BASE_URL, akismet_key=key, akismet_url=server.url + path
    )


@pytest.mark.parametrize(
    ("mood", "opinion"),
    [(Mood.GOOD, Opinion.HAM), (Mood.SPAM, Opinion.SPAM), (Mood.DISCARD, Opinion.DISCARD)],
)
async def test_each_answer_is_understood(
    server: AkismetServer, service: Akismet, mood: Mood, opinion: Opinion
) -> None:
    await server.feel(mood)

    assert await service.opinion_on(QUESTION) == opinion


@pytest.mark.parametrize(
    ("mood", "trouble"),
    [
        (Mood.REFUSED, Trouble.REFUSED),
        (Mood.HANGING, Trouble.TIMEOUT),
        (Mood.GARBAGE, Trouble.ODD),
        (Mood.PAGE, Trouble.ODD),
        (Mood.WRONG_KEY, Trouble.KEY),
        (Mood.BROKEN, Trouble.STATUS),
        (Mood.ELSEWHERE, Trouble.ODD),
        (Mood.ENDLESS, Trouble.ODD),
    ],
)
async def test_each_way_of_giving_no_answer_has_its_name(
    server: AkismetServer, service: Akismet, mood: Mood, trouble: Trouble
) -> None:
    await server.feel(mood)
    patience = impatient() if mood == Mood.HANGING else nullcontext()

    with patience:
        for asking in (service.opinion_on(QUESTION), service.teach(QUESTION, Label.SPAM)):
            with pytest.raises(Unavailable) as raised:
                await asking
            assert raised.value.trouble == trouble
            assert raised.value.detail == trouble.in_words
    assert server.answered == []


async def test_nobody_waits_longer_than_five_seconds(
    server: AkismetServer, service: Akismet
) -> None:
    await server.feel(Mood.SLOW)
    began = time.monotonic()

    with pytest.raises(Unavailable) as raised:
        await service.opinion_on(QUESTION)

    assert raised.value.trouble == Trouble.TIMEOUT
    assert 4.9 < time.monotonic() - began < 5.4


async def test_it_answers_again_after_any_trouble(server: AkismetServer, service: Akismet) -> None:
    for mood in (Mood.REFUSED, Mood.HANGING, Mood.ENDLESS, Mood.GARBAGE):
        await server.feel(mood)
        with impatient(), pytest.raises(Unavailable):
            await service.opinion_on(QUESTION)
        await server.feel(Mood.GOOD)
        assert await service.opinion_on(QUESTION) == Opinion.HAM


async def test_it_is_told_everything_but_what_is_empty(
    server: AkismetServer, service: Akismet
) -> None:
    await service.opinion_on(replace(QUESTION, recheck_reason="edit", user_role="administrator"))

    (told,) = server.calls("comment-check")
    assert told == {
        "api_key": KEY,
        "blog": f"{BASE_URL}/",
        "blog_lang": "en",
        "blog_charset": "UTF-8",
        "user_ip": "192.0.2.7",
        "user_agent": "A browser",
        "referrer": f"{BASE_URL}/",
        "permalink": f"{BASE_URL}/2024/03/a-letter/",
        "comment_type": "comment",
        "comment_author": "Gwen",
        "comment_author_email": "gwen@example.org",
        "comment_content": "It is green, not red.",
        "comment_date_gmt": "2024-03-01T09:01:00Z",
        "comment_post_modified_gmt": "2024-03-01T09:00:00Z",
        "recheck_reason": "edit",
        "user_role": "administrator",
    }
    assert server.received[0].agent.startswith("Rapport | akismet.py/")


@pytest.mark.parametrize("label", Label)
async def test_mistakes_are_told_with_the_same_fields(
    server: AkismetServer, service: Akismet, label: Label
) -> None:
    await service.opinion_on(QUESTION)
    await service.teach(QUESTION, label)

    assert server.calls(f"submit-{label}") == server.calls("comment-check")


@pytest.mark.parametrize(("key", "is_known"), [(KEY, True), ("another", False)])
async def test_a_key_can_be_tried(server: AkismetServer, key: str, is_known: bool) -> None:
    async with open_akismet(settings_for(server, key)) as service:
        assert await service.knows_the_key() is is_known


async def test_a_stand_in_may_live_below_a_path_and_proxies_are_not_believed(
    server: AkismetServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async with open_akismet(settings_for(server, path="/stand/in/")) as service:
        await service.opinion_on(QUESTION)

    assert server.received[0].path == "/stand/in/1.1/comment-check"


async def test_any_text_comes_out_as_it_went_in(server: AkismetServer, service: Akismet) -> None:
    text = "Grüße & <b>καλημέρα</b> = 100 %\n\r\n🙂 + ;"

    await service.opinion_on(replace(QUESTION, comment_content=text, user_ip=""))

    (told,) = server.calls("comment-check")
    assert (told["comment_content"], told["user_ip"]) == (text, "")
