"""What an author typed comes out as its readers saw it, and asks nobody else's server for anything."""

import re
import time
from collections.abc import Sequence

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.markup import clean_comment, clean_post
from app.porting.wordpress.texts.blocks import unwrap_blocks
from app.porting.wordpress.texts.comment_text import comment_html
from app.porting.wordpress.texts.content import Context, convert
from app.porting.wordpress.texts.old_site import with_media_of
from app.porting.wordpress.texts.shortcodes import Media
from tests.shared import payloads

SITE = with_media_of(
    ["https://blog.example.org"],
    ["https://files.example.net/2010/05/a.jpg", "http://blog.example.org/wp-content/uploads/x.jpg"],
)
UP = "https://blog.example.org/wp-content/uploads"


def find_media(_ids: Sequence[int] | None) -> Sequence[Media]:
    return [Media("/wp-content/uploads/1.jpg")]


def html_of(source: str) -> str:
    return "|".join(convert(source, Context(SITE, find_media)).pages)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        # Links to the old site are links to this one.
        ('<a href="http://www.blog.example.org/2012/01/a/?x=1#c">a</a>',
         '<p><a href="/2012/01/a/?x=1#c">a</a></p>'),
        ('<a href="https://other.example.org/">a</a>', '<p><a href="https://other.example.org/">a</a></p>'),
        ("<a href='https://blog.example.org'>a</a>", '<p><a href="/">a</a></p>'),
        ("<a href='https://blog.example.org:8080/x'>a</a>", "<p><a href='https://blog.example.org:8080/x'>a</a></p>"),
        # Its files are ours, wherever they lay.
        (f'<img src="{UP}/2012/a.jpg" srcset="{UP}/a.jpg 1x, {UP}/b.jpg 2x">',
         '<p><img src="/wp-content/uploads/2012/a.jpg" '
         'srcset="/wp-content/uploads/a.jpg 1x, /wp-content/uploads/b.jpg 2x"></p>'),
        ('<img src="//files.example.net/2010/05/b.jpg?w=300">',
         '<p><img src="/wp-content/uploads/2010/05/b.jpg"></p>'),
        ('<img src="data:image/gif;base64,R0" data-lazy-src="/wp-content/uploads/c.jpg">',
         '<p><img src="/wp-content/uploads/c.jpg"></p>'),
        # Anybody else's become links.
        ('<img src="https://x.example/a%20b.jpg">', '<p><a href="https://x.example/a%20b.jpg">a b.jpg</a></p>'),
        ('<img src="https://x.example/a.jpg" alt="A &lt;cat&gt;">',
         '<p><a href="https://x.example/a.jpg">A &lt;cat&gt;</a></p>'),
        ('<a href="https://x.example/"><img src="https://x.example/a.jpg" alt="B"></a>',
         '<p><a href="https://x.example/">B</a></p>'),
        ('<iframe src="https://player.vimeo.com/video/12?x"></iframe>',
         '<figure class="embed"><a href="https://vimeo.com/12">vimeo.com/12</a></figure>'),
        ('x <object><param name="movie" value="http://www.youtube.com/v/abcdefghijk&hl=en">'
         "<embed src='y'></object>",
         '<p>x</p>\n<figure class="embed"><a href="https://www.youtube.com/watch?v=abcdefghijk">'
         "youtube.com/watch?v=abcdefghijk</a></figure>"),
        ('<video src="https://x.example/a.mp4" poster="https://x.example/p.jpg"></video>',
         '<p><a href="https://x.example/a.mp4">a.mp4</a></p>'),
        (f'<video autoplay><source src="{UP}/a.mp4"></video>',
         '<p><video src="/wp-content/uploads/a.mp4" controls="" preload="none"></video></p>'),
        # An address alone on its line shows what it leads to.
        ("a\nhttps://x.example/talk\nb",
         '<p>a</p>\n<figure class="embed"><a href="https://x.example/talk">x.example/talk</a></figure>\n<p>b</p>'),
        (f"{UP}/a.mp3",
         '<figure class="audio"><audio src="/wp-content/uploads/a.mp3" controls="" preload="none">'
         "</audio></figure>"),
        ("<pre>\nhttps://x.example/talk\n</pre>", "<pre>\nhttps://x.example/talk\n</pre>"),
        # Shortcodes and paragraphs together.
        ("a\n\n[caption]<img src='/x.jpg'> C[/caption]\n\nb",
         '<p>a</p>\n<figure class="wp-caption"><img src="/x.jpg"><figcaption class="wp-caption-text">C'
         "</figcaption></figure>\n<p>b</p>"),
        # Pages.
        ("a\n<!--nextpage-->\nb<!--nextpage-->c", "<p>a</p>|<p>b</p>|<p>c</p>"),
        ("<!--nextpage-->a", "<p>a</p>"),
        # Blocks make their own paragraphs.
        ("<!-- wp:paragraph -->\n<p>a\nb</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:list -->\n<ul></ul>\n<!-- /wp:list -->",
         "<p>a\nb</p>\n\n<ul></ul>"),
        ("<!-- wp:paragraph -->\n<p>https://x.example/talk</p>\n<!-- /wp:paragraph -->",
         '<figure class="embed"><a href="https://x.example/talk">x.example/talk</a></figure>'),
        ("<!-- wp:paragraph -->a<!-- wp:nextpage -->\n<!--nextpage-->\n<!-- /wp:nextpage -->b", "a|b"),
    ],
)  # fmt: skip
def test_texts_come_out_as_they_were_seen(source: str, html: str) -> None:
    assert html_of(source) == html


