"""Who may be asked: URLs are read strictly, names looked up once, only public addresses kept."""

import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import anyio

from app.core.errors import Unreachable
from app.core.i18n import _
from app.core.lean import without
from app.core.outbound.turns import HostPort

# With it comes its command line, drawn by rich.
with without("rich", "pygments"):
    import httpx

Address = IPv4Address | IPv6Address
# Host and port to the addresses a name stands for; a stub of it stands in tests.
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

PORTS = frozenset({80, 443, 8080})
LONGEST_URL = 4096
LONGEST_NAME = 253  # RFC 1035 §2.3.4, without the dots that only its packets have

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_-]{1,63}\.?")
# WHATWG URL §3.5: a host that ends in a number is an IPv4 address, in whatever spelling.
_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$")
# What Python calls global and IANA's registries do not promise to be anybody's web site.
_NOBODYS_SITE = (
    IPv4Network("192.0.0.0/24"),  # RFC 6890: protocol assignments, anycast services of the network
    IPv4Network("192.88.99.0/24"),  # RFC 7526: relays of 6to4
    IPv6Network("2002::/16"),  # RFC 7526: 6to4, an IPv4 address in other clothes
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are what is reached


@dataclass(frozen=True)
class Target:
    """A URL that may be asked, with its host (ASCII, lower case, no brackets) and port."""

    url: httpx.URL
    host: str
    port: int

    @property
    def server(self) -> HostPort:
        """Host and port, however they were spelled: by which requests are counted."""
        address = as_address(self.host)
        return (self.host.rstrip(".") if address is None else str(address), self.port)


def read_target(url: str, allow: frozenset[HostPort], ports: frozenset[int] = PORTS) -> Target:
    """Read an address strictly; `allow` are the exceptions from every rule about host and port.

    Raises Unreachable for anything but http(s) to a public host on one of `ports`. A literal
    address is judged here, in every spelling; a name when it is looked up (`public_addresses`).
    """
    parsed = _parse(url)
    host = parsed.raw_host.decode("ascii").lower()
    port = port_of(parsed)
    target = Target(parsed.copy_with(fragment=None), host, port)
    if (host, port) in allow:
        return target
    if port not in ports:
        raise Unreachable(_("Only the ports of web sites are asked: 80, 443 and 8080."))
    address = as_address(host)
    if not (_is_public_name(host) if address is None else is_public(address)):
        raise no_answer()
    return target


def host_of(url: str) -> str:
    """The host of a web address, in ASCII and lower case. Raises Unreachable for anything else."""
    return _parse(url).raw_host.decode("ascii").lower()


def port_of(url: httpx.URL) -> int:
    """The port that is asked: the usual one, where the address names none."""
    return _DEFAULT_PORTS.get(url.scheme, 0) if url.port is None else url.port


class NoAnswer(Unreachable):
    """No server was there, or none that may be asked, or it did not keep to the time."""


def no_answer() -> NoAnswer:
    """One sentence for a name that does not exist, a refused address and a closed port alike.

    Whoever gave the address must not learn from it what stands in our own network.
    """
    return NoAnswer(_("That server could not be reached."))


def _parse(url: str) -> httpx.URL:
    if len(url) > LONGEST_URL or not url.isprintable():
        raise Unreachable(_("That is not a web address."))
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise Unreachable(_("That is not a web address.")) from error
    if parsed.scheme not in _DEFAULT_PORTS or not parsed.raw_host or parsed.userinfo:
        raise Unreachable(_("Only http and https addresses of other sites can be asked."))
    return parsed


def _is_public_name(host: str) -> bool:
    name = host.rstrip(".")
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(host):
        return False
    # RFC 6761 §6.3; a name of one label is looked up in the network we stand in.
    return "." in name and not name.endswith(".localhost")


def as_address(host: str) -> Address | None:
    """The address that a host spells (127.1, 0x7f000001, ::1); None for a name.

    Raises Unreachable for a host that ends in a number and is no address.
    """
    try:
        return ip_address(host)
    except ValueError:
        if not _ENDS_IN_NUMBER.search(host):
            return None
    try:
        return IPv4Address(socket.inet_aton(host.rstrip(".")))
    except OSError as error:
        raise no_answer() from error


def is_public(address: Address) -> bool:
    """Whether an address can be somebody's public web site.

    Stricter than `is_global`, which says yes to multicast, to 6to4 and to whatever is embedded in
    NAT64. The connection is checked once more, by httpx-secure.
    """
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(IPv4Address(address.packed[-4:]))
        if address.is_site_local:
            return False
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not any(address in network for network in _NOBODYS_SITE)


async def public_addresses(target: Target, resolve: Resolver) -> list[str]:
    """The public addresses of a target, in the resolver's order; looked up once, never empty.

    Raises Unreachable when there are none.
    """
    found = await addresses_of(target, resolve)
    public = [address for address in found if is_public(ip_address(address))]
    if not public:
        raise no_answer()
    return public


async def addresses_of(target: Target, resolve: Resolver) -> list[str]:
    """All addresses of a target, public or not, as numbers."""
    literal = as_address(target.host)
    if literal is not None:
        return [str(literal)]
    try:
        found = await resolve(target.host, target.port)
        return [str(ip_address(address)) for address in dict.fromkeys(found)]
    except (OSError, ValueError) as error:
        raise no_answer() from error


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """What the operating system says; raises OSError for unknown names."""
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_rest, sockaddr in found]


def read_allowed(setting: str) -> frozenset[HostPort]:
    """The exceptions of `RAPPORT_OUTBOUND_ALLOW`: `host:port,[::1]:8080,…`; raises ValueError."""
    allowed = set()
    for entry in filter(None, (part.strip() for part in setting.split(","))):
        host, _colon, port = entry.rpartition(":")
        if not re.fullmatch(r"[\w.:\[\]-]+", host) or not re.fullmatch(r"[1-9][0-9]{0,4}", port):
            raise ValueError(f"RAPPORT_OUTBOUND_ALLOW: {entry!r} is not host:port")
        allowed.add((host.strip("[]").lower(), int(port)))
    return frozenset(allowed)
