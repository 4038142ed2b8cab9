"""Files that lie in a bucket go into a backup, and come back into a bucket or a folder."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.stores import store_of
from app.settings import Settings
from tests.backup.keeping import build_site, digests_in
from tests.backup.test_round import place, tell
from tests.buckets import NAME, a_bucket_server

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def bucket_url() -> Iterator[str]:
    with a_bucket_server() as url:
        yield url


def in_bucket(settings: Settings, url: str, prefix: str) -> Settings:
    """The same place, but for its files."""
    where = {"media_url": f"s3://{NAME}/{prefix}", "s3_endpoint": url}
    return settings.model_copy(update={**where, "s3_key": "key", "s3_secret": "secret"})


async def digests_of(settings: Settings) -> dict[str, str]:
    """All files of a site by their names."""
    store, found = store_of(settings), {}
    async for kept in store.below(""):
        content = b"".join([block async for block in store.read(kept.name, 0, kept.size)])
        found[kept.name] = hashlib.sha256(content).hexdigest()
    return found


async def test_a_bucket_comes_back_as_a_folder_and_as_a_bucket_again(
    settings: Settings, bucket_url: str, tmp_path: Path
) -> None:
    settings = in_bucket(settings, bucket_url, "one")
    await build_site(settings)
    before = await digests_of(settings)
    assert len(before) == 3

    await tell(settings, "backup", str(tmp_path / "site.tar"))
    folder = place(tmp_path / "folder")
    await tell(folder, "restore", str(tmp_path / "site.tar"))
    await tell(folder, "backup", str(tmp_path / "again.tar"))
    bucket = in_bucket(place(tmp_path / "bucket"), bucket_url, "another")
    await tell(bucket, "restore", str(tmp_path / "again.tar"))

    assert await digests_of(folder) == before
    assert set(digests_in(folder.data / "uploads").values()) == set(before.values())
    assert await digests_of(bucket) == before
    assert digests_in(bucket.data / "uploads") == {}


async def test_an_archive_takes_a_bucket_into_another(
    settings: Settings, bucket_url: str, tmp_path: Path
) -> None:
    settings = in_bucket(settings, bucket_url, "third")
    await build_site(settings)
    before = await digests_of(settings)

    await tell(settings, "export", "archive", str(tmp_path / "site.zip"))
    bucket = in_bucket(place(tmp_path / "empty"), bucket_url, "fourth")
    await tell(bucket, "upgrade")
    await tell(bucket, "import", "archive", str(tmp_path / "site.zip"))

    assert await digests_of(bucket) == before