@pytest.mark.parametrize(
    ("source", "html", "dropped"),
    [
        ("<!-- wp:latest-posts /--><p>x</p>", "<p>x</p>", ("latest-posts",)),
        ('<!-- wp:query {"a":1} --><div><!-- wp:query --><!-- /wp:query --></div><!-- /wp:query -->y', "y",
         ("query",)),
        ('<!-- wp:jetpack/form {"a":"-->'[:-3] + '"} /-->z', "z", ("jetpack/form",)),
        ('<!-- wp:embed {"url":"https://x.example/1"} --><figure>https://x.example/1<figcaption>C</figcaption>'
         "</figure><!-- /wp:embed -->",
         '<figure class="embed"><a href="https://x.example/1">x.example/1</a><figcaption>C</figcaption></figure>',
         ()),
        ('<!-- wp:core-embed/youtube --><figure><div>\nhttps://youtu.be/x\n</div></figure>'
         "<!-- /wp:core-embed/youtube -->",
         '<figure class="embed"><a href="https://youtu.be/x">youtu.be/x</a></figure>', ()),
        ('<ul><!-- wp:social-link {"url":"https://x.example/","service":"x"} /--></ul>',
         '<ul><li><a href="https://x.example/">x</a></li></ul>', ()),
        ('<!-- wp:file --><a href="/a.pdf">a</a><object data="/a.pdf"></object><!-- /wp:file -->',
         '<a href="/a.pdf">a</a>', ()),
        ("<!-- wp:group {broken --><div>x</div>", "<!-- wp:group {broken --><div>x</div>", ()),
        ("<!-- wp:query -->never ended", "", ("query",)),
        ("<!-- an author's own -->x", "<!-- an author's own -->x", ()),
    ],
)  # fmt: skip
def test_blocks_are_unwrapped(source: str, html: str, dropped: tuple[str, ...]) -> None:
    found = unwrap_blocks(source)
    assert (found.html, found.dropped) == (html, dropped)


def test_a_block_that_holds_itself_is_filled_some_times_and_not_for_ever() -> None:
    itself = '<p>x</p><!-- wp:block {"ref":1} /--><!-- wp:block {"ref":1} /-->'

    found = unwrap_blocks(itself, lambda name, _attributes: itself if name == "block" else None)

    assert 1 < found.html.count("<p>x</p>") < 100
    assert found.dropped == ("block",)


