"""Search in the moderators' queue: comments of any status, which the public's search never shows.

What is not approved lies in the index under marks that nobody can type, one for each status; so a
word that a million comments use is looked for among the few that wait.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.discussions.models import CommentStatus
from app.search.asking import Term, Terms, read_terms
from app.search.entries import OF_COMMENTS, STATUS_MARKS
from app.search.index import index_of

# Of what has a common word only the newest are listed.
MOST_FOUND = 1000
_LONG_ENOUGH_TO_BEGIN = 4


def found_in_queue(session: AsyncSession, line: str, status: CommentStatus) -> Select[Any] | None:
    """The ids of the comments with this status that have all these words; None for no words at all.

    They are looked for in name and text, and, of what is not approved, in the addresses of links.
    """
    terms = read_terms(line)
    if not terms.wanted:
        return None
    terms = replace(terms, wanted=tuple(_settled(term) for term in terms.wanted))
    if mark := STATUS_MARKS.get(status):
        terms = Terms((Term((mark,)), *terms.wanted), terms.unwanted, terms.by)
    found = index_of(session).matching(terms, OF_COMMENTS, MOST_FOUND)
    # Nobody asks here which fits best, so nothing is weighed.
    return select(found.with_only_columns(found.selected_columns.key).subquery().c.key)


def _settled(term: Term) -> Term:
    """A short word is meant as it stands: thousands begin with “the”, and each would be looked up."""
    last = term.words[-1]
    is_short = last.isascii() and len(last) < _LONG_ENOUGH_TO_BEGIN
    return replace(term, is_begun=term.is_begun and not is_short)
