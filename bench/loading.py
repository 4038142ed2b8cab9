"""The site to measure: made up, imported by the program's own importer, and kept for the next run."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.core.schema import wanted_version
from bench.processes import run_measured
from bench.site import EDITION, Size, write_export
from bench.table import Figure


@dataclass(frozen=True)
class LoadedSite:
    """A database full of posts and comments."""

    size: Size
    folder: Path
    # What bringing it in took; nothing when it was there already.
    figures: tuple[Figure, ...] = ()
    # Settings of its server that are not as usual here.
    otherwise: Mapping[str, str] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        """Where its SQLite file is."""
        return f"sqlite:///{self.folder.absolute() / 'rapport.sqlite3'}"

    def environment(self, port: int) -> dict[str, str]:
        """Settings of a server for it: as shipped, but without limits."""
        return {
            "RAPPORT_DATA": str(self.folder),
            "RAPPORT_DATABASE_URL": self.database_url,
            "RAPPORT_BASE_URL": f"http://127.0.0.1:{port}",
            "RAPPORT_RATE_LIMITS": "off",
            "RAPPORT_LOG": "json",
            **self.otherwise,
        }

    def set_otherwise(self, **settings: str) -> "LoadedSite":
        """The same site, its server set otherwise."""
        return replace(self, otherwise={**self.otherwise, **settings})


def loaded(size: Size, data: Path) -> LoadedSite:
    """The site of this size, from an earlier run if the same program made the same."""
    name = f"site-{EDITION}-{size.posts}-{size.comments}-{wanted_version()}"
    folder, half_done = data / name, data / f"{name}.partial"
    if folder.exists():
        return LoadedSite(size, folder)
    shutil.rmtree(half_done, ignore_errors=True)
    half_done.mkdir(parents=True)
    export = half_done / "export.xml"
    print(f"Making up {size} …", flush=True)
    write_export(size, export)
    print(f"Importing {export.stat().st_size / 1e6:,.0f} MB …", flush=True)
    site = LoadedSite(size, half_done)
    seconds, memory = run_measured(
        "app", "import", "wordpress", str(export), environment=site.environment(8000)
    )
    export.unlink()
    half_done.rename(folder)
    return LoadedSite(size, folder, (
        Figure(f"import of {size.comments:,} comments", seconds, "s"),
        Figure("its peak memory", memory, "MB"),
    ))  # fmt: skip


@contextmanager
def a_copy(site: LoadedSite) -> Iterator[LoadedSite]:
    """The same site to write into; what is measured by reading stays as it is."""
    with tempfile.TemporaryDirectory(dir=site.folder.parent, prefix="written-") as folder:
        shutil.copytree(site.folder, folder, dirs_exist_ok=True)
        yield LoadedSite(site.size, Path(folder), otherwise=site.otherwise)
