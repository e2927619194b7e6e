"""Keeps the tests of this process at home: each connection or look-up of a name that would leave the machine is refused and noted."""

import errno
import ipaddress
import socket
from collections.abc import Callable
from typing import Any


class LeftTheMachine(OSError):
    """What whoever reached out gets, as if there were no network."""


class Loopback:
    """Stands in place of what `socket` uses to reach others; `take` gives the hosts that somebody wanted since it was last called."""

    def __init__(self) -> None:
        self._hosts: list[str] = []

    def take(self) -> list[str]:
        hosts, self._hosts = self._hosts, []
        return hosts

    def install(self) -> None:
        for name in ("connect", "connect_ex"):
            setattr(socket.socket, name, self._connecting(getattr(socket.socket, name)))
        for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
            setattr(socket, name, self._looking_up(getattr(socket, name)))

    def _connecting(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def connect(this: socket.socket, address: Any) -> Any:
            if this.family in (socket.AF_INET, socket.AF_INET6) and not is_here(address[0]):
                self._refuse(address[0])
            return real(this, address)

        return connect

    def _looking_up(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def look_up(host: Any, *rest: Any, **more: Any) -> Any:
            if not needs_no_look_up(host):
                self._refuse(host)
            return real(host, *rest, **more)

        return look_up

    def _refuse(self, host: Any) -> None:
        name = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
        self._hosts.append(name)
        raise LeftTheMachine(errno.ENETUNREACH, f"a test reached for {name}")


def is_here(host: object) -> bool:
    if host in ("", "localhost", b"localhost"):
        return True
    address = _address(host)
    return address is not None and (address.is_loopback or address.is_unspecified)


def needs_no_look_up(host: object) -> bool:
    return host is None or is_here(host) or _address(host) is not None or _is_number(host)


def _is_number(host: object) -> bool:
    """Whether it is an address in one of the old forms, such as 0x7f000001."""
    try:
        socket.inet_aton(str(host))
    except (OSError, UnicodeError):
        return False
    return True


def _address(host: object) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host).partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


HERE = Loopback()
