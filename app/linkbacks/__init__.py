"""Other sites' links to a post: trackbacks, pingbacks and webmentions, coming in and going out.

`addresses` says when two addresses are one, `discovery` what a page is told through, `protocols`
how each kind is spoken, `charsets` in which letters. All of these are pure: what they read was
written by strangers, and the worst it can get out of them is a refusal with a sentence.

Going out: `announcing` compares a post's links with what was told of them, and `announcing_jobs` run
an errand for each that is to be told; `telling` speaks to the other site, `sent` keeps its answer.
"""
