"""What the same bytes cost at least: a bare function under the same server, with the same settings.

`python -m bench.yardstick ANSWERS PORT` serves the answers in the file ANSWERS, the first at `/0`.
"""

import base64
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import Message, Receive, Scope, Send

_FILE = "BENCH_ANSWERS"


@dataclass(frozen=True)
class Answer:
    """What a server sent: status, headers as they came, and the body as it travelled."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def write_answers(path: Path, answers: Sequence[Answer]) -> None:
    """Keep answers for a yardstick to give."""
    kept = [
        {
            "status": answer.status,
            "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in answer.headers],
            "body": base64.b64encode(answer.body).decode(),
        }
        for answer in answers
    ]  # fmt: skip
    path.write_text(json.dumps(kept))


def _messages(path: Path) -> dict[str, tuple[Message, Message]]:
    found: dict[str, tuple[Message, Message]] = {}
    for number, kept in enumerate(json.loads(path.read_text())):
        headers = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in kept["headers"]
        ]
        start = {"type": "http.response.start", "status": kept["status"], "headers": headers}
        body = {"type": "http.response.body", "body": base64.b64decode(kept["body"])}
        found[f"/{number}"] = (start, body)
    return found


_ANSWERS = _messages(Path(os.environ[_FILE])) if _FILE in os.environ else {}


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Look the answer up and send it, as soon as all that was sent is there."""
    start, body = _ANSWERS[scope["path"]]
    if scope["method"] == "POST":
        while (await receive()).get("more_body"):
            pass
    await send(start)
    await send(body)


def main(answers: str, port: str) -> None:
    """Serve, as `rapport serve` does."""
    os.environ[_FILE] = answers
    uvicorn.run(
        "bench.yardstick:answer",
        host="127.0.0.1",
        port=int(port),
        lifespan="off",
        access_log=False,
        server_header=False,
        log_config=None,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
