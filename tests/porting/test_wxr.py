"""Any WordPress export is read as far as it is sound, and what is not is named with its line."""

import io
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.core.errors import Invalid
from app.porting.wordpress.reading.decoding import Notice
from app.porting.wordpress.reading.values import Skipped, WxrComment
from app.porting.wordpress.reading.wxr import WxrFile
from tests.porting.wxr_samples import (
    NAMESPACES,
    a_comment,
    an_export,
    an_item,
    channel_of,
    comments_of,
    items_of,
    read,
    skipped_of,
)
from tests.shared import shared_file

REAL = [
    "data/wxr/theme-unit-test.xml",
    "data/wxr/wagtail-raw.xml",
    "data/wxr/wordpress-importer-utf-8-challenges.xml",
    "data/wxr/wordpress-importer-wxr-1.0.xml",
    "data/wordpress/export.wxr.xml",
]
HOSTILE = ["control-chars", "cycle", "dates", "dupes", "laughs", "script", "slugs", "status"]


def notices_of(found: list[object]) -> list[Notice]:
    return [one for one in found if isinstance(one, Notice)]


@pytest.mark.parametrize("name", REAL)
def test_a_real_export_gives_what_an_xml_parser_counts_in_it(name: str) -> None:
    text = shared_file(name).read_bytes()
    tree = etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))
    wp = f"{{{tree.nsmap['wp']}}}"

    found = read(text)

    assert not skipped_of(found)
    by_parser = [
        (
            (item.findtext("title") or ""),
            item.findtext(f"{wp}post_id"),
            [comment.findtext(f"{wp}comment_id") for comment in item.iter(f"{wp}comment")],
        )
        for item in tree.iter("item")
    ]
    by_us = [(i.title, str(i.id), [str(c.id) for c in comments_of(i)]) for i in items_of(found)]
    assert by_us == by_parser
    assert len(channel_of(found).authors) == len(list(tree.iter(f"{wp}author")))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_export_is_read_quickly_and_whole(name: str) -> None:
    text = shared_file(f"data/attacks/files/wxr-{name}.xml").read_bytes()
    started = time.process_time()

    found = read(text)

    assert len(items_of(found)) == text.count(b"</item>")
    assert time.process_time() - started < 1


def test_sections_inside_sections_are_read_as_wordpress_reads_them() -> None:
    name = "data/wxr/wordpress-importer-crazy-cdata-malformed.xml"
    found = read(shared_file(name).read_bytes())

    (item,) = items_of(found)
    assert item.content == "Content with nested <![CDATA[ tags ]]> :)"
    assert item.meta == (
        ("Plain string", "Foo"),
        ("Closing CDATA", "]]>"),
        (
            "Alot of CDATA",
            "This has <![CDATA[ opening and ]]> closing <![CDATA[ tags like this: ]]>",
        ),
    )
    assert [notice.line for notice in notices_of(found)] == [12]


def test_every_field_of_an_item_and_of_a_comment_is_read() -> None:
    meta = "<wp:postmeta><wp:meta_key>k</wp:meta_key><wp:meta_value>v</wp:meta_value></wp:postmeta>"
    terms = '<category domain="category" nicename="a-b">A &amp; B</category>'
    found = read(an_export(an_item(comments=a_comment(7, parent="6"), extra=meta + terms)))

    (item,) = items_of(found)
    assert (item.id, item.title, item.creator, item.content) == (1, "Post 1", "gwen", "Text 1")
    assert item.local == datetime(2012, 1, 3, 11)  # noqa: DTZ001 - the site's wall clock
    assert item.at == datetime(2012, 1, 3, 10, tzinfo=UTC)
    assert item.meta_values("k") == ("v",)
    assert [(t.taxonomy, t.slug, t.name) for t in item.terms] == [("category", "a-b", "A & B")]
    (comment,) = comments_of(item)
    assert (comment.id, comment.parent, comment.author, comment.approved) == (7, 6, "Ann", "1")
    assert comment.at == datetime(2012, 1, 4, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gmt", "published", "at"),
    [
        ("2012-01-03 10:00:00", "", datetime(2012, 1, 3, 10, tzinfo=UTC)),
        ("0000-00-00 00:00:00", "", None),
        ("2020-02-30 25:61:61", "", None),
        ("9999-12-31 23:59:59", "", None),
        ("not a date", "", None),
        ("", "", None),
        ("", "Tue, 03 Jan 2012 10:00:00 +0000", datetime(2012, 1, 3, 10, tzinfo=UTC)),
        ("0000-00-00 00:00:00", "Mon, 30 Nov -0001 00:00:00 +0000", None),
    ],
)
def test_only_dates_that_can_be_meant_count(gmt: str, published: str, at: datetime | None) -> None:
    (item,) = items_of(read(an_export(an_item(wp__post_date_gmt=gmt, pubDate=published))))
    assert item.at == at


