"""What the deployment decides, read once from the environment or `.env`. The owner's own choices are in `site`."""

from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_MOST_MB = 10_000
_MOST_SECONDS = 3600


class Settings(BaseSettings):
    """Frozen; every field is a `RAPPORT_…` variable with one line of help."""

    model_config = SettingsConfigDict(
        env_prefix="RAPPORT_", env_file=".env", frozen=True, extra="ignore", env_ignore_empty=True
    )

    data: Path = Field(
        Path("data"), description="Folder of the SQLite file, uploads and the secret."
    )
    database_url: str = Field(
        "", description="sqlite:///… or postgresql://…; empty: SQLite in data."
    )
    base_url: str = Field(
        "http://127.0.0.1:8000", description="Public address, used in links and feeds."
    )
    secret_key: str = Field(
        "", description="Signs tokens; empty: made once, in the data folder, for this site alone."
    )
    media_url: str = Field(
        "", description="Uploads: file:///… or s3://bucket/prefix; empty: in the data folder."
    )
    s3_endpoint: str = Field("", description="Server of the bucket; empty: Amazon's own.")
    s3_key: str = Field("", description="Name of the key to the bucket.")
    s3_secret: str = Field("", repr=False, description="The key to the bucket itself.")
    upload_mb: int = Field(100, description="Most megabytes of one resource.")
    import_mb: int = Field(
        200, description="Most megabytes of an export handed in at /admin/import/."
    )
    outbound_allow: str = Field("", description="host:port,… the fetch guard lets through as well.")
    trusted_proxies: str = Field("", description="Networks whose X-Forwarded-For is believed.")
    rate_limits: Literal["on", "off"] = Field(
        "on", description="off: no limit on reading, comments and what waits, for load tests."
    )
    form_min_seconds: float = Field(
        3, description="Forms sent sooner than this look like a robot's; 0: never."
    )
    smtp_url: str = Field(
        "", description="smtp(s)://user:pass@host:port; empty: mail waits in the console's outbox."
    )
    akismet_key: str = Field("", description="Key of the Akismet service; empty: it is not asked.")
    akismet_url: str = Field("", description="Where Akismet is asked; empty: at the service's own.")
    websub_hub: str = Field(
        "", description="WebSub hub that feeds announce, and that is told when they change."
    )
    log: Literal["", "text", "json"] = Field("", description="text on a terminal, else json.")

    @field_validator("upload_mb", "import_mb", mode="before")
    @classmethod
    def _is_a_size(cls, value: object) -> int:
        typed = str(value).strip()
        is_number = typed.isascii() and typed.isdecimal() and len(typed) <= len(str(_MOST_MB))
        if not is_number or not 1 <= int(typed) <= _MOST_MB:
            raise ValueError(f"must be a whole number from 1 to {_MOST_MB}")
        return int(typed)

    @field_validator("form_min_seconds", mode="before")
    @classmethod
    def _is_a_while(cls, value: object) -> float:
        try:
            seconds = float(str(value))
        except ValueError:
            seconds = -1
        # What is no number at all lies between no two either.
        if not 0 <= seconds <= _MOST_SECONDS:
            raise ValueError(f"must be a number of seconds from 0 to {_MOST_SECONDS}, such as 2.5")
        return seconds

    @field_validator("rate_limits", mode="before")
    @classmethod
    def _is_on_or_off(cls, value: object) -> object:
        if value not in ("on", "off"):
            raise ValueError("must be on or off")
        return value

    @field_validator("log", mode="before")
    @classmethod
    def _is_a_format(cls, value: object) -> object:
        if value not in ("", "text", "json"):
            raise ValueError("must be text or json")
        return value

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.query
            or parts.fragment
        ):
            raise ValueError("must look like https://blog.example.org")
        _refuse_no_port(value)
        if parts.path.strip("/"):
            raise ValueError("must be the root of a host: Rapport does not live in a sub-folder")
        return value.rstrip("/")

    @field_validator("media_url")
    @classmethod
    def _is_a_store(cls, value: str) -> str:
        parts = urlsplit(value)
        is_bucket = parts.scheme == "s3" and parts.netloc and not parts.query
        if value and not value.startswith("file:///") and not is_bucket:
            raise ValueError("must look like file:///srv/uploads or s3://bucket/prefix")
        return value

    @field_validator("s3_endpoint")
    @classmethod
    def _is_a_bucket_server(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query):
            raise ValueError("must look like https://s3.example.org")
        _refuse_no_port(value)
        return value.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
            raise ValueError("must look like smtp://user:password@mail.example.org:587")
        _refuse_no_port(value)
        return value

    @field_validator("outbound_allow")
    @classmethod
    def _is_hosts_and_ports(cls, value: str) -> str:
        for entry in filter(None, (part.strip() for part in value.split(","))):
            host, _, port = entry.rpartition(":")
            if not host or not port.isdecimal() or not 0 < int(port) < 65536:
                raise ValueError("must be host:port,… such as 127.0.0.1:8103")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _is_networks(cls, value: str) -> str:
        for entry in filter(None, (part.strip() for part in value.split(","))):
            try:
                # Of a network with bits to the right of its mask nothing would be believed.
                _ = entry == "*" or ip_network(entry)
            except ValueError as error:
                raise ValueError(
                    f"must be networks such as 10.0.0.0/8, or *: {entry} is none"
                ) from error
        return value

    @field_validator("akismet_url")
    @classmethod
    def _is_a_server(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query):
            raise ValueError("must look like http://127.0.0.1:8104")
        _refuse_no_port(value)
        # The version stands in the address of every call.
        return value.rstrip("/").removesuffix("/1.1")

    @field_validator("websub_hub")
    @classmethod
    def _is_a_hub(cls, value: str) -> str:
        parts = urlsplit(value)
        # It stands between angle brackets in a header (RFC 8288 §3).
        is_plain = value.isascii() and value.isprintable() and not set(value) & set(' <>"')
        has_host = parts.scheme in ("http", "https") and parts.hostname
        if value and not (has_host and is_plain and not parts.fragment):
            raise ValueError("must look like https://hub.example.org/")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_a_known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("must start with sqlite:/// or postgresql://")
        return value.replace("postgres://", "postgresql://", 1)

    @cached_property
    def database(self) -> str:
        """The database's URL, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data / 'rapport.sqlite3'}"

    @property
    def is_sqlite(self) -> bool:
        """Whether the site lives in one SQLite file."""
        return self.database.startswith("sqlite")

    @property
    def sqlite_path(self) -> Path:
        """The SQLite file."""
        return Path(self.database.removeprefix("sqlite:///"))

    @property
    def base_host(self) -> str:
        """Host of the public address, without a port."""
        return urlsplit(self.base_url).hostname or ""


def _refuse_no_port(url: str) -> None:
    """Raises ValueError where the port of a URL is none."""
    try:
        _ = urlsplit(url).port
    except ValueError as error:
        raise ValueError("has a port that is none: ports are numbers up to 65535") from error
