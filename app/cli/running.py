"""`rapport serve`."""

import os
from typing import Annotated

import typer
import uvicorn

from app.cli.context import err, load_settings, prepare_schema
from app.core.logs import configure_logs
from app.settings import Settings


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes.", min=1, max=64)] = 1,
    no_jobs: Annotated[
        bool, typer.Option("--no-jobs", help="Leave jobs to another process.")
    ] = False,
) -> None:
    """Serve the website.

    Example: rapport serve --host 0.0.0.0 --port 8080 --workers 2
    """
    del no_jobs  # Nothing waits for a worker yet; the option is there so that scripts stay valid.
    settings = _settings_for(port)
    configure_logs(settings)
    prepare_schema(settings)
    err.print(f"Rapport serves {settings.base_url} (listening on {host}:{port})")
    if settings.rate_limits == "off":
        err.print("Rate limits are off: that is for load tests only.")
    uvicorn.run(
        "app.main:from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        server_header=False,
        log_config=None,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=10,
    )


def _settings_for(port: int) -> Settings:
    settings = load_settings()
    if "base_url" not in settings.model_fields_set:
        # Worker processes read their settings themselves.
        os.environ["RAPPORT_BASE_URL"] = f"http://127.0.0.1:{port}"
        settings = load_settings()
    return settings