@pytest.mark.parametrize(
    ("title", "reads"),
    [
        ("a & b", "a & b"),
        ("caf&eacute; &copy; &unknown;", "café © &unknown;"),
        ("1 < 2", "1 < 2"),
        ("<b>bold</b> and <br> open", "<b>bold</b> and <br> open"),
        ("a<b>c</b>", "a<b>c</b>"),
        ("x&#0;y&#x1F600;", "xy😀"),
        ("<![CDATA[one <![CDATA[two]]> three]]>", "one <![CDATA[two]]> three"),
        ("<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b"),
    ],
)
def test_what_is_no_xml_is_mended(title: str, reads: str) -> None:
    found = read(an_export(an_item(title=title), an_item(2)))

    assert [item.title for item in items_of(found)] == [reads, "Post 2"]
    assert not skipped_of(found)


def test_an_undeclared_prefix_is_no_reason_to_lose_an_item() -> None:
    found = read(an_export(an_item(extra='<itunes:image foo:href="x"/>')))
    assert [item.id for item in items_of(found)] == [1]


@pytest.mark.parametrize(
    "namespaces",
    [
        NAMESPACES.replace("1.2", "1.0"),
        NAMESPACES.replace("1.2", "7.3"),
        NAMESPACES.replace("xmlns:wp=", "xmlns:other="),
    ],
)
def test_any_version_of_the_namespace_will_do_and_even_none(namespaces: str) -> None:
    (item,) = items_of(read(an_export(an_item(comments=a_comment(1)), namespaces=namespaces)))
    assert (item.id, len(comments_of(item))) == (1, 1)


def test_another_prefix_for_the_namespace_means_the_same() -> None:
    text = an_export(an_item(comments=a_comment(1) + a_comment(2))).replace(b"wp:", b"w:")
    text = text.replace(b"xmlns:w:", b"xmlns:w").replace(b"xmlns:wp", b"xmlns:w")

    (item,) = items_of(read(text))

    assert (item.id, [c.id for c in comments_of(item)]) == (1, [1, 2])


def test_an_item_beyond_mending_is_skipped_with_its_line() -> None:
    broken = an_item(2).replace("</guid>", "</wrong>")
    found = read(an_export(an_item(1), broken, an_item(3)))

    assert [item.id for item in items_of(found)] == [1, 3]
    (skipped,) = skipped_of(found)
    assert (skipped.line, skipped.what) == (23, "item “Post 2”")
    assert skipped.why.startswith("line 27: not well-formed: ")


def test_a_section_that_never_ends_takes_no_other_item_with_it() -> None:
    unended = an_item(2, content__encoded="<![CDATA[no end")
    found = read(an_export(an_item(1), unended, an_item(3, comments=a_comment(9)), an_item(4)))

    assert [item.id for item in items_of(found)] == [1, 3, 4]
    assert [c.id for c in comments_of(items_of(found)[1])] == [9]
    assert [skipped.what for skipped in skipped_of(found)] == ["item “Post 2”"]


def test_a_broken_comment_is_named_and_the_others_stay() -> None:
    broken = a_comment(2).replace("</wp:comment_id>", "</wp:id>")
    unended = a_comment(4, content="<![CDATA[no end")
    all_of_them = a_comment(1) + broken + a_comment(3) + unended + a_comment(5)
    (item,) = items_of(read(an_export(an_item(comments=all_of_them))))

    found = list(item.comments)

    assert [one.id for one in found if isinstance(one, WxrComment)] == [1, 3, 5]
    assert [one.line for one in found if isinstance(one, Skipped)] == [23, 25]
    assert len(item.comments) == 4  # In the file as it stands, one lies inside another.


@pytest.mark.parametrize("length", [0.2, 0.5, 0.8, 0.97])
def test_a_file_that_ends_in_the_middle_gives_all_whole_items_and_names_the_cut(
    length: float,
) -> None:
    whole = [an_item(number, comments=a_comment(number)) for number in range(1, 21)]
    text = an_export(*whole)
    head = text.index(b"<item>")
    cut = text[: head + int((len(text) - head) * length)]

    found = read(cut)

    ended = cut.count(b"</item>")
    assert [item.id for item in items_of(found)] == list(range(1, ended + 1))
    (skipped,) = skipped_of(found)
    assert skipped.line == text[: cut.rindex(b"<item>")].count(b"\n") + 1


