"""The boards of asks and offers: their feeds, then what is done to one, then whatever stands on them."""

from app.web.asks import acting, boards, feeds, starting

ASKS = (feeds.router, starting.router, acting.router, boards.router)
