"""Which resolved addresses a request may reach that the operator did not configure: public ones only."""

import ipaddress
import socket

from aiohttp import AddrInfoType

# https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast and the reserved end of the space
_SPECIAL_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
# https://www.iana.org/assignments/ipv6-address-space: of it only this is given out to the public,
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
# but for https://www.iana.org/assignments/iana-ipv6-special-registry
_SPECIAL_6 = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20")
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})  # RFC 5214: before the last 32 bits, which are one too


class AddressRefusedError(OSError):
    """A name outside the configuration resolved to an address of this machine or of a private network."""


def is_public(address: str) -> bool:
    """Whether a resolved IP address belongs to the public internet, looked at through every IPv4-in-IPv6 disguise."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _SPECIAL_4)
    inner = _inside(ip)
    if inner is not None:
        return is_public(str(inner))
    if int(ip) >> 32 & 0xFFFFFFFF in _ISATAP and not is_public(str(_last(ip))):
        return False
    return ip in _UNICAST_6 and not any(ip in network for network in _SPECIAL_6)


def _inside(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address an IPv6 one leads to, if any: mapped, 6to4, Teredo, NAT64."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    return _last(ip) if ip in _NAT64 else None


def _last(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)


def public_socket(info: AddrInfoType) -> socket.socket:
    """Make the socket for a connection to a resolved address, or refuse: for `TCPConnector(socket_factory=…)`, which sees
    every address, of names and of literals, immediately before it is used."""
    family, kind, protocol, _name, place = info
    if not is_public(str(place[0])):
        raise AddressRefusedError("the address is not a public one")
    return socket.socket(family=family, type=kind, proto=protocol)
