"""Why a server could not be reached, as people are told."""

import errno
import os
import socket
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from yarl import URL

from chatbot.ports import SourceUnavailable
from chatbot.sources.http.addresses import AddressRefusedError
from chatbot.sources.http.client import Conditions, open_fetcher
from chatbot.sources.http.connection_errors import could_not_read
from tests.sources.harness import never
from tests.standins.clock import ManualClock

KEY = ConnectionKey("api.github.com", 443, True, True, None, None, None)


def low(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(-3, "try again")), "cannot be found (DNS): check the network"),
        (socket.gaierror(-2, "unknown"), "cannot be found (DNS)"),
        (aiohttp.ClientConnectorError(KEY, low(errno.ECONNREFUSED)), "the connection was refused"),
        (aiohttp.ClientConnectorError(KEY, low(errno.ENETUNREACH)), "there is no way to it from here; check the network"),
        (aiohttp.ClientConnectorError(KEY, low(errno.EMFILE)), "the connection failed; check the network"),
        (aiohttp.ClientConnectorError(KEY, AddressRefusedError("x")), "a private network that nobody configured"),
        (aiohttp.ClientConnectorCertificateError(KEY, ssl.CertificateError("x")), "Certificate not trusted"),
        (aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "wrong version")), "no TLS connection"),
        (aiohttp.ServerDisconnectedError(), "the connection broke off"),
        (aiohttp.ClientOSError(errno.ECONNRESET, "reset"), "the connection failed"),
        (low(errno.ECONNRESET), "the connection broke off"),
        (aiohttp.InvalidURL("x"), "cannot be understood"),
        (ValueError("x"), "cannot be understood (ValueError)"),
    ],
)  # fmt: skip
def test_what_failed_is_a_sentence_without_names_of_python(error: Exception, words: str) -> None:
    sentence = could_not_read(URL("https://api.github.com/repos/o/n?key=SECRET"), error)
    assert words in sentence
    assert sentence.startswith("api.github.com")
    assert "Client" not in sentence
    assert "SECRET" not in sentence


@pytest.mark.outside("the name is one that nobody may have")
async def test_a_name_that_nobody_has_is_reported() -> None:
    async with open_fetcher(clock=ManualClock(), chance=never, user_agent="t") as fetcher:
        with pytest.raises(SourceUnavailable) as raised:
            await fetcher.get("http://nobody.invalid:8080/x?key=SECRET", Conditions())
    assert str(raised.value) == "nobody.invalid:8080 cannot be found (DNS): check the network and the name"
