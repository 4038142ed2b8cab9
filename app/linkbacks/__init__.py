"""Other sites' links to a post: trackbacks, pingbacks and webmentions, coming in and going out.

`addresses` says when two addresses are one, `discovery` what a page is told through, `protocols`
how each kind is spoken, `charsets` in which letters. All of these are pure: what they read was
written by strangers, and the worst it can get out of them is a refusal with a sentence.
"""
