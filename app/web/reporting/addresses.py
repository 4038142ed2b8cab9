"""Where things are reported."""

from app.moderation.kinds import ThingKind


def report_url(kind: ThingKind, thing_id: int) -> str:
    """The form about one thing."""
    return f"/report/?kind={kind}&id={thing_id}"
