"""What is done later about the index."""

from app.core.jobs import Tools, job
from app.search.index import index_of

# Other writers come between two steps; whatever is left after so many is for the next time.
_MOST_STEPS = 1000


@job("tidy-search-index")
async def tidy_search_index(tools: Tools) -> None:
    """Merge what many small changes have left in the index, a few milliseconds at a time."""
    for _ in range(_MOST_STEPS):
        async with tools.work.unit_of_work() as session:
            if not await index_of(session).tidy(session):
                return
