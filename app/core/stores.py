"""Where the deployment keeps its files. Who speaks with a bucket is loaded where there is one: 6 MB in each process."""

from functools import lru_cache
from importlib import import_module
from urllib.parse import urlsplit

from app.core.storage import Store, folder_at
from app.settings import Settings


@lru_cache(maxsize=8)
def store_of(settings: Settings) -> Store:
    """The bucket or the folder that RAPPORT_MEDIA_URL names."""
    if urlsplit(settings.media_url).scheme != "s3":
        return folder_at(settings.media_url, settings.data / "uploads")
    bucket: Store = import_module("app.core.bucket").open_bucket(settings)
    return bucket
