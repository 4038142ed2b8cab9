"""The benchmark's own parts: the site it makes up, and how it measures. No time is asserted anywhere."""

from itertools import repeat
from pathlib import Path

import pytest
from lxml import etree

from bench.load import Load, drive, drive_each, length_of, request_for, typical
from bench.pages import Page, ask_for
from bench.processes import free_port, started
from bench.rendering import Connection
from bench.site import HOT, HOT_COMMENTS, HOTTER, Size, plan, write_export
from bench.table import Figure, load_heading, load_line
from bench.yardstick import Answer, write_answers

SMALL = Size(posts=30, comments=3000)
WP = "{http://wordpress.org/export/1.2/}"
ANSWER = Answer(200, ((b"content-type", b"text/plain"), (b"content-length", b"5")), b"\x00\xffabc")


def test_the_site_has_as_many_posts_and_comments_as_it_was_asked_for() -> None:
    posts = plan(SMALL)

    assert len(posts) == SMALL.posts
    assert sum(post.comments for post in posts) == SMALL.comments
    assert len({post.path for post in posts}) == SMALL.posts
    assert next(post.comments for post in posts if post.slug == HOT) == HOT_COMMENTS


def test_a_site_too_small_for_its_measured_posts_still_has_them() -> None:
    posts = plan(Size(posts=10, comments=0))

    assert [post.slug for post in posts if post.comments] == [HOT, HOTTER]


def test_the_export_is_sound_and_the_same_each_time(tmp_path: Path) -> None:
    write_export(SMALL, tmp_path / "one.xml")
    write_export(SMALL, tmp_path / "two.xml")

    root = etree.parse(tmp_path / "one.xml").getroot()
    ids = [int(found.text or 0) for found in root.iter(WP + "comment_id")]
    answered = {int(found.text or 0) for found in root.iter(WP + "comment_parent")}
    assert ids == list(range(1, SMALL.comments + 1))
    assert answered - {0} <= set(ids)
    assert len(answered) > SMALL.comments // 10
    assert len(list(root.iter("item"))) == SMALL.posts
    assert (tmp_path / "one.xml").read_bytes() == (tmp_path / "two.xml").read_bytes()


def test_the_yardstick_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, port = tmp_path / "answers.json", free_port()
    write_answers(answers, [ANSWER])

    with started(
        "bench.yardstick", str(answers), str(port), port=port, log=tmp_path / "log", first="/0"
    ) as running:
        asked, answer = ask_for(Page("it", "/0"), running.url)
        connection = Connection(asked)
        connection.ask()
        connection.ask()
        connection.close()
        load = drive(asked.url, asked.headers, concurrency=2, seconds=1)
        monkeypatch.setenv("PATH", "")
        load_without_wrk = drive(asked.url, asked.headers, concurrency=2, seconds=1)

        sent, answered = drive_each(asked.url, repeat(request_for(asked.url, {})), 2, 1, wanted=200)

        assert answer == ANSWER
        assert sent.rate > 0
        assert answered > 0
        assert running.peak_memory() > 1
        assert running.cpu_seconds() > 0
        assert load.rate > 0
        assert load_without_wrk.rate > 0


@pytest.mark.parametrize(
    ("head", "length"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n", 12),
        (b"HTTP/1.1 200 OK\r\nx: 1\r\ncontent-length:7\r\n\r\n", 7),
        (b"HTTP/1.1 304 Not Modified\r\netag: x\r\n\r\n", 0),
    ],
)
def test_an_answer_says_how_long_it_is(head: bytes, length: int) -> None:
    assert length_of(head) == length


def test_a_request_names_host_and_query() -> None:
    request = request_for("http://127.0.0.1:80/search/?q=a+b", {"accept": "*/*"})

    assert request.startswith(b"GET /search/?q=a+b HTTP/1.1\r\nhost: 127.0.0.1:80\r\n")
    assert request.endswith(b"accept: */*\r\n\r\n")


def test_a_comment_goes_over_the_wire_as_a_form() -> None:
    request = request_for("http://127.0.0.1:80/a/comment", {}, {"author": "Gwen & Ada"})

    assert request.startswith(b"POST /a/comment HTTP/1.1\r\nhost: 127.0.0.1:80\r\n")
    assert request.endswith(b"content-length: 19\r\n\r\nauthor=Gwen+%26+Ada")


def test_one_bad_round_does_not_count() -> None:
    rounds = [Load(100, 1, 9), Load(90, 2, 8), Load(3, 50, 500)]

    assert typical(rounds) == Load(90, 2, 9)


def test_each_figure_stands_beside_the_yardsticks() -> None:
    assert "2.50" in Figure("home", 5.0, "ms", 2.0).line()
    line = load_line("home", 8, [Load(200, 1, 2), Load(100, 2, 4), None])

    assert "0.50" in line
    assert len(line) == len(load_heading(["yardstick", "ours", "theirs"]).splitlines()[-1])
