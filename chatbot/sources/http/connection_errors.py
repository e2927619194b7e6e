"""Why a server could not be reached or understood, in a sentence that says what to check."""

import errno
import socket
import ssl
from collections.abc import Iterator

import aiohttp
from yarl import URL

from chatbot.sources.http.addresses import AddressRefusedError
from chatbot.sources.http.status import place, server

_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_BROKEN = (aiohttp.ServerDisconnectedError, ConnectionResetError, ConnectionAbortedError, BrokenPipeError)


def could_not_read(url: URL, error: BaseException) -> str:
    """What happened when `url` was asked, and what to check. Names no query and no key."""
    causes = list(_causes(error))
    if any(isinstance(cause, aiohttp.ClientConnectorDNSError | socket.gaierror) for cause in causes):
        return f"{server(url)} cannot be found (DNS): check the network and the name"
    return f"{place(url)} could not be read: {_why(causes)}"


def _why(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, AddressRefusedError):
            return "it leads to an address of a private network that nobody configured"
        if isinstance(cause, aiohttp.ClientConnectorCertificateError | ssl.CertificateError):
            return "Certificate not trusted; check the address, this machine's clock and its CA certificates"
        if isinstance(cause, aiohttp.ClientSSLError | ssl.SSLError):
            return "no TLS connection; check that the address begins with the right one of http and https"
        if isinstance(cause, ConnectionRefusedError):
            return "the connection was refused; check that the server runs and that the port is right"
        if isinstance(cause, _BROKEN):
            return "the connection broke off"
        if isinstance(cause, OSError) and cause.errno in _NO_ROUTE:
            return "there is no way to it from here; check the network"
    return _other(causes)


def _other(causes: list[BaseException]) -> str:
    if any(isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ClientOSError | OSError) for cause in causes):
        return "the connection failed; check the network and the address"
    if any(isinstance(cause, aiohttp.ClientResponseError) for cause in causes):
        return "its answer is not HTTP as it should be"
    return f"its answer cannot be understood ({type(causes[0]).__name__})"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and those below it, a few levels deep."""
    cause: BaseException | None = error
    for _level in range(8):
        if cause is None:
            return
        yield cause
        below = getattr(cause, "os_error", None) or cause.__cause__ or cause.__context__
        cause = below if isinstance(below, BaseException) else None
