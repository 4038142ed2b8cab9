"""Words that WordPress keeps outside of a post's text, which only points to them."""

import json
from typing import Any

from app.porting.wordpress.importing.survey import Survey
from app.porting.wordpress.reading.values import Item
from app.porting.wordpress.texts.blocks import Fill
from app.porting.wordpress.texts.tags import tag


def words_of(survey: Survey, item: Item) -> Fill:
    """For `unwrap_blocks`: the patterns an author uses in many posts, and a post's footnotes."""

    def fill(name: str, attributes: dict[str, Any]) -> str | None:
        if name == "block":
            ref = attributes.get("ref")
            return survey.patterns.get(ref) if isinstance(ref, int) else None
        if name == "footnotes":
            return footnotes(next(iter(item.meta_values("footnotes")), ""))
        return None

    return fill


def footnotes(kept: str) -> str | None:
    """The list below a text, each note with the way back; None where nothing sound is kept."""
    try:
        notes = json.loads(kept or "[]")
    except (ValueError, RecursionError):
        return None
    notes = [note for note in notes if _is_note(note)] if isinstance(notes, list) else []
    if not notes:
        return None
    lines = (f"{tag('li', {'id': n['id']})}{n['content']} {_way_back(n['id'])}</li>" for n in notes)
    return f'<ol class="wp-block-footnotes">{"".join(lines)}</ol>'


def _is_note(note: Any) -> bool:
    return isinstance(note, dict) and all(isinstance(note.get(k), str) for k in ("id", "content"))


def _way_back(note_id: str) -> str:
    return f"{tag('a', {'href': f'#{note_id}-link'})}↩</a>"
