"""TrackBack 1.2: pings read from forms, answers and lists written as XML, RDF for the page."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from app.linkbacks.addresses import is_web_address
from app.linkbacks.protocols.trackback import (
    LONGEST_EXCERPT,
    LONGEST_MESSAGE,
    LONGEST_TITLE,
    ListedPing,
    TrackbackPing,
    TrackbackRefused,
    answer,
    form_of,
    pings_rss,
    rdf,
    read_answer,
    read_ping,
)
from tests.effort import steps

FORM = "application/x-www-form-urlencoded"
SOURCE = "https://blog.example.net/11"


def ping_of(content_type: str = FORM, query: bytes = b"", **fields: str | bytes) -> TrackbackPing:
    return read_ping(urlencode({"url": SOURCE, **fields}).encode(), content_type, query)


def test_a_ping_says_what_is_said_where_and_by_whom() -> None:
    ping = ping_of(title="A title", excerpt="Some words", blog_name="Example Blog")

    assert ping == TrackbackPing(SOURCE, "A title", "Some words", "Example Blog")


def test_only_the_address_is_required() -> None:
    assert ping_of() == TrackbackPing(SOURCE)


def test_an_old_client_says_it_in_the_query() -> None:
    query = f"url={SOURCE}&title=Old&tb_id=7".encode()

    assert read_ping(b"", "", query) == TrackbackPing(SOURCE, "Old")


def test_the_body_is_heard_before_the_query() -> None:
    ping = ping_of(query=b"url=http://other.example/&title=Theirs&blog_name=B", title="Ours")

    assert ping == TrackbackPing(SOURCE, "Ours", blog_name="B")


def test_of_a_field_said_twice_the_first_that_says_something_counts() -> None:
    body = f"url={SOURCE}&title=&title=One&title=Two".encode()

    assert read_ping(body, FORM, b"").title == "One"


@pytest.mark.parametrize(
    ("written", "content_type", "charset"),
    [
        # The field is the sender's own word; the header often the library's.
        ("Grüße".encode("iso-8859-1"), f"{FORM}; charset=utf-8", "ISO-8859-1"),
        ("Grüße".encode("iso-8859-1"), f"{FORM}; charset=iso-8859-1", ""),
        ("Grüße".encode(), f'{FORM}; charset="UTF-8"', ""),
        ("Grüße".encode(), FORM, ""),
        ("Grüße".encode("windows-1252"), FORM, ""),
        ("Grüße".encode(), "", "utf-8"),
    ],
)
def test_letters_are_read_in_the_charset_they_were_written_in(
    written: bytes, content_type: str, charset: str
) -> None:
    assert ping_of(content_type, title=written, charset=charset).title == "Grüße"


def test_letters_need_not_be_escaped() -> None:
    assert read_ping(f"url={SOURCE}&title=Grüße".encode(), FORM, b"").title == "Grüße"


@pytest.mark.parametrize("charset", ["UTF-7", "utf-16", "UTF-32LE", "cp037", "IBM1047", "klingon"])
def test_a_charset_that_hides_markup_or_is_unknown_is_refused(charset: str) -> None:
    with pytest.raises(TrackbackRefused, match="charset that is not read here"):
        ping_of(charset=charset)
    with pytest.raises(TrackbackRefused, match="charset that is not read here"):
        ping_of(f"{FORM}; charset={charset}")


@pytest.mark.parametrize(("title", "charset"), [(b"\xff", "utf-8"), (b"\x81\xff", "")])
def test_what_cannot_be_read_in_its_charset_is_refused(title: bytes, charset: str) -> None:
    with pytest.raises(TrackbackRefused, match="cannot be read in its charset"):
        ping_of(title=title, charset=charset)


@pytest.mark.parametrize("url", ["", " ", "\t\n"])
def test_a_ping_without_address_is_refused(url: str) -> None:
    with pytest.raises(TrackbackRefused, match="which page it comes from"):
        ping_of(url=url)


@pytest.mark.parametrize(
    "url",
    ["blog.example.net/11", "ftp://blog.example.net/", "javascript:alert(1)", "http://",
     "http://u:p@blog.example.net/", "http://blog.example.net/a b", "http://a.example/" + "a" * 990],
)  # fmt: skip
def test_a_ping_from_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(TrackbackRefused, match="not a web address"):
        ping_of(url=url)


def test_a_form_with_very_many_fields_is_refused() -> None:
    with pytest.raises(TrackbackRefused, match="too many fields"):
        read_ping(b"a=1&" * 1000, FORM, b"")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("<p>One</p><p>Two <b>bold</b>ly</p>", "One Two boldly"),
        ("a\r\n\tb \xa0 c", "a b c"),
        ("a\0b\x1bc\x85d", "a b c d"),
        ("Fish &amp; chips &lt;3", "Fish & chips <3"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;after", "after"),
        ("&amp;amp;lt;b&amp;amp;gt;deep", "deep"),
        ("x<style>p{}</style>y<!-- > z -->w", "x y w"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<scr<b>ipt>x", ""),
        ("safe \u202egnp.exe\u2066", "safe gnp.exe"),
        ("e\u0301", "é"),
    ],
)
def test_words_are_kept_and_markup_is_not(sent: str, kept: str) -> None:
    assert ping_of(excerpt=sent).excerpt == kept


@pytest.mark.parametrize(
    "written",
    [
        "<b" * 1300 + ">" * 1300,
        f"&{'amp;' * 900}lt;b>",
        "&amp;lt;" * 400,
        "<scr" * 500 + "<b>ipt>" * 300,
    ],
)
def test_tags_in_tags_are_taken_away_in_a_few_turns(written: str) -> None:
    """One turn for each of a thousand was most of a second for each field of a form."""
    form = urlencode({"url": SOURCE, "title": written}).encode()
    ping = read_ping(form, FORM, b"")

    assert steps(lambda: read_ping(form, FORM, b"")) < 100_000
    assert ping == ping_of(title=ping.title)


def test_what_is_escaped_too_often_keeps_its_words_but_opens_nothing() -> None:
    title = ping_of(title=f"One &{'amp;' * 30}lt;b> two").title

    assert title.startswith("One ")
    assert title.endswith("> two")
    assert not set(title) & set("<&")


def test_long_texts_are_cut() -> None:
    ping = ping_of(title="t" * 300, excerpt="e" * 600, blog_name="b" * 251)

    assert (len(ping.title), len(ping.excerpt), len(ping.blog_name)) == (250, 500, 250)
    assert ping.title.endswith("t…")


def test_what_we_send_is_what_we_would_read() -> None:
    form = form_of(SOURCE, "Grüße & <b>more</b>", "e" * 600, "Our blog")
    ping = read_ping(urlencode(form).encode(), "", b"")

    assert ping == TrackbackPing(SOURCE, "Grüße & more", "e" * 499 + "…", "Our blog")


def test_an_answer_says_yes_or_why_not() -> None:
    assert answer() == (
        b'<?xml version="1.0" encoding="utf-8"?>\n<response><error>0</error></response>'
    )
    assert b"<error>1</error><message>No &lt;b&gt; &amp; \xc3\xbc</message>" in answer(
        "No <b> & ü\0"
    )


def test_a_list_of_pings_is_rss_in_an_answer() -> None:
    pings = [ListedPing("One & only", SOURCE, "Words"), ListedPing("", SOURCE + "?a&b")]
    root = etree.fromstring(pings_rss("Post", "https://our.example/", "About", "en", pings))
    channel = root.find("rss/channel")

    assert root.findtext("error") == "0"
    assert root.find("rss").attrib == {"version": "0.91"}
    assert [child.tag for child in channel] == [
        "title", "link", "description", "language", "item", "item",
    ]  # fmt: skip
    assert [item.findtext("link") for item in channel.iter("item")] == [SOURCE, SOURCE + "?a&b"]
    assert channel.findtext("item/title") == "One & only"
    assert channel.findtext("item/description") == "Words"


@pytest.mark.parametrize(
    "title", ["Plain", 'A "quote" & <b>', "--> <script>alert(1)</script>", "a--b---c-", "--", "é\0"]
)
def test_the_block_of_rdf_is_one_comment_and_says_where_to_ping(title: str) -> None:
    block = rdf("https://our.example/?p=1&q=--", title, "https://our.example/1/trackback/")
    parsed = html.fragment_fromstring(f"<div>{block}</div>")
    description = etree.fromstring(parsed[0].text)[0]
    said = {etree.QName(name).localname: value for name, value in description.attrib.items()}

    assert [child.tag for child in parsed] == [etree.Comment]
    assert "--" not in block[4:-3]
    assert said == {
        "about": "https://our.example/?p=1&q=--",
        "identifier": "https://our.example/?p=1&q=--",
        "title": title.replace("\0", ""),
        "ping": "https://our.example/1/trackback/",
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (answer(), ""),
        (b"\n\n <?xml version='1.0'?><response><error> 0 </error></response>", ""),
        (answer("Closed."), "Closed."),
        (answer("<p>Not &amp; now</p>"), "Not & now"),
        (answer("m" * 900), "m" * 199 + "…"),
        (b"<response><error>1</error></response>", "refused without a reason"),
        (b"<response><error>7</error><message>Odd</message></response>", "Odd"),
        ("<response><error>0</error></response>".encode("utf-16"), ""),
    ],
)
def test_a_servers_answer_is_understood(body: bytes, said: str) -> None:
    assert read_answer(body) == said or (said and said in read_answer(body))


DOCTYPE = '<!DOCTYPE response [<!ENTITY a "0">]><response><error>&a;</error></response>'


@pytest.mark.parametrize(
    "body",
    [b"", b"OK", b"<html><body>Not found</body></html>", b"<response/>", b"<response><error>0",
     b"<response><error></error></response>", b"\xff\xfe\x00", b"<response>" * 1000,
     DOCTYPE.encode(), DOCTYPE.lower().encode(), DOCTYPE.encode("utf-16"),
     answer("x" * 70000)],
)  # fmt: skip
def test_what_is_no_answer_of_trackback_is_called_so(body: bytes) -> None:
    assert read_answer(body) == "The answer is not one that TrackBack knows."


WORDS = st.text(max_size=40) | st.lists(
    st.sampled_from(
        ["<", ">", "&", "lt;", "amp;", "#38;", "script", "b", "/", "!--", "-->", "é\u0301"]
    )
).map("".join)


@given(WORDS, WORDS, st.integers(1, 300))
def test_a_ping_read_and_sent_on_stays_as_it_is(title: str, excerpt: str, times: int) -> None:
    title, excerpt = (text.encode("utf-8", "ignore").decode() for text in (title, excerpt))
    ping = ping_of(title=title * times, excerpt=excerpt * times, charset="utf-8")
    again = form_of(ping.url, ping.title, ping.excerpt, ping.blog_name)

    assert read_ping(urlencode(again).encode(), FORM, b"") == ping
    assert len(ping.title) <= LONGEST_TITLE
    assert len(ping.excerpt) <= LONGEST_EXCERPT


@given(st.binary(max_size=200), st.text(max_size=60), st.binary(max_size=60))
def test_any_bytes_are_a_ping_or_refused(body: bytes, content_type: str, query: bytes) -> None:
    ping = ping_or_refusal(b"url=http://a.example/&title=" + body, content_type, query)

    if isinstance(ping, TrackbackRefused):
        assert ping.detail
    else:
        assert is_web_address(ping.url)
        assert len(ping.title) <= LONGEST_TITLE
        assert len(ping.excerpt) <= LONGEST_EXCERPT


def ping_or_refusal(
    body: bytes, content_type: str, query: bytes
) -> TrackbackPing | TrackbackRefused:
    try:
        return read_ping(body, content_type, query)
    except TrackbackRefused as refused:
        return refused


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_of_bounded_length(body: bytes) -> None:
    for answered in (
        body,
        b"<response><error>1</error><message>" + body + b"</message></response>",
    ):
        assert len(read_answer(answered)) <= LONGEST_MESSAGE
