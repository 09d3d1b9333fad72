"""Which addresses are one client."""

from __future__ import annotations

import ipaddress

# What a provider gives to one customer, who may take any of its 2^64 addresses for each request (RFC 6177).
_IPV6_PREFIX = 64


def one_client(address: str) -> str:
    """An IPv4 address as it is; of an IPv6 address its network."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    beside = 128 - _IPV6_PREFIX
    return str(ipaddress.IPv6Network((int(parsed) >> beside << beside, _IPV6_PREFIX)))
