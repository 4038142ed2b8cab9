"""Network addresses as they are kept and compared."""

from ipaddress import IPv6Address, ip_address

# The first four groups of an IPv6 address written out: a household has a whole /64.
_HOUSEHOLD = 19


def kept_address(host: str) -> str:
    """An address in one spelling, IPv6 written out in full; empty for what is none."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return address.exploded


def household(address: str) -> tuple[str, str]:
    """The first and last kept address of the same household: for IPv4 itself, for IPv6 its /64."""
    if ":" not in address:
        return address, address
    network = address[:_HOUSEHOLD]
    return f"{network}:0000:0000:0000:0000", f"{network}:ffff:ffff:ffff:ffff"
