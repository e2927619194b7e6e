"""Why a chat's server could not be reached, in plain words that say what to check."""

import errno
import socket
import ssl
from collections.abc import Iterator

_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})


def unreachable(host: str, error: BaseException) -> str:
    """A sentence such as "example.org cannot be found (DNS); check the network and the name"."""
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) or "DNS" in type(cause).__name__ for cause in causes):
        return f"{host} cannot be found (DNS); check the network and the name"
    return f"{host} cannot be reached: {_why(causes)}"


def _why(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, ssl.CertificateError):
            return "its certificate is not trusted; check the address, this machine's clock and its CA certificates"
        if isinstance(cause, ssl.SSLError):
            return "no TLS connection; check whether the address begins with http or https"
        if isinstance(cause, ConnectionRefusedError):
            return "the connection was refused; check that the server runs and that the port is right"
        if isinstance(cause, ConnectionResetError | ConnectionAbortedError | BrokenPipeError):
            return "the connection was closed"
        if isinstance(cause, OSError) and cause.errno in _NO_ROUTE:
            return "there is no route to it; check the network"
    return f"the connection failed ({type(causes[0]).__name__}); check the network and the address"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and those below it, a few levels deep."""
    cause: BaseException | None = error
    for _level in range(8):
        if cause is None:
            return
        yield cause
        below = getattr(cause, "os_error", None) or cause.__cause__ or cause.__context__
        cause = below if isinstance(below, BaseException) else None