@pytest.mark.parametrize(
    ("source", "teaser", "page"),
    [
        ("no more", None, "<p>no more</p>"),
        ("a<!--more-->\n\nb", "<p>a</p>", "<p>a</p>\n<p>b</p>"),
        ("a<!--more Read on --><!--noteaser-->b", "<p>a</p>", "<p>ab</p>"),
        ("<!-- wp:p -->a<!-- wp:more -->\n<!--more-->\n<!-- /wp:more -->b", "a", "ab"),
        ("a<!--nextpage-->b<!--more-->c", None, "<p>a</p>"),
    ],
)
def test_the_teaser_is_what_stands_before_more(source: str, teaser: str | None, page: str) -> None:
    found = convert(source, Context(SITE, find_media))
    assert (found.teaser, found.pages[0]) == (teaser, page)


def test_what_could_not_be_turned_is_told() -> None:
    found = convert("<!-- wp:search /-->[poll id=1]<!--nextpage-->[poll id=2]", Context(SITE))
    assert (found.left_shortcodes, found.dropped_blocks) == (("poll",), ("search",))


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("a\nb\n\nc", "<p>a<br />\nb</p>\n<p>c</p>"),
        ("see http://x.example/a, or (www.x.example/b).",
         '<p>see <a href="http://x.example/a">http://x.example/a</a>, or '
         '(<a href="http://www.x.example/b">www.x.example/b</a>).</p>'),
        ("https://x.example/a_(b)?x=1&amp;y=2&quot;",
         '<p><a href="https://x.example/a_(b)?x=1&amp;y=2">https://x.example/a_(b)?x=1&amp;y=2</a>&quot;</p>'),
        ('<a href="http://x.example/">http://x.example/</a>', '<p><a href="http://x.example/">http://x.example/</a></p>'),
        ("<code>http://x.example/</code>", "<p><code>http://x.example/</code></p>"),
        ("mail@www.example.org", "<p>mail@www.example.org</p>"),
        ("[&#8230;] words [&#8230;]", "<p>[&#8230;] words [&#8230;]</p>"),
    ],
)  # fmt: skip
def test_comments_get_paragraphs_and_links(source: str, html: str) -> None:
    assert comment_html(source) == html


def dangers_in(html: str) -> list[str]:
    """Elements and attributes that would run or fetch something, as a browser's parser sees them."""
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    found = [
        str(e.tag) for e in tree.iter() if e.tag in ("script", "iframe", "object", "style", "form")
    ]
    for element in tree.iter():
        for name, value in element.attrib.items():
            leads_out = name in ("src", "srcset", "poster") and not re.match(r"/(?![/\\])", value)
            runs = name.startswith("on") or re.match(r"\s*(javascript|data|vbscript):", value, re.I)
            found += [f"{name}={value}"] if leads_out or runs else []
    return found


def test_no_attack_gets_through_the_conversion() -> None:
    context = Context(SITE, find_media)
    for payload in payloads("xss"):
        for source in (payload, f"[caption]{payload}[/caption]", f"<!-- wp:html -->{payload}"):
            html = clean_post("\f".join(convert(source, context).pages))
            assert dangers_in(html) == []
        assert dangers_in(clean_comment(comment_html(payload))) == []


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<", ">", "a", "<a href=", "'", '"', "<img src=https://x.example/a>", "<iframe src=//x>", "[", "]",
             "gallery", "<!-- wp:", "group", " -->", "<!--more-->", "<!--nextpage-->", "\n\n", "</", "object",
             "https://x.example/", "<video>", "<pre>", "</pre>", "{}", "/"]
        ),
        max_size=25,
    ).map("".join)
)  # fmt: skip
def test_no_text_makes_it_fail_or_fetch(source: str) -> None:
    html = clean_post("\f".join(convert(source, Context(SITE, find_media)).pages))
    assert 'src="http' not in html
    assert 'src="//' not in html
    comment_html(source)


@pytest.mark.parametrize(
    "hostile",
    [
        "<iframe>",
        "<object ",
        "[caption]",
        "[x]",
        "<!-- wp:query -->",
        "http://",
        "<a ",
        "<p>",
        "[[",
    ],
)
def test_nothing_makes_it_slow(hostile: str) -> None:
    started = time.process_time()
    convert(hostile * 20_000, Context(SITE, find_media))
    comment_html(hostile * 20_000)
    assert time.process_time() - started < 5
