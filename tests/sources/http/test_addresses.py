"""Which addresses a request may reach that the operator did not configure."""

import socket

import pytest

from chatbot.sources.http.addresses import AddressRefusedError, is_public, public_socket

PRIVATE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1",
    "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::1", "2002:a00:1::1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:0:4136:e378:8000:63bf:80ff:fffe", "localhost", "", "1.2.3", "2130706433",
    "fec0::1", "feff::1", "192.88.99.1", "3fff::1", "3ffe::1", "192.0.0.8", "192.0.0.9", "192.0.0.170", "192.31.196.1", "192.175.48.6",
    "5f00::1", "100::1", "100:0:0:1::1", "64:ff9b:1::7f00:1", "::127.0.0.1", "::ffff:0:127.0.0.1", "2001:2::1", "2001:10::1", "2001:20::1",
    "2001:1::1", "2001:4:112::1", "2001::1", "2620:4f:8000::1", "ff0e::1", "4000::1", "8000::1", "fd00:ec2::254", "2002:c058:6301::1",
    "2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:192.168.0.1",
]  # fmt: skip
PUBLIC = [
    "140.82.121.6",
    "1.1.1.1",
    "2606:50c0:8000::154",
    "::ffff:140.82.121.6",
    "64:ff9b::8c52:7906",
    "2002:808:808::1",
    "2001:4860:4860::8888",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_seen_through_its_disguise(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


def test_a_socket_is_made_for_a_public_address_only() -> None:
    with public_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("140.82.121.6", 443))) as sock:
        assert sock.family == socket.AF_INET
    with pytest.raises(AddressRefusedError):
        public_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443)))
