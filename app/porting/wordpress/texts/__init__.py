"""What was typed into WordPress becomes HTML as its readers saw it. Pure; cleaned by `core.markup` later.

`content` leads a post through `blocks` or `paragraphs`, `shortcodes` and `media`; `comment_text` is
the short way for comments. `old_site` tells which addresses were the site's own.
"""
