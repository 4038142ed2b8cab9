"""The site's one secret, and what is made of it: keyed hashes and signed tokens."""

import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from itsdangerous import URLSafeTimedSerializer

from app.settings import Settings

_FILE = "secret"
_LENGTH = 32
# Of SHA-256 (FIPS 180-4), in bytes.
_BLOCK = 64


class Secrets:
    """Everything derived from the secret; each purpose has a key of its own."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._keys: dict[str, bytes] = {}
        self._padded: dict[str, tuple[bytes, bytes]] = {}
        self._signers: dict[str, URLSafeTimedSerializer] = {}

    def keyed_hash(self, purpose: str, value: str) -> str:
        """64 hex digits that name a value without giving it away (HMAC-SHA-256, RFC 2104)."""
        inner, outer = self._pads(purpose)
        # Written out: OpenSSL looks its HMAC up anew each time, which takes longer than both hashes.
        hashed_inside = hashlib.sha256(inner + value.encode()).digest()
        return hashlib.sha256(outer + hashed_inside).hexdigest()

    def matches(self, purpose: str, value: str, given: str) -> bool:
        """Whether `given` is the keyed hash of a value, or a long enough beginning of it; takes equally long."""
        wanted = self.keyed_hash(purpose, value)[: len(given)]
        return len(given) >= _LENGTH and hmac.compare_digest(wanted.encode(), given.encode())

    def signer(self, purpose: str) -> URLSafeTimedSerializer:
        """Signs small values with the time of signing, for links and forms."""
        signer = self._signers.get(purpose)
        if signer is None:
            signer = URLSafeTimedSerializer(self._key(purpose), salt=purpose)
            self._signers[purpose] = signer
        return signer

    def _pads(self, purpose: str) -> tuple[bytes, bytes]:
        pads = self._padded.get(purpose)
        if pads is None:
            key = self._key(purpose).ljust(_BLOCK, b"\0")
            inner, outer = (bytes(byte ^ pad for byte in key) for pad in (0x36, 0x5C))
            pads = self._padded[purpose] = inner, outer
        return pads

    def _key(self, purpose: str) -> bytes:
        # There are as many purposes as the program has uses for secrets: a few.
        key = self._keys.get(purpose)
        if key is None:
            key = self._keys[purpose] = hmac.digest(self._secret, purpose.encode(), "sha256")
        return key


@lru_cache(maxsize=8)
def secrets_of(settings: Settings) -> Secrets:
    """The secrets of a deployment; without RAPPORT_SECRET_KEY one is made once, in the data folder."""
    return Secrets(settings.secret_key or _kept(settings.data))


def hashed(token: str) -> str:
    """How a long random token is kept: it needs no salt, as nobody can guess it."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """256 random bits, as text for a link or a cookie."""
    return secrets.token_urlsafe(_LENGTH)


def secret_file(settings: Settings) -> Path:
    """Where the secret lies that was made for this site, if one was."""
    return settings.data / _FILE


def _kept(folder: Path) -> str:
    path = folder / _FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # Written beside and linked into place: of two processes that start at once, one wins whole.
        made = folder / f".{_FILE}-{os.getpid()}-{secrets.token_hex(4)}"
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(_LENGTH * 2))
        try:
            os.link(made, path)
        except FileExistsError:
            return path.read_text().strip()
        finally:
            made.unlink()
    return path.read_text().strip()