def test_entities_and_document_types_are_never_read() -> None:
    doctype = '<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b SYSTEM "file:///etc/passwd">]>\n<rss'
    text = an_export(an_item(title="&a; and &b;")).replace(b"<rss", doctype.encode(), 1)

    assert [item.title for item in items_of(read(text))] == ["&a; and &b;"]


def test_characters_no_xml_allows_are_dropped_and_bytes_no_text_replaced() -> None:
    cut_off = b"Post \xe2\x802"
    text = an_export(an_item(title="a\x0bb\ufffec"), an_item(2)).replace(b"Post 2", cut_off)
    found = read(text)

    assert [item.title for item in items_of(found)] == ["abc", "Post \ufffd2"]
    assert sorted(notice.line for notice in notices_of(found)) == [9, 24]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (b"caf\xe9 \x93Gr\xfc\xdfe\x94 \x97 5 \x80", "café “Grüße” — 5 €"),
        ("naïve".encode() + b" caf\xe9", "naïve café"),
        (b"\xff\xfe \x81", "ÿþ \ufffd"),
    ],
)
def test_single_bytes_of_an_older_encoding_are_its_letters(written: bytes, meant: str) -> None:
    found = read(an_export(an_item(title="HERE")).replace(b"HERE", written))

    assert [item.title for item in items_of(found)] == [meant]
    assert [notice.what for notice in notices_of(found)] == [
        "Bytes that are no text were replaced."
    ]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-16", "utf-16"), ("utf-8-sig", "utf-8"), ("cp1252", "ISO-8859-1"), ("utf-8", "klingon")],
)
def test_the_declared_encoding_is_read(encoding: str, declared: str) -> None:
    text = an_export(an_item(title="“café”")).decode().replace("UTF-8", declared)
    assert [item.title for item in items_of(read(text.encode(encoding)))] == ["“café”"]


def test_the_head_tells_the_site_its_people_and_its_terms() -> None:
    head = (
        "<wp:base_blog_url>https://blog.example.org/x/</wp:base_blog_url>"
        "<wp:base_site_url>https://example.org</wp:base_site_url><wp:wxr_version>1.2</wp:wxr_version>"
        "<wp:author><wp:author_id>3</wp:author_id><wp:author_login>gwen</wp:author_login>"
        "<wp:author_display_name><![CDATA[Gwen & Co]]></wp:author_display_name></wp:author>"
        "<wp:category><wp:term_id>5</wp:term_id><wp:category_nicename>a</wp:category_nicename>"
        "<wp:category_parent>b</wp:category_parent><wp:cat_name>A</wp:cat_name></wp:category>"
        "<wp:tag><wp:tag_slug>t</wp:tag_slug><wp:tag_name>T</wp:tag_name></wp:tag>"
        "<wp:term><wp:term_taxonomy>post_tag</wp:term_taxonomy><wp:term_slug>t</wp:term_slug></wp:term>"
    )
    channel = channel_of(read(an_export(head=head)))

    assert (channel.title, channel.language, channel.wxr_version) == ("Old blog", "en-US", "1.2")
    assert channel.base_urls == ("https://blog.example.org/x", "https://blog.example.org")
    assert [(a.id, a.login, a.name) for a in channel.authors] == [(3, "gwen", "Gwen & Co")]
    told = [(t.taxonomy, t.slug, t.name, t.parent, t.id) for t in channel.terms]
    assert told == [("category", "a", "A", "b", 5), ("post_tag", "t", "T", "", None)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "The file is empty."),
        (b"Hello", "not a WordPress export"),
        (b"<html><body>Log in</body></html>", "not a WordPress export"),
        (b"<rss><channel><title>x</title><item></item></channel></rss>", "This is a feed"),
        (an_export()[:300], "The head of the file can't be read (line"),
    ],
)
def test_what_is_no_export_is_refused_in_one_sentence(text: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says.replace("(", r"\(")):
        read(text)


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 3000))
def test_no_bytes_at_all_make_it_fail_otherwise(noise: bytes, at: int) -> None:
    text = an_export(an_item(1, comments=a_comment(1)), an_item(2))
    try:
        for one in WxrFile(io.BytesIO(text[:at] + noise + text[at:])):
            list(getattr(one, "comments", ()))
    except Invalid:
        pass


def test_a_large_item_is_read_from_a_file_and_gives_all_its_comments() -> None:
    many = "".join(a_comment(number, content="x" * 3000) for number in range(1, 2001))
    (item,) = items_of(read(an_export(an_item(comments=many))))

    assert [c.id for c in comments_of(item)] == list(range(1, 2001))
    assert [c.id for c in comments_of(item)][-1] == 2000
