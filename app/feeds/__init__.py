"""Feeds as feed readers get them.

`model` says what a feed is: a `Feed` with its `Entry`s, frozen and free of any format. `rss`,
`atom` and `json_feed` each turn one into bytes. They are pure: the same feed gives the same bytes,
whatever the hour, so that a reader who has them already can be told so. Which entries a feed has
is decided by whoever calls.
"""
