"""The one guarded door to other people's servers.

`door` makes the requests, `addresses` says who may be asked, `turns` how often, `bodies` reads
what comes back. Nothing else in the house opens a connection to an address that somebody gave us.
"""
