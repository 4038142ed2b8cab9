"""The one guarded door to other people's servers.

`opening` opens the door, `door` makes the requests that `asking` describes, `addresses` says who may
be asked, `redirects` where one leads, `turns` how often, for all processes `turns_kept`; `bodies`
reads what comes back. Nothing else in the house opens a connection to an address that somebody gave us.
"""
