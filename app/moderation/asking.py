"""Whether another server has to be heard before something is judged."""

from app.settings import Settings
from app.site.models import SiteRow


def asks_others(settings: Settings, site: SiteRow) -> bool:
    """Akismet, or a program that an owner named (see `app/hooks`): what comes in waits for what they say."""
    return bool(settings.akismet_key) or site.asks_hooks
