"""Logs: lines for people on a terminal, JSON for machines."""

import logging
import sys
from typing import Any

from app.core.lean import without
from app.settings import Settings

# Tracebacks in colour, and Pygments behind them, are 8 MB in every server process.
with without("rich", "pygments"):
    import structlog


def get_logger(*names: str) -> Any:
    """A logger of structlog, which says everything through what `configure_logs` set up."""
    return structlog.get_logger(*names)


def configure_logs(settings: Settings) -> None:
    """Say once, for this process, how and where its log is written (stderr)."""
    as_json = settings.log == "json" or (settings.log == "" and not sys.stderr.isatty())
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s"
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info
            if as_json
            else structlog.processors.StackInfoRenderer(),
            structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
