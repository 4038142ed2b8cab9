"""Small exports for tests, in WordPress's own words."""

import io

from app.porting.wordpress.reading.values import Channel, Item, Read, Skipped, WxrComment
from app.porting.wordpress.reading.wxr import WxrFile

NAMESPACES = (
    'xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:wp="http://wordpress.org/export/1.2/"'
)
BASE = "https://blog.example.org"


def an_export(*items: str, head: str = "", namespaces: str = NAMESPACES) -> bytes:
    """A whole file around the items."""
    return (
        f'<?xml version="1.0" encoding="UTF-8" ?>\n<rss version="2.0" {namespaces}>\n<channel>\n'
        f"<title>Old blog</title>\n<link>{BASE}</link>\n<language>en-US</language>\n{head}\n"
        + "\n".join(items)
        + "\n</channel>\n</rss>\n"
    ).encode()


def an_item(number: int = 1, *, comments: str = "", extra: str = "", **fields: str) -> str:
    """A published post of 3 January 2012, unless the fields say otherwise."""
    texts = {
        "title": f"Post {number}",
        "link": f"{BASE}/2012/01/post-{number}/",
        "dc:creator": "gwen",
        "guid": f"{BASE}/?p={number}",
        "content:encoded": f"<![CDATA[Text {number}]]>",
        "wp:post_id": str(number),
        "wp:post_date": "2012-01-03 11:00:00",
        "wp:post_date_gmt": "2012-01-03 10:00:00",
        "wp:comment_status": "open",
        "wp:ping_status": "open",
        "wp:post_name": f"post-{number}",
        "wp:status": "publish",
        "wp:post_type": "post",
    } | {name.replace("__", ":"): text for name, text in fields.items()}
    written = "\n".join(f"<{name}>{text}</{name}>" for name, text in texts.items())
    return f"<item>\n{written}\n{extra}{comments}</item>"


def a_comment(number: int, **fields: str) -> str:
    """An approved comment, unless the fields (without `comment_`) say otherwise."""
    texts = {
        "id": str(number),
        "author": "Ann",
        "author_email": "ann@example.org",
        "author_url": "",
        "author_IP": "192.0.2.1",
        "date": "2012-01-04 11:00:00",
        "date_gmt": "2012-01-04 10:00:00",
        "content": f"<![CDATA[Comment {number}]]>",
        "approved": "1",
        "type": "",
        "parent": "0",
        "user_id": "0",
    } | fields
    inner = "".join(
        f"<wp:comment_{name}>{text}</wp:comment_{name}>" for name, text in texts.items()
    )
    return f"<wp:comment>{inner}</wp:comment>\n"


# Gwen, as a file names her.
HEAD = (
    "<wp:author><wp:author_id>3</wp:author_id><wp:author_login>gwen</wp:author_login>"
    "<wp:author_email>gwen@example.org</wp:author_email>"
    "<wp:author_display_name>Gwen &amp;amp; Co</wp:author_display_name></wp:author>"
)


def meta(key: str, value: str) -> str:
    """One line of an item's meta data."""
    return f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>"


def an_attachment(number: int, **fields: str) -> str:
    """A picture of January 2012, unless the fields say otherwise."""
    usual = {
        "link": f"{BASE}/?attachment_id={number}",
        "wp__post_type": "attachment",
        "wp__status": "inherit",
        "wp__attachment_url": f"{BASE}/wp-content/uploads/2012/01/{number}.jpg",
    }
    return an_item(number, **(usual | fields))


def read(text: bytes) -> list[Read]:
    """Everything the file gives."""
    return list(WxrFile(io.BytesIO(text)))


def items_of(found: list[Read]) -> list[Item]:
    """The items alone."""
    return [one for one in found if isinstance(one, Item)]


def skipped_of(found: list[Read]) -> list[Skipped]:
    """What could not be read."""
    return [one for one in found if isinstance(one, Skipped)]


def channel_of(found: list[Read]) -> Channel:
    """The head."""
    assert isinstance(found[0], Channel)
    return found[0]


def comments_of(item: Item) -> list[WxrComment]:
    """Its comments, all of which can be read."""
    found = list(item.comments)
    assert all(isinstance(one, WxrComment) for one in found)
    return [one for one in found if isinstance(one, WxrComment)]
