"""Which resolved addresses a request may reach that the operator did not configure: public ones only."""

import ipaddress
import socket

from aiohttp import AddrInfoType

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


class AddressRefusedError(OSError):
    """A name outside the configuration resolved to an address of this machine or of a private network."""


def is_public(address: str) -> bool:
    """Whether a resolved IP address belongs to the public internet, looked at through every IPv4-in-IPv6 disguise."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _inside(ip)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _inside(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address an IPv6 one leads to, if any: mapped, 6to4, Teredo, NAT64."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def public_socket(info: AddrInfoType) -> socket.socket:
    """Make the socket for a connection to a resolved address, or refuse: for `TCPConnector(socket_factory=…)`, which sees
    every address, of names and of literals, immediately before it is used."""
    family, kind, protocol, _name, place = info
    if not is_public(str(place[0])):
        raise AddressRefusedError("the address is not a public one")
    return socket.socket(family=family, type=kind, proto=protocol)
