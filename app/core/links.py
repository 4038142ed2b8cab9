"""A text is read far from the site, in feeds and mail: every link in it has to say the whole address."""

import re
from urllib.parse import urljoin

# Clean HTML, as core.markup writes it: `<` opens a tag and nothing else, values stand in `"`.
_TAG = re.compile(r'<[a-z][^\s<>]*(?:\s+[^\s=<>"]+="[^"]*")+')
_LINK = re.compile(r'(\s(?:href|src|poster|cite)=")(?![a-zA-Z][a-zA-Z0-9+.-]*:)([^"]+)')
_CANDIDATES = re.compile(r'(\ssrcset=")([^"]+)')
_CANDIDATE = re.compile(r"(?:^|(?<=,))(\s*)(/[^\s,]*)")


def absolute_links(html: str, page_url: str) -> str:
    """The HTML with every link written out, as a reader of `page_url` would follow it.

    Only attributes of tags are touched, never the text between them.
    """
    root = "/".join(page_url.split("/", 3)[:3])

    def absolute(address: str) -> str:
        if address[0] == "/" and address[1:2] != "/":  # nearly every link; urljoin takes its time
            return root + address
        if address[0] == "#":
            return page_url + address
        try:
            return urljoin(page_url, address)
        except ValueError:  # such as "//[": nobody can follow that, here or there
            return address

    def absolute_candidates(candidates: re.Match[str]) -> str:
        addresses = _CANDIDATE.sub(lambda found: found[1] + absolute(found[2]), candidates[2])
        return candidates[1] + addresses

    def absolute_tag(match: re.Match[str]) -> str:
        tag = _LINK.sub(lambda link: link[1] + absolute(link[2]), match[0])
        return _CANDIDATES.sub(absolute_candidates, tag) if "srcset=" in tag else tag

    return _TAG.sub(absolute_tag, html)
