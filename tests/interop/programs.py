"""WordPress on a port of loopback, with a MariaDB of its own: all of it in one folder, and gone with it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from lxml import html

from tests.journeys.sites import read
from tests.visiting import free_port

PHP_FILES = Path(__file__).parent / "php"
INSTALLED = Path("/usr/share/wordpress")
THEME = "twentytwentyone"
# Not the sites' own address: WordPress takes each port of its host for its own house.
HOST = "127.0.0.2"

# Long, for machines with much else to do.
_WITHIN = 60.0
_PHP = ("-d", "sendmail_path=/bin/true", "-d", "display_errors=stderr")
# It asks itself, and is asked by those whom it tells something just then.
_PROCESSES = "4"
_MARIADBD = "/usr/sbin/mariadbd"
_MARIADB = (
    "--skip-networking",
    "--skip-log-bin",
    "--innodb-buffer-pool-size=64M",
    "--innodb-flush-log-at-trx-commit=0",
)


_SHOWN = "//li[contains(@class, 'pingback') or contains(@class, 'trackback')]//a[contains(@class, 'url')]/@href"


@dataclass(frozen=True)
class WordPress:
    """A WordPress that is served, and what its owner does in it."""

    url: str
    environment: Mapping[str, str]

    @property
    def host(self) -> str:
        """Host and port, as other sites let it through."""
        return self.url.removeprefix("http://")

    def publish(self, title: str, text: str, *trackbacks: str, tells_links: bool = True) -> str:
        """Publish a post, and have those told who are to be told; its address."""
        url = str(self.do("publish", title, text, trackbacks, tells_links))
        httpx.get(f"{self.url}/wp-cron.php", trust_env=False, timeout=_WITHIN).raise_for_status()
        return url

    def told_of(self, url: str) -> list[str]:
        """Whom it has told of a post, and who has understood."""
        return list(self.do("told", url))

    def links(self, url: str) -> list[tuple[str, str, str]]:
        """The comments of a post: kind, state and whose page."""
        return [(link["kind"], link["state"], link["source"]) for link in self.do("links", url)]

    def approve_all(self, url: str) -> None:
        """Let everybody read the comments of a post."""
        for link in self.do("links", url):
            self.do("approve", link["id"])

    def links_shown(self, url: str) -> list[str]:
        """The pages that visitors of a post see as linking to it."""
        page: Any = html.document_fromstring(read(url))
        return [str(address) for address in page.xpath(_SHOWN)]

    def do(self, verb: str, *arguments: object) -> Any:
        """Do something in WordPress's own code; what came of it."""
        done = subprocess.run(
            ["php", *_PHP, PHP_FILES / "do.php", verb],
            input=json.dumps(arguments), env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout)


@contextmanager
def a_wordpress() -> Iterator[WordPress]:
    """Set up Debian's WordPress in a folder of its own, and serve it until the block ends."""
    url = f"http://{HOST}:{free_port()}"
    with tempfile.TemporaryDirectory() as name, mariadb(Path(name)) as mariadb_socket:
        root = Path(name) / "wordpress"
        _copy(root)
        environment = os.environ | {
            "INTEROP_URL": url,
            "INTEROP_ROOT": str(root),
            "INTEROP_SOCKET": str(mariadb_socket),
            "PHP_CLI_SERVER_WORKERS": _PROCESSES,
        }
        site = WordPress(url, environment)
        site.do("set_up", "A WordPress", THEME)
        command = ["php", *_PHP, "-S", site.host, "-t", str(root)]
        with running(command, Path(name) / "php.log", _answers(url), environment):
            yield site


@contextmanager
def mariadb(folder: Path) -> Iterator[Path]:
    """A server with an empty database, without any password; where its socket is."""
    data, mariadb_socket, first = folder / "mariadb", folder / "socket", folder / "first.sql"
    as_root = ["--user=root"] if os.geteuid() == 0 else []
    subprocess.run(
        [
            "mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db",
            "--auth-root-authentication-method=normal", *as_root,
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    first.write_text("CREATE DATABASE wordpress;\n", encoding="ascii")
    command = [
        _MARIADBD, "--no-defaults", f"--datadir={data}", f"--socket={mariadb_socket}",
        f"--pid-file={folder / 'pid'}", f"--init-file={first}", *_MARIADB, *as_root,
    ]  # fmt: skip
    with running(command, folder / "mariadb.log", _listens(mariadb_socket)):
        yield mariadb_socket


@contextmanager
def running(
    command: Sequence[str],
    log: Path,
    is_ready: Callable[[], bool],
    environment: Mapping[str, str] = os.environ,
) -> Iterator[None]:
    """A program, with all its own processes, from when it is ready until the block ends."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env=environment, start_new_session=True
        )
    try:
        give_up = time.monotonic() + _WITHIN
        while not is_ready():
            trouble = process.poll() is not None or time.monotonic() > give_up
            assert not trouble, log.read_text(encoding="utf-8", errors="replace")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_WITHIN)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _copy(root: Path) -> None:
    """A WordPress that may write into itself, and reads its settings from beside its code."""
    shutil.copytree(INSTALLED, root, ignore=shutil.ignore_patterns(".htaccess", "wp-config.php"))
    shutil.copy(PHP_FILES / "wp-config.php", root)
    (root / "wp-content" / "mu-plugins").mkdir()
    shutil.copy(PHP_FILES / "loopback.php", root / "wp-content" / "mu-plugins")


def _listens(path: Path) -> Callable[[], bool]:
    def is_ready() -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(path)) == 0

    return is_ready


def _answers(url: str) -> Callable[[], bool]:
    def is_ready() -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(url, trust_env=False, timeout=_WITHIN).is_success
        return False

    return is_ready
